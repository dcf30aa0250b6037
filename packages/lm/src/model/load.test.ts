/** What is brought may be damaged, incomplete or of another model: the error names the file and the field. */
import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mergedWeights } from '../adapters/adapter-files.ts';
import { convert } from '../convert/convert.ts';
import { DecoderSession } from '../run/decoder-session.ts';
import { generate } from '../run/generate.ts';
import { goldenFolder, largestDifference } from '../testing/golden.ts';
import { openedGolden } from '../testing/opened.ts';
import { tinyModel } from '../testing/tiny-model.ts';
import { load } from './load.ts';

async function refused(change: (folder: string) => void): Promise<string> {
  const folder = tinyModel();
  change(folder);
  try {
    const model = await load(folder);
    try {
      const session = await DecoderSession.open(model, { places: 32, threads: 1 });
      await session.see([5, 6, 7]).finally(() => session.close());
    } finally {
      model.close();
    }
    return 'it was taken';
  } catch (error) {
    return (error as Error).message.replaceAll(folder, 'MODEL');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const edited = (name: string, change: (json: Record<string, unknown>) => void) => (folder: string) => {
  const path = join(folder, name);
  const json = JSON.parse(readFileSync(path, 'utf8'));
  change(json);
  writeFileSync(path, JSON.stringify(json));
};

describe('a folder that is no model', () => {
  it.each([
    ['no config', (folder: string) => rmSync(join(folder, 'config.json')), 'it has no config.json'],
    ['no tokenizer', (folder: string) => rmSync(join(folder, 'tokenizer.json')), 'has no tokenizer.json'],
    ['no weights', (folder: string) => rmSync(join(folder, 'model.safetensors')), 'has no model.safetensors'],
    [
      'pickled weights',
      (folder: string) => {
        rmSync(join(folder, 'model.safetensors'));
        writeFileSync(join(folder, 'pytorch_model.bin'), '');
      },
      'pytorch_model.bin is a program as well as data',
    ],
    [
      'an index that points out of the folder',
      (folder: string) => {
        rmSync(join(folder, 'model.safetensors'));
        const index = { weight_map: { a: '../../etc/passwd' } };
        writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify(index));
      },
      'names "../../etc/passwd"; expected .safetensors files beside it',
    ],
    [
      'config that is no JSON',
      (folder: string) => writeFileSync(join(folder, 'config.json'), '{'),
      'cannot be read as JSON',
    ],
    [
      'a field that is missing',
      edited('config.json', (json) => delete json.hidden_size),
      'config.json: hidden_size: Invalid input',
    ],
    [
      'a field that makes no sense',
      edited('config.json', (json) => Object.assign(json, { num_hidden_layers: -1 })),
      'num_hidden_layers',
    ],
    [
      'an architecture that is not known',
      edited('config.json', (json) => Object.assign(json, { model_type: 'mamba' })),
      'models of type "mamba" are not known; known are llama',
    ],
    [
      'heads that do not divide',
      edited('config.json', (json) => Object.assign(json, { num_key_value_heads: 3 })),
      'do not fit together',
    ],
    [
      'positions that are not known',
      edited('config.json', (json) => Object.assign(json, { rope_parameters: { rope_type: 'spiral' } })),
      'rope_type "spiral" is not known',
    ],
    [
      'another activation',
      edited('config.json', (json) => Object.assign(json, { hidden_act: 'sine' })),
      'activation "sine" is not known',
    ],
    [
      'more layers than weights',
      edited('config.json', (json) => Object.assign(json, { num_hidden_layers: 9 })),
      'weight "model.layers.2.input_layernorm.weight" is missing',
    ],
    [
      'weights of another shape',
      edited('config.json', (json) => Object.assign(json, { intermediate_size: 48 })),
      'has the shape [24,32]; by its config it should be [48,32]',
    ],
    [
      'a tokenizer of another model',
      edited('tokenizer.json', (json) => ((json.model as { vocab: object }).vocab = { '<unk>': 0, a: 4000 })),
      'the tokenizer is of another model',
    ],
    [
      'weights that are cut off',
      (folder: string) => truncateSync(join(folder, 'model.safetensors'), 9000),
      'model.safetensors: the tensors end at',
    ],
    [
      'a header that lies',
      (folder: string) => {
        const path = join(folder, 'model.safetensors');
        const bytes = readFileSync(path);
        bytes.writeBigUInt64LE(2n ** 62n, 0);
        writeFileSync(path, bytes);
      },
      'not a safetensors file: a header of',
    ],
    [
      'weights that are no numbers',
      (folder: string) => {
        const path = join(folder, 'model.safetensors');
        const bytes = readFileSync(path);
        bytes.fill(0xff, 8 + Number(bytes.readBigUInt64LE(0)));
        writeFileSync(path, bytes);
      },
      'logits that are no numbers',
    ],
  ] as const)('%s', async (_, change, message) => {
    expect(await refused(change as (folder: string) => void)).toContain(message);
  });
});

describe('what is asked of a model', () => {
  it('is refused where the text does not fit, or an option makes no sense', async () => {
    const folder = tinyModel();
    const model = await load(folder);
    const first = (prompt: string | number[], options = {}) =>
      generate(model, prompt, { threads: 1, ...options }).next();
    await expect(first('a'.repeat(100))).rejects.toThrow(
      'a text of 100 tokens does not fit into a context of 64',
    );
    await expect(first('')).rejects.toThrow('no tokens');
    await expect(first([4000])).rejects.toThrow('4000 is no token of the model, which has 40');
    await expect(first('a', { temperature: -1 })).rejects.toThrow('generate: temperature');
    await expect(first('a', { bits: 3 })).rejects.toThrow('4, 8 or 32 bits, not 3');
    await expect(DecoderSession.open(model, { places: 1000 })).rejects.toThrow('more than the 64');
    model.close();
    rmSync(folder, { recursive: true });
  });

  it('ends at stop texts, holds back what may become one, and repeats itself with the same seed', async () => {
    const folder = tinyModel();
    const model = await load(folder);
    const said = async (options: object) => {
      const pieces: string[] = [];
      let finish: string | undefined;
      for await (const token of generate(model, 'abc', { threads: 1, max: 30, temperature: 1, ...options })) {
        pieces.push(token.text);
        finish = token.finish;
      }
      return { text: pieces.join(''), finish };
    };
    const whole = await said({ seed: 3 });
    expect(await said({ seed: 3 })).toEqual(whole);
    expect((await said({ seed: 4 })).text).not.toBe(whole.text);
    const stop = whole.text.slice(4, 7);
    expect(await said({ seed: 3, stop: [stop] })).toEqual({
      text: whole.text.slice(0, whole.text.indexOf(stop)),
      finish: 'stop',
    });
    model.close();
    rmSync(folder, { recursive: true });
  });

  it('an adapter stands over a GGUF file, and over another adapter; not over itself', async () => {
    const folder = tinyModel();
    const base = await load(folder);
    const file = join(folder, 'base.gguf');
    convert(base, { to: 'gguf', bits: 32, out: file });
    base.close();
    const adapter = (name: string, of: string) => {
      const path = join(folder, name);
      cpSync(`${goldenFolder('tune-llama')}/end`, path, { recursive: true });
      edited('adapter_config.json', (json) => Object.assign(json, { base_model_name_or_path: of }))(path);
      return path;
    };
    const once = adapter('once', file);
    const twice = adapter('twice', once);
    const name = 'model.layers.0.self_attn.q_proj.weight';
    const [zero, one, two] = await Promise.all(
      [file, once, twice].map(async (path) => {
        const model = await load(path);
        const values = model.weights.read(name);
        model.close();
        return values;
      }),
    );
    expect(largestDifference(one!, zero!)).toBeGreaterThan(1e-3);
    const expected = one!.map((value, i) => 2 * value - zero![i]!);
    expect(largestDifference(two!, expected)).toBeLessThan(1e-5);
    const own = adapter('own', 'own');
    edited('adapter_config.json', (json) => Object.assign(json, { base_model_name_or_path: own }))(own);
    await expect(load(own)).rejects.toThrow('an adapter whose base is itself');
    rmSync(folder, { recursive: true });
  });

  it('an adapter of another base is refused', () => {
    const { config, weights } = openedGolden('llama3');
    expect(() => mergedWeights(`${goldenFolder('tune-llama')}/end`, weights, config)).toThrow(
      'the adapter is of another base',
    );
    weights.close();
  });
});
