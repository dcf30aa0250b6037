/** Generation follows the model: greedily the same tokens as transformers, and on a real model those of llama.cpp. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { patternConstraint } from '../constrain/json-schema.ts';
import { decoderConfig } from '../families/families.ts';
import { load } from '../model/load.ts';
import { goldenFolder, goldenTensors } from '../testing/golden.ts';
import { tinyModel } from '../testing/tiny-model.ts';
import { prefixed } from '../weights/prefixed.ts';
import { safetensorsFolder } from '../weights/safetensors.ts';
import { DecoderSession } from './decoder-session.ts';
import { generate } from './generate.ts';
import type { GeneratedToken } from './generation.ts';

const STORIES = fileURLToPath(new URL('../../../../../shared/data/weights-stories260k', import.meta.url));

describe('greedy tokens with kept keys and values are those of transformers', () => {
  it.each([
    'llama',
    'llama3',
    'mistral',
    'qwen2',
    'qwen3',
    'gpt2',
    'gemma2',
    'gemma3',
    'phi3',
    'smollm3',
    'olmo',
    'olmo2',
    'mixtral',
    'qwen2-moe',
    'qwen3-moe',
    'olmoe',
  ])('%s', async (name) => {
    const folder = goldenFolder(name);
    const json = JSON.parse(readFileSync(`${folder}/config.json`, 'utf8'));
    const config = decoderConfig(folder, json);
    const weights = prefixed(safetensorsFolder(folder), config.prefix);
    const session = await DecoderSession.open({ path: folder, config, weights }, { threads: 1 });
    const { ids, greedy } = goldenTensors(name);
    const prompt = Array.from(ids!.data as BigInt64Array, Number).slice(0, ids!.dims[1]);
    let logits = await session.see(prompt);
    const ours: number[] = [];
    for (const _ of greedy!.data) {
      ours.push(logits.indexOf(Math.max(...logits)));
      logits = await session.next(ours.at(-1)!);
    }
    await session.close();
    weights.close();
    expect(ours).toEqual(Array.from(greedy!.data as BigInt64Array, Number));
  });
});

describe('a constraint', () => {
  it('keeps the text of a model with random weights to its form, and is refused where it does not fit', async () => {
    const folder = tinyModel();
    const model = await load(folder);
    const constraint = patternConstraint('(?:ab|ba){3} [xyz]{0,40}\\.', model);
    const answer = async (max: number) => {
      let text = '';
      let last: GeneratedToken | undefined;
      for await (const token of generate(model, 'hi', {
        max,
        constraint,
        threads: 1,
        logprobs: 1,
        seed: max,
      })) {
        text += token.text;
        last = token;
      }
      return { text, finish: last?.finish };
    };
    for (const max of [8, 12, 48]) {
      const { text, finish } = await answer(max);
      expect(text).toMatch(/^(?:ab|ba){3} [xyz]{0,40}\.$/);
      expect(finish).toBe('stop');
    }
    await expect(answer(7)).rejects.toThrow('takes 8 tokens, and there is room for 7');
    model.close();
    rmSync(folder, { recursive: true });
  });
});

describe.skipIf(!existsSync(STORIES))(
  'stories260K, a real model (skipped without the data beside the repository)',
  () => {
    it('gives the 64 tokens of llama.cpp for each of seven prompts, and their text', async () => {
      const model = await load(`${STORIES}/hf`);
      const golden = JSON.parse(readFileSync(`${STORIES}/golden.json`, 'utf8'));
      const session = await DecoderSession.open(model, { places: 256, threads: 1 });
      for (const { prompt, prompt_ids, greedy_ids, text } of golden.prompts ?? golden) {
        const ids = prompt === '' ? [1] : [...model.tokenizer.encode(prompt).ids];
        expect(ids).toEqual(prompt_ids);
        const tokens: GeneratedToken[] = [];
        for await (const token of generate(model, ids, { temperature: 0, max: 64, session }))
          tokens.push(token);
        expect(tokens.map(({ id }) => id)).toEqual(greedy_ids);
        expect(`${prompt}${tokens.map((token) => token.text).join('')}`.trim()).toBe(text.trim());
      }
      await session.close();
      model.close();
    });
  },
);
