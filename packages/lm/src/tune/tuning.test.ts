/** Training follows PyTorch and peft: the same loss at each of 50 steps, and the same model after them. */
import { readFileSync } from 'node:fs';
import type { HostTensor } from '@gradus/engine';
import { compile } from '@gradus/engine/runtime';
import { describe, expect, it } from 'vitest';
import { decoderConfig } from '../families/families.ts';
import { sequenceGraph } from '../graph/decoder.ts';
import { constantWeights } from '../graph/layer-weights.ts';
import { goldenFolder, goldenTensors, largestDifference } from '../testing/golden.ts';
import { prefixed } from '../weights/prefixed.ts';
import { safetensorsFolder } from '../weights/safetensors.ts';
import { adaptedWeights, allWeights, type TrainedWeights } from './trained-weights.ts';
import { batchInputs, IGNORED, nextTokenLoss, type TokenBatch, tokenTrainer } from './tuning.ts';

function opened(name: string) {
  const path = `${goldenFolder(name)}/config.json`;
  const config = decoderConfig(path, JSON.parse(readFileSync(path, 'utf8')));
  return { config, weights: prefixed(safetensorsFolder(goldenFolder(name)), config.prefix) };
}

/** Batch `n` of the golden file; labels there stand on their own token, here on the one before. */
function batchOf(ids: HostTensor, labels: HostTensor, n: number): TokenBatch {
  const [, rows, length] = ids.dims as [number, number, number];
  const size = rows * length;
  const whole = (at: (i: number) => number): HostTensor => ({
    dtype: 'int64',
    dims: [rows, length],
    data: BigInt64Array.from({ length: size }, (_, i) => BigInt(at(i))),
  });
  const label = (i: number) => Number((labels.data as BigInt64Array)[n * size + i]);
  return {
    ids: whole((i) => Number((ids.data as BigInt64Array)[n * size + i])),
    labels: whole((i) => (i % length === length - 1 ? IGNORED : label(i + 1))),
    positions: whole((i) => i % length),
    segments: whole(() => 0),
  };
}

async function follows(
  name: string,
  kind: 'lora' | 'full',
  trained: TrainedWeights,
  recompute = false,
): Promise<void> {
  const { config } = opened(name);
  const { ids, labels, losses, after } = goldenTensors(`tune-${name}`, kind);
  const trainer = tokenTrainer(config, trained, {
    learningRate: kind === 'lora' ? 0.01 : 0.002,
    weightDecay: 0.01,
    accumulate: 1,
    seed: 0,
    threads: 1,
    recompute,
  });
  const ours: number[] = [];
  for (let step = 0; step < 50; step++) {
    const { loss } = await trainer.step({ ...batchOf(ids!, labels!, step % 5) });
    ours.push(loss!);
  }
  trainer.sync();
  await trainer.close();
  expect(largestDifference(ours, losses!.data as Float64Array)).toBeLessThan(1e-4);
  const given = goldenTensors(name).ids!;
  const compiled = await compile(sequenceGraph(config, trained.weights, given.dims as [number, number]), {
    threads: 1,
  });
  const { logits } = await compiled.run({ ids: given });
  await compiled.close();
  expect(largestDifference(logits!.data as Float32Array, after!.data as Float32Array)).toBeLessThan(5e-3);
}

describe('50 steps have the losses of PyTorch within 1e-4', () => {
  it.each(['llama', 'qwen2', 'gpt2'])('%s, all weights', async (name) => {
    const { config, weights } = opened(name);
    const trained = allWeights(weights, (layers) => nextTokenLoss(config, layers, batchInputs(1, 4)));
    await follows(name, 'full', trained);
  });

  it.each([
    ['llama', false],
    ['qwen2', false],
    ['gpt2', false],
    ['llama', true],
  ] as const)("%s, peft's adapters; layers computed twice: %s", async (name, recompute) => {
    const { config, weights } = opened(name);
    const trained = adaptedWeights(config, constantWeights(weights), { rank: 4, alpha: 8 }, 0);
    const start = goldenTensors(`tune-${name}`, 'start/adapter_model');
    for (const [parameter, value] of trained.parameters)
      value.value = start[`base_model.model.${parameter}`]!;
    await follows(name, 'lora', trained, recompute);
  });
});

it('logits that are made a stretch at a time give the same loss, whatever is learnt from in a stretch', async () => {
  const { config, weights } = opened('llama');
  const layers = constantWeights(weights);
  const graph = {
    name: 'losses',
    inputs: batchInputs(2, 10),
    outputs: {},
  };
  const outputs = Object.fromEntries(
    [undefined, 3, 5].map((stretch) => [
      `by ${stretch}`,
      nextTokenLoss(config, layers, graph.inputs, { stretch }),
    ]),
  );
  const compiled = await compile({ ...graph, outputs }, { threads: 1 });
  const whole = (at: (i: number) => number): HostTensor => ({
    dtype: 'int64',
    dims: [2, 10],
    data: BigInt64Array.from({ length: 20 }, (_, i) => BigInt(at(i))),
  });
  const losses = async (label: (i: number) => number) => {
    const feeds = {
      ids: whole((i) => 3 + ((i * 7) % 30)),
      labels: whole(label),
      positions: whole((i) => i % 10),
      segments: whole(() => 0),
    };
    return Object.values(await compiled.run(feeds)).map(({ data }) => Number(data[0]));
  };
  const [all, by3, by5] = await losses((i) => (i % 10 < 4 ? IGNORED : 3 + ((i * 5) % 30)));
  expect(all).toBeGreaterThan(0);
  expect([by3, by5]).toEqual([expect.closeTo(all!, 5), expect.closeTo(all!, 5)]);
  expect(await losses(() => IGNORED)).toEqual([0, 0, 0]);
  await compiled.close();
  weights.close();
});
