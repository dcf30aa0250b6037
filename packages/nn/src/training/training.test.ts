/** Training against PyTorch 2.13, number by number; and what a user relies on: reproducible, resumable, stoppable. */

import { Random } from '@gradus/base';
import type { HostTensor, Tensor } from '@gradus/engine';
import { describe, expect, it } from 'vitest';
import {
  adam,
  batchesOf,
  conv1d,
  crossEntropy,
  type Dataset,
  dense,
  dropout,
  embedding,
  type FitOptions,
  fit,
  globalMaxPool1d,
  loadState,
  Module,
  type Optimizer,
  parametersOf,
  relu,
  sequential,
  sgd,
  stateOf,
} from '../index.ts';

const wave = (dims: readonly number[], frequency: number): HostTensor => ({
  dtype: 'float32',
  dims,
  data: Float32Array.from({ length: dims.reduce((a, b) => a * b) }, (_, i) => Math.sin(frequency * (i + 1))),
});
const given = (frequency: number) => (_: Random, dims: readonly number[]) =>
  wave(dims, frequency).data as Float32Array<ArrayBuffer>;

class TextNet extends Module {
  readonly words = embedding(7, 3, { initializer: given(1.3) });
  readonly conv = conv1d(4, 2, { initializer: given(2.1) });
  readonly out = dense(3, { initializer: given(0.7) });
  forward(ids: Tensor): Tensor {
    return this.out.forward(globalMaxPool1d()(this.conv.forward(this.words.forward(ids)).gelu()));
  }
}

const ids = Array.from({ length: 4 }, (_, i) =>
  Array.from({ length: 5 }, (_, j) => BigInt((i * 5 + j * 3) % 7)),
);
const classes = [0n, 2n, 1n, 1n];
const texts: Dataset = {
  size: 4,
  batch: (rows) => ({
    ids: {
      dtype: 'int64',
      dims: [rows.length, 5],
      data: BigInt64Array.from([...rows].flatMap((row) => ids[row]!)),
    },
    labels: {
      dtype: 'int64',
      dims: [rows.length],
      data: BigInt64Array.from([...rows].map((row) => classes[row]!)),
    },
  }),
};

describe('training a text CNN step by step gives what PyTorch gives, with', () => {
  const cases: [string, Optimizer, number[], number, number][] = [
    [
      'Adam',
      adam({ learningRate: 0.05 }),
      [1.701961, 1.374238, 1.200409, 1.101708, 1.035368],
      1.495265,
      1.469746,
    ],
    [
      'AdamW',
      adam({ learningRate: 0.05, weightDecay: 0.1 }),
      [1.701961, 1.368301, 1.194108, 1.096159, 1.03258],
      1.473048,
      1.434494,
    ],
    [
      'SGD',
      sgd({ learningRate: 0.1 }),
      [1.701961, 1.448061, 1.326482, 1.250895, 1.196646],
      1.441221,
      0.4235709,
    ],
    [
      'momentum',
      sgd({ learningRate: 0.1, momentum: 0.9 }),
      [1.701961, 1.448061, 1.226826, 1.111157, 1.03933],
      1.443488,
      0.9174432,
    ],
    [
      'Nesterov momentum and weight decay',
      sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
      [1.701961, 1.302542, 1.137983, 1.031749, 0.9465621],
      1.422251,
      0.9401473,
    ],
  ];
  for (const [name, optimizer, losses, words, conv] of cases) {
    it(name, async () => {
      const net = new TextNet();
      const { epochs } = await fit(net, texts, {
        loss: ({ ids, labels }) => crossEntropy(net.forward(ids!), labels!),
        optimizer,
        epochs: 5,
        batchSize: 4,
        random: new Random(0),
      });
      for (const [i, { loss }] of epochs.entries()) expect(loss).toBeCloseTo(losses[i]!, 4);
      const sum = (parameter: string) =>
        (stateOf(net)[parameter]!.data as Float32Array).reduce((a, b) => a + b, 0);
      expect(sum('words.weight')).toBeCloseTo(words, 4);
      expect(sum('conv.weight')).toBeCloseTo(conv, 4);
    });
  }
});

