/** Every family computes what PyTorch's transformers computes, on tiny random models that it saved. */
import { readFileSync } from 'node:fs';
import { compile } from '@gradus/engine/runtime';
import { describe, expect, it } from 'vitest';
import { BatchSession } from '../batching/batch-session.ts';
import { sequenceGraph } from '../graph/decoder.ts';
import { constantWeights } from '../graph/layer-weights.ts';
import { DecoderSession } from '../run/decoder-session.ts';
import { goldenFolder, goldenTensors, largestDifference } from '../testing/golden.ts';
import { openedGolden } from '../testing/opened.ts';
import { prefixed } from '../weights/prefixed.ts';
import { safetensorsFolder } from '../weights/safetensors.ts';
import { decoderConfig } from './families.ts';

const DECODERS = [
  'llama',
  'llama3',
  'llama-bias',
  'mistral',
  'qwen2',
  'qwen3',
  'gpt2',
  'gemma',
  'gemma2',
  'gemma3',
  'phi3',
  'smollm3',
  'olmo',
  'olmo2',
  'olmo3',
  'granite',
  'mixtral',
  'qwen2-moe',
  'qwen3-moe',
  'olmoe',
];

it.each(DECODERS)(
  'a text of %s that is seen in stretches and token by token has the logits of transformers',
  async (name) => {
    const model = openedGolden(name);
    const { ids, logits } = goldenTensors(name);
    const [, time] = ids!.dims as [number, number];
    const text = Array.from(ids!.data as BigInt64Array, Number).slice(0, time);
    const session = await DecoderSession.open(model, { places: 64, threads: 1 });
    const [two, last] = [time >> 1, time - 1];
    const seen = [
      [two - 1, (await session.see(text.slice(0, two))).slice()],
      [last - 1, (await session.see(text.slice(0, last))).slice()],
      [last, (await session.next(text[last]!)).slice()],
    ] as const;
    await session.close();
    model.weights.close();
    const { vocabulary } = model.config;
    for (const [at, own] of seen) {
      const wanted = (logits!.data as Float32Array).subarray(at * vocabulary, (at + 1) * vocabulary);
      expect(largestDifference(own, wanted)).toBeLessThan(1e-4);
    }
  },
);

it.each(['llama', 'mixtral', 'qwen2-moe', 'qwen3-moe'])(
  'several texts of %s at once are those of each alone',
  async (name) => {
    const model = openedGolden(name);
    const batch = await BatchSession.open(model, { slots: 3, places: 32, threads: 1 });
    const alone = await DecoderSession.open(model, { places: 32, threads: 1 });
    const texts = [[5, 9, 3], [7, 8, 12, 30], [4]];
    for (const [slot, text] of texts.entries()) {
      batch.begin(slot, text);
      await batch.read(slot, text);
    }
    const rows = await batch.write(texts.map((_, slot) => ({ slot, id: 11 + slot })));
    for (const [slot, text] of texts.entries())
      expect(largestDifference(await alone.see([...text, 11 + slot]), rows[slot]!)).toBeLessThan(1e-5);
    await batch.close();
    await alone.close();
    model.weights.close();
  },
);

describe('logits are those of transformers within 1e-4', () => {
  it.each(DECODERS)('%s', async (name) => {
    const path = `${goldenFolder(name)}/config.json`;
    const config = decoderConfig(path, JSON.parse(readFileSync(path, 'utf8')));
    const weights = prefixed(safetensorsFolder(goldenFolder(name)), config.prefix);
    const { ids, logits } = goldenTensors(name);
    const graph = sequenceGraph(config, constantWeights(weights), ids!.dims as [number, number]);
    const compiled = await compile(graph, { threads: 1 });
    const { logits: ours } = await compiled.run({ ids: ids! });
    await compiled.close();
    weights.close();
    expect(largestDifference(ours!.data as Float32Array, logits!.data as Float32Array)).toBeLessThan(1e-4);
  });
});
