/** What stays in blocks of channels between convolutions computes what it did in the plain layout, and its gradients. */

import { Random } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { topologicalOrder } from '../graph.ts';
import {
  apply,
  applyMany,
  constant,
  type Graph,
  gradients,
  input,
  type Tensor,
  type Value,
} from '../index.ts';
import { compile } from '../runtime/node/index.ts';
import { lowerForCpu } from './lower-for-cpu.ts';

const fixed = (value: number, channels: number) =>
  constant({ dtype: 'float32', dims: [channels], data: new Float32Array(channels).fill(value) });

/** By the batch's statistics, or by fixed ones. */
function normalized(x: Tensor, scale: Tensor, bias: Tensor, training = true): readonly Tensor[] {
  const channels = x.shape[1] as number;
  if (!training)
    return applyMany('BatchNormalization', [x, scale, bias, fixed(0.3, channels), fixed(2, channels)]);
  return applyMany('BatchNormalization', [x, scale, bias, fixed(0, channels), fixed(1, channels)], {
    training_mode: 1,
    momentum: { float: 0 },
  });
}

const ACTIVATIONS: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  none: (x) => x,
  relu: (x) => x.relu(),
  'leaky relu': (x) => x.leakyRelu(0.2),
  tanh: (x) => x.tanh(),
};

const pool = (op: string, size: number, strides: number, pads: number) => (x: Tensor) =>
  apply(op, [x], {
    kernel_shape: [size, size],
    strides: [strides, strides],
    pads: [pads, pads, pads, pads],
  });

const POOLINGS: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  none: (x) => x,
  'side by side': pool('MaxPool', 2, 2, 0),
  overlapping: pool('MaxPool', 3, 2, 1),
  'means side by side': pool('AveragePool', 2, 2, 0),
  'means that overlap': pool('AveragePool', 3, 2, 1),
  global: (x) => apply('GlobalAveragePool', [x]),
};

const conv = (x: Tensor, w: Tensor, strides = 1, bias?: Tensor): Tensor => {
  const pad = Math.floor(Number(w.shape[2]) / 2);
  return apply('Conv', bias ? [x, w, bias] : [x, w], {
    strides: [strides, strides],
    pads: [pad, pad, pad, pad],
  });
};

/** Both ways to compute a graph: as it is written, and as a CPU runs it. */
async function bothWays(graph: Graph) {
  const random = new Random('in blocks');
  const feeds = Object.fromEntries(
    Object.entries(graph.inputs).map(([name, { shape }]) => {
      const dims = shape as readonly number[];
      const length = dims.reduce((a, b) => a * b, 1);
      const data = Float32Array.from({ length }, () => random.uniform(-1, 1));
      return [name, { dtype: 'float32', dims, data } as const];
    }),
  );
  return Promise.all(
    [false, true].map(async (lower) => {
      const compiled = await compile(graph, { threads: 1, lower });
      const outputs = await compiled.run(feeds);
      await compiled.close();
      return outputs;
    }),
  );
}

