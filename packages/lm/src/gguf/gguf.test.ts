/** GGUF files are read and written as llama.cpp does it. */
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Tokenizer } from '@gradus/data';
import { compile } from '@gradus/engine/runtime';
import { afterAll, describe, expect, it } from 'vitest';
import { convert } from '../convert/convert.ts';
import { sequenceGraph } from '../graph/decoder.ts';
import { constantWeights } from '../graph/layer-weights.ts';
import { load } from '../model/load.ts';
import { generate } from '../run/generate.ts';
import { goldenTensors, largestDifference } from '../testing/golden.ts';
import { tinyModel } from '../testing/tiny-model.ts';
import { valuesOf } from '../weights/blocks.ts';
import { blockTypeCalled } from './blocks.ts';
import { quantized } from './quantize.ts';
import type { Gguf, GgufValue } from './read.ts';
import { tokenizerOfGguf } from './tokenizer.ts';

const STORIES = fileURLToPath(new URL('../../../../../shared/data/weights-stories260k', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'gradus-gguf-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('blocks are those of llama.cpp', () => {
  const golden = goldenTensors('blocks');
  it.each(['Q4_0', 'Q4_1', 'Q5_0', 'Q5_1', 'Q8_0', 'Q4_K', 'Q5_K', 'Q6_K'])('%s is read', (title) => {
    const bytes = new Uint8Array(golden[title]!.data as Uint8Array);
    const values = blockTypeCalled(title).decode(bytes);
    expect(largestDifference(values, golden[`${title}.values`]!.data as Float32Array)).toBeLessThan(1e-6);
  });
  it.each([
    [4, 'Q4_0'],
    [8, 'Q8_0'],
  ] as const)('%i bits are written as %s', (bits, title) => {
    expect(quantized(golden.given!.data as Float32Array, bits)).toEqual(golden[title]!.data);
  });
  it.each([
    [4, 'Q4_0'],
    [8, 'Q8_0'],
  ] as const)('%i bits run as %s has them', (bits, title) => {
    const { few } = blockTypeCalled(title);
    expect(few!.bits).toBe(bits);
    const made = { codes: new Uint8Array(8 * bits), scales: new Float32Array(2) };
    few!.repack(new Uint8Array(golden[title]!.data as Uint8Array), made, 0);
    const values = valuesOf(made, bits, 32);
    expect(values).toEqual(golden[`${title}.values`]!.data);
  });
  it.each([4, 8] as const)(
    'a file in %i bits gives its own blocks, rows of queries and keys in order',
    async (bits) => {
      const path = tinyModel({ name: 'llama' });
      const original = await load(path);
      const out = join(folder, `blocks${bits}.gguf`);
      convert(original, { to: 'gguf', bits, out });
      original.close();
      rmSync(path, { recursive: true });
      const { weights, close } = await load(out);
      for (const part of ['q_proj', 'k_proj', 'v_proj'] as const) {
        const name = `model.layers.0.self_attn.${part}.weight`;
        expect(valuesOf(weights.blocks!(name, bits)!, bits, 32)).toEqual(weights.read(name));
        expect(weights.blocks!(name, bits === 4 ? 8 : 4)).toBeUndefined();
      }
      close();
    },
  );
});