/** Two interleaved half-moons, a little noisy: not to be separated by a line. */
function moons(count: number, seed: number): Dataset {
  const random = new Random(seed);
  const points: number[] = [];
  const labels: bigint[] = [];
  for (let i = 0; i < count; i++) {
    const upper = i % 2;
    const angle = Math.PI * random.uniform();
    points.push(
      (upper ? Math.cos(angle) : 1 - Math.cos(angle)) + random.normal(0, 0.1),
      (upper ? Math.sin(angle) : 0.5 - Math.sin(angle)) + random.normal(0, 0.1),
    );
    labels.push(BigInt(upper));
  }
  return {
    size: count,
    batch: (rows) => ({
      x: {
        dtype: 'float32',
        dims: [rows.length, 2],
        data: Float32Array.from([...rows].flatMap((r) => points.slice(2 * r, 2 * r + 2))),
      },
      y: { dtype: 'int64', dims: [rows.length], data: BigInt64Array.from([...rows].map((r) => labels[r]!)) },
    }),
  };
}

const [train, validation] = [moons(300, 1), moons(100, 2)];
const mlp = () => sequential(dense(24), relu(), dropout(0.2), dense(2));
const options = (net: ReturnType<typeof mlp>, more: Partial<FitOptions> = {}): FitOptions => ({
  loss: ({ x, y }) => crossEntropy(net.forward(x!), y!),
  optimizer: adam({ learningRate: 0.03 }),
  epochs: 40,
  batchSize: 32,
  validation,
  random: new Random(5),
  ...more,
});

describe('fit', () => {
  it('learns, and keeps the parameters that did best on validation data', async () => {
    const net = mlp();
    const { epochs, best } = await fit(net, train, options(net));
    const losses = epochs.map(({ validationLoss }) => validationLoss!);
    expect(losses[best - 1]).toBe(Math.min(...losses));
    expect(Math.min(...losses)).toBeLessThan(0.12);
  });

  it('stops when validation gets no better', async () => {
    const net = mlp();
    const { epochs, best } = await fit(net, train, options(net, { epochs: 400, patience: 3 }));
    expect(epochs).toHaveLength(best + 3);
  });

  it('gives the same from the same seed, and the same again after it was killed and resumed', async () => {
    const whole = mlp();
    const unbroken = await fit(whole, train, options(whole));
    let kept: unknown;
    const checkpoint = {
      save: (state: unknown) => {
        kept = structuredClone(state);
      },
      load: () => structuredClone(kept),
    };
    const cut = mlp();
    const controller = new AbortController();
    const broken = fit(
      cut,
      train,
      options(cut, {
        checkpoint,
        signal: controller.signal,
        onStep: (step) => step === 95 && controller.abort(new Error('killed')),
      }),
    );
    await expect(broken).rejects.toThrow('killed');
    const again = mlp();
    expect(await fit(again, train, options(again, { checkpoint }))).toEqual(unbroken);
    expect(stateOf(again)).toEqual(stateOf(whole));
  });
});

describe('a module', () => {
  it('names its parameters by their place, and refuses values that are not its own', async () => {
    const net = mlp();
    await fit(net, train, options(net, { epochs: 1 }));
    expect([...parametersOf(net).keys()].sort()).toEqual([
      'layers.0.bias',
      'layers.0.weight',
      'layers.3.bias',
      'layers.3.weight',
    ]);
    const state = stateOf(net);
    expect(() => loadState(net, { ...state, other: state['layers.0.bias']! })).toThrow(
      /no parameter "other"/,
    );
    expect(() => loadState(net, { ...state, 'layers.0.bias': wave([3], 1) })).toThrow(
      /layers\.0\.bias.*\[24\].*\[3\]/,
    );
  });
});

describe('batches', () => {
  it('hold every row once, and rows of similar length together where rows have one', () => {
    const sized: Dataset = { size: 1000, batch: () => ({}), length: (row) => (row * 7919) % 100 };
    const batches = batchesOf(sized, 16, new Random(1));
    expect(batches.flatMap((batch) => [...batch]).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 1000 }, (_, i) => i),
    );
    const widest = batches.map(
      (batch) => Math.max(...[...batch].map(sized.length!)) - Math.min(...[...batch].map(sized.length!)),
    );
    expect(widest.reduce((a, b) => a + b) / batches.length).toBeLessThan(10);
  });
});