const norm = (values: Float32Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

const opsOf = (outputs: readonly Value[]) => topologicalOrder(outputs).map(({ op }) => op);
const countOf = (op: string, ops: readonly string[]) => ops.filter((other) => other === op).length;

describe('an image in blocks', () => {
  it('becomes what it does in the plain layout, in every direction', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          batch: fc.constantFrom(3, 16, 20, 32),
          channels: fc.constantFrom(3, 16, 24, 32),
          filters: fc.constantFrom(8, 16, 24, 32, 48),
          strides: fc.constantFrom(1, 2, 3),
          size: fc.constantFrom(8, 9, 12),
          activation: fc.constantFrom(...Object.keys(ACTIVATIONS)),
          shortcut: fc.constantFrom('none', 'same', 'convolution'),
          biased: fc.boolean(),
          training: fc.boolean(),
          pooling: fc.constantFrom(...Object.keys(POOLINGS)),
        }),
        async ({
          batch,
          channels,
          filters,
          strides,
          size,
          activation,
          shortcut,
          biased,
          training,
          pooling,
        }) => {
          const activate = ACTIVATIONS[activation]!;
          const x = input('x', [batch, channels, size, size]);
          const w1 = input('w1', [filters, channels, 3, 3]);
          const w2 = input('w2', [filters, filters, 3, 3]);
          const w3 = input('w3', [filters, channels, 1, 1]);
          const [scale, bias, conv1] = ['scale', 'bias', 'conv1'].map((name) => input(name, [filters])) as [
            Tensor,
            Tensor,
            Tensor,
          ];
          const [first, mean, variance] = normalized(
            conv(x, w1, strides, biased ? conv1 : undefined),
            scale,
            bias,
          );
          const inner = activate(first!);
          const [second] = normalized(conv(inner, w2), scale, bias, training);
          const beside = shortcut === 'same' ? inner : conv(x, w3, strides);
          const y = activate(shortcut === 'none' ? second! : second!.add(beside));
          const judged = POOLINGS[pooling]!(y);
          const weights = input('weights', judged.shape);
          const wrt = { x, w1, w2, w3, scale, bias, conv1 };
          const slopes = gradients(judged.mul(weights).sum(), Object.values(wrt));
          const outputs = Object.fromEntries(Object.keys(wrt).map((name, i) => [`d${name}`, slopes[i]!]));
          const [expected, got] = await bothWays({
            name: 'in-blocks',
            inputs: { ...wrt, weights },
            outputs: { judged, mean: mean!, variance: variance!, ...outputs },
          });
          // An element so near to a kink that rounding puts it on the other side has another slope there.
          const kinks = activation.endsWith('relu') || ['side by side', 'overlapping'].includes(pooling);
          const tolerance = kinks ? 5e-2 : 1e-4;
          for (const [name, { dims, data }] of Object.entries(expected!)) {
            const [a, b] = [data as Float32Array, got![name]!.data as Float32Array];
            expect(got![name]!.dims).toEqual(dims);
            const difference = norm(a.map((value, i) => value - b[i]!));
            if (difference > tolerance * Math.max(1, norm(a)))
              throw new Error(`${name} is off by ${difference}, and its norm is ${norm(a)}`);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('goes into blocks once and comes back once', () => {
    const x = input('x', [16, 16, 8, 8]);
    const w = input('w', [16, 16, 3, 3]);
    const [scale, bias] = [input('scale', [16]), input('bias', [16])];
    const layer = (value: Tensor) => normalized(conv(value, w), scale, bias)[0]!;
    const ops = opsOf(lowerForCpu([layer(layer(x).relu()).add(x).leakyRelu()], 16, 1));
    expect([countOf('ToBlocks', ops), countOf('FromBlocks', ops)]).toEqual([1, 1]);
    expect(ops).not.toContain('Relu');
    expect(ops).not.toContain('LeakyRelu');
  });

  it('is added and activated apart where something else reads the sum', () => {
    const x = input('x', [16, 16, 8, 8]);
    const y = conv(x, input('w', [16, 16, 3, 3]));
    const ops = opsOf(lowerForCpu([y.relu(), y], 16, 1));
    expect(countOf('Relu', ops)).toBe(1);
    expect(countOf('BlockedConv', ops)).toBe(1);
  });

  it('is left alone where channels only pad a block, and where nothing is in blocks', () => {
    const y = conv(input('x', [16, 16, 8, 8]), input('w', [24, 16, 3, 3]));
    expect(opsOf(lowerForCpu([y.relu()], 16, 1)).slice(-2)).toEqual(['FromBlocks', 'Relu']);
    const plain = input('x', [16, 16, 8, 8]).relu();
    expect(lowerForCpu([plain], 16, 1)[0]).toBe(plain);
  });
});
