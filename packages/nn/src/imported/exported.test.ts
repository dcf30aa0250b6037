/** Networks as PyTorch's exporters write them train by default as they train in PyTorch, step for step (golden/make-exported.py). */
import { readdirSync, readFileSync } from 'node:fs';
import { Random } from '@gradus/base';
import { type HostTensor, readOnnx, type Tensor, type Value, writeOnnx } from '@gradus/engine';
import { describe, expect, it } from 'vitest';
import { imported, mse, parametersOf, sgd, Trainer } from '../index.ts';

const exported = new URL('golden/exported/', import.meta.url);
const golden: Record<string, { target: number[]; losses: number[] }> = JSON.parse(
  readFileSync(new URL('losses.json', exported), 'utf8'),
);
const graphOf = (name: string) =>
  readOnnx(new Uint8Array(readFileSync(new URL(`${name}.onnx`, exported)))).graph;

const sine = (dims: readonly number[], k: number): HostTensor => {
  const length = dims.reduce((a, b) => a * b, 1);
  return { dtype: 'float32', dims, data: Float32Array.from({ length }, (_, i) => Math.sin(k * (i + 1))) };
};

/** Of a vocabulary of 30, and the places of three sentences that are words. */
const WORDS = BigInt64Array.from({ length: 18 }, (_, i) => BigInt(1 + ((7 * i) % 29)));
const MASK = BigInt64Array.from({ length: 18 }, (_, i) =>
  BigInt(i % 6 < [6, 4, 3][Math.floor(i / 6)]! ? 1 : 0),
);

const inputFor = (name: string, { dtype, shape }: Value): HostTensor =>
  dtype === 'int64'
    ? { dtype, dims: [3, 6], data: name === 'x0' ? WORDS : MASK }
    : sine(shape as readonly number[], 1.1);

/** The losses of as many steps as the golden file has. */
async function trained(name: string): Promise<number[]> {
  const { target, losses } = golden[name]!;
  const graph = graphOf(name);
  const model = imported(graph);
  const batch = Object.fromEntries(
    Object.entries(graph.inputs).map(([key, value]) => [key, inputFor(key, value)]),
  );
  const loss = ({ target, ...inputs }: Readonly<Record<string, Tensor>>) =>
    mse(model.outputs(inputs).y!, target!);
  const optimizer = sgd({ learningRate: 0.05, momentum: 0.5 });
  const trainer = new Trainer([{ name: 'loss', loss, parameters: parametersOf(model), optimizer }], {
    random: new Random(0),
  });
  const found: number[] = [];
  for (const _ of losses) found.push((await trainer.step({ ...batch, target: sine(target, 0.7) })).loss!);
  trainer.sync();
  await trainer.close();
  return found;
}

describe('a network exported by PyTorch', () => {
  it.each(Object.keys(golden))('%s follows its losses', async (name) => {
    const found = await trained(name);
    for (const [i, expected] of golden[name]!.losses.entries()) {
      expect(Math.abs(found[i]! - expected), `step ${i}`).toBeLessThan(2e-6 * Math.max(1, expected));
    }
  });

  it('has golden files of both exporters, with and without constant folding', () => {
    const exporters = new Set(readdirSync(exported).map((file) => file.split('.')[1]));
    expect(exporters).toEqual(new Set(['dynamo', 'script', 'unfolded', 'json']));
  });

  it('is the same network when it is written and read again: it trains the same weights', () => {
    for (const name of Object.keys(golden)) {
      const model = imported(graphOf(name));
      const again = imported(readOnnx(writeOnnx(model.graph())).graph);
      const trainable = (weights: Readonly<Record<string, { trainable: boolean }>>) =>
        Object.keys(weights).filter((key) => weights[key]!.trainable);
      expect(trainable(again.weights).sort(), name).toEqual(trainable(model.weights).sort());
    }
  });
});