describe('a tokenizer of a GGUF file', () => {
  const BYTES = ['a', 'b', 'c'];
  const opened = (pre: string, fields: Readonly<Record<string, GgufValue>> = {}) => {
    const metadata = {
      model: 'gpt2',
      pre,
      tokens: [...BYTES, '<s>'],
      token_type: [...BYTES.map(() => 1), 3],
      merges: [],
      bos_token_id: BYTES.length,
      ...fields,
    };
    const named = Object.entries(metadata).map(([name, value]) => [`tokenizer.ggml.${name}`, value] as const);
    return tokenizerOfGguf({ file: { path: 'a.gguf' }, metadata: new Map(named) } as unknown as Gguf);
  };
  const TEXT = "HelloWorld don't 1234 naïve/path\n\n  x ÉCOLE हिन्दी 你好!?\n/";

  // As Hugging Face's tokenizers cut it by the patterns that llama.cpp quotes.
  it.each([
    ['tekken', "Hello|World| don|'t| |1|2|3|4| naïve|/path|\n\n| | x| ÉCOLE| हिन्दी| 你好|!?\n/"],
    ['gpt-4o', "Hello|World| don't| |123|4| naïve|/path|\n\n| | x| ÉCOLE| हिन्दी| 你好|!?\n/"],
    ['qwen35', "HelloWorld| don|'t| |1|2|3|4| naïve|/path|\n\n| | x| ÉCOLE| हिन्दी| 你好|!?\n|/"],
    ['smaug-bpe', "HelloWorld| don|'t| |123|4| naïve|/path|\n\n| | x| ÉCOLE| ह|िन|्द|ी| 你好|!?\n|/"],
  ])('cuts text as %s does', (pre, pieces) => {
    const { pre_tokenizer: cut } = opened(pre);
    const { pretokenizers } = cut as { pretokenizers: { pattern: { Regex: string } }[] };
    const pattern = new RegExp(pretokenizers[0]!.pattern.Regex.replaceAll('(?i:', '(?:'), 'gu');
    expect(TEXT.match(pattern)!.join('|')).toBe(pieces);
  });

  it('begins a text as llama.cpp does where the file does not say', () => {
    const begins = (pre: string, fields?: Readonly<Record<string, GgufValue>>) =>
      new Tokenizer(opened(pre, fields)).encode('a').ids[0] === BYTES.length;
    expect(['llama-bpe', 'tekken', 'qwen2', 'smaug-bpe'].map((pre) => begins(pre))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(begins('llama-bpe', { add_bos_token: false })).toBe(false);
    expect(begins('qwen2', { add_bos_token: true })).toBe(true);
  });
});

describe('a model written as GGUF and read again gives the logits of transformers', () => {
  it.each([
    'llama',
    'llama3',
    'llama-bias',
    'qwen2',
    'qwen3',
    'gemma',
    'gemma2',
    'qwen3-moe',
    'olmoe',
    'mixtral',
    'gpt2',
    'olmo',
    'olmo2',
    'smollm3',
  ])('%s', async (name) => {
    const path = tinyModel({ name });
    const original = await load(path);
    const out = join(folder, `${name}.gguf`);
    convert(original, { to: 'gguf', bits: 32, out });
    original.close();
    rmSync(path, { recursive: true });
    const model = await load(out);
    const { ids, logits } = goldenTensors(name);
    const dims = ids!.dims as [number, number];
    const compiled = await compile(sequenceGraph(model.config, constantWeights(model.weights), dims), {
      threads: 1,
    });
    const { logits: ours } = await compiled.run({ ids: ids! });
    await compiled.close();
    expect(model.tokenizer.decode(model.tokenizer.encode('say a: b').ids)).toBe('say a: b');
    model.close();
    expect(largestDifference(ours!.data as Float32Array, logits!.data as Float32Array)).toBeLessThan(1e-4);
  });

  it('refuses what llama.cpp would compute otherwise', async () => {
    const path = tinyModel({ name: 'gemma3' });
    const model = await load(path);
    expect(() => convert(model, { to: 'gguf', out: join(folder, 'gemma3.gguf') })).toThrow(
      'its "layers" cannot be written as GGUF',
    );
    model.close();
    rmSync(path, { recursive: true });
  });

  it('refuses experts in some layers only, which llama.cpp does not have', async () => {
    const path = tinyModel({ name: 'qwen2-moe' });
    const model = await load(path);
    expect(() => convert(model, { to: 'gguf', out: join(folder, 'some.gguf') })).toThrow(
      'where only some layers have experts',
    );
    model.close();
    rmSync(path, { recursive: true });
  });

  it('says what cannot be written', async () => {
    const path = tinyModel({ name: 'phi3' });
    const model = await load(path);
    const out = join(folder, 'phi3.gguf');
    expect(() => convert(model, { to: 'gguf', out })).toThrow('cannot be written as GGUF yet');
    expect(() => convert(model, { to: 'safetensors', bits: 4, out })).toThrow('have 16 or 32 bits');
    expect(existsSync(out) || existsSync(`${out}.unfinished`)).toBe(false);
    model.close();
    rmSync(path, { recursive: true });
  });
});

describe.skipIf(!existsSync(STORIES))(
  'stories260K as GGUF (skipped without the data beside the repository)',
  () => {
    const golden = () => JSON.parse(readFileSync(`${STORIES}/golden.json`, 'utf8'));
    const textOf = async (path: string, prompt: string) => {
      const model = await load(path);
      const ids: number[] = [];
      for await (const { id } of generate(model, prompt, { temperature: 0, max: 64, threads: 1 }))
        ids.push(id);
      model.close();
      return ids;
    };

    it("reads llama.cpp's file, its tokenizer included", async () => {
      const model = await load(`${STORIES}/stories260K.gguf`);
      for (const { prompt, prompt_ids } of golden()) {
        if (prompt !== '') expect([...model.tokenizer.encode(prompt).ids]).toEqual(prompt_ids);
      }
      model.close();
      const { prompt, greedy_ids } = golden()[1];
      expect(await textOf(`${STORIES}/stories260K.gguf`, prompt)).toEqual(greedy_ids);
    });

    it('a folder becomes a file with the same tokens, and the file a folder', async () => {
      const { prompt, greedy_ids } = golden()[1];
      const [file, back] = [join(folder, 'stories.gguf'), join(folder, 'stories')];
      const model = await load(`${STORIES}/hf`);
      convert(model, { to: 'gguf', bits: 16, out: file });
      model.close();
      expect(await textOf(file, prompt)).toEqual(greedy_ids);
      const again = await load(file);
      convert(again, { to: 'safetensors', bits: 32, out: back });
      again.close();
      expect(await textOf(back, prompt)).toEqual(greedy_ids);
    });
  },
);

describe('a file that lies is refused', () => {
  const whole = async () => {
    const path = tinyModel();
    const model = await load(path);
    const out = join(folder, `lie-${Math.random()}.gguf`);
    convert(model, { to: 'gguf', bits: 8, out });
    model.close();
    rmSync(path, { recursive: true });
    return out;
  };

  it('cut off, in its tensors or its header', async () => {
    const path = await whole();
    const { length } = readFileSync(path);
    truncateSync(path, length - 40);
    await expect(load(path)).rejects.toThrow('it is cut off');
    truncateSync(path, 200);
    await expect(load(path)).rejects.toThrow('header is cut off');
    truncateSync(path, 3);
    await expect(load(path)).rejects.toThrow('does not begin as a GGUF file');
  });

  it('with counts and lengths that cannot be', async () => {
    const path = await whole();
    const bytes = readFileSync(path);
    for (const [at, message] of [
      [8, 'tensors; at most'],
      [16, 'fields; at most'],
      [24, 'bytes of a text; at most'],
    ] as const) {
      const lying = Buffer.from(bytes);
      lying.writeBigUInt64LE(2n ** 60n, at);
      writeFileSync(path, lying);
      await expect(load(path)).rejects.toThrow(message);
    }
  });

  it('of an architecture that is not known', async () => {
    const path = await whole();
    const bytes = readFileSync(path);
    const at = bytes.indexOf('general.architecture') + 'general.architecture'.length + 12;
    bytes.write('mamba', at);
    writeFileSync(path, bytes);
    await expect(load(path)).rejects.toThrow('the architecture "mamba" is not known');
  });
});
