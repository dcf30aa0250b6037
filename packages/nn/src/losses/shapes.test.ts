/** Targets and weights in other shapes and dtypes: taken where they have one meaning, refused where they do not. */
import { constant, type HostTensor, input, type Tensor, type TensorLike } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bceWithLogits,
  contrastive,
  crossEntropy,
  embedding,
  hinge,
  huber,
  infoNce,
  initialize,
  klDivergence,
  l1Penalty,
  l2Penalty,
  mae,
  mse,
  multiClassHinge,
  Parameter,
  quantileLoss,
  Random,
  triplet,
  zeros,
} from '../index.ts';

const sine = (dims: readonly number[], k = 1.1): HostTensor => ({
  dtype: 'float32',
  dims,
  data: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(k * (i + 1))),
});

async function lossOf(loss: Tensor): Promise<number> {
  const graph = await compile({ name: 'loss', inputs: {}, outputs: { loss } }, { threads: 1 });
  const { loss: value } = await graph.run({});
  await graph.close();
  return Number(value!.data[0]);
}

type Pairwise = (x: Tensor, y: TensorLike) => Tensor;
const PAIRWISE: Record<string, { loss: Pairwise; targets: number[] }> = {
  mse: { loss: mse, targets: [1, 2, 3] },
  mae: { loss: mae, targets: [1, 2, 3] },
  huber: { loss: huber, targets: [1, 2, 3] },
  bceWithLogits: { loss: bceWithLogits, targets: [1, 0, 1] },
  hinge: { loss: hinge, targets: [1, -1, 1] },
};

describe.each(Object.entries(PAIRWISE))('%s', (name, { loss, targets }) => {
  const column = constant([[1], [-9], [9]]);

  it('counts [n, 1] and [n] as one shape, and takes targets of any number type and plain lists', async () => {
    const right = await lossOf(
      loss(column, constant({ dtype: 'float32', dims: [3, 1], data: Float32Array.from(targets) })),
    );
    const given: Record<string, TensorLike> = {
      'without the axis': constant(targets),
      'of whole numbers': { dtype: 'int64', dims: [3], data: BigInt64Array.from(targets, BigInt) },
      'of int32': { dtype: 'int32', dims: [3, 1], data: Int32Array.from(targets) },
      'a list': targets,
      'nested lists': targets.map((target) => [target]),
    };
    for (const [how, target] of Object.entries(given)) {
      expect(await lossOf(loss(column, target)), how).toBeCloseTo(right, 5);
    }
    expect(
      await lossOf(
        loss(
          column.squeeze(1),
          targets.map((target) => [target]),
        ),
      ),
    ).toBeCloseTo(right, 5);
  });

  it('refuses targets that are not one for each prediction', () => {
    for (const dims of [[4], [4, 1], [1, 3], [3, 2], [1, 3, 1], [1]]) {
      const other = input('y', dims);
      expect(() => loss(column, other)).toThrow(
        `${name}: targets of shape [${dims.join(', ')}] do not fit predictions of [3, 1]`,
      );
    }
    expect(() => loss(input('x', ['batch', 1]), input('y', ['batch', 3]))).toThrow('do not fit');
    expect(() => loss(input('x', ['batch', 1]), input('y', ['batch']))).not.toThrow();
  });

  it('is never the mean over all pairs: it takes a shape, or refuses it', () => {
    const dims = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 });
    fc.assert(
      fc.property(dims, dims, (a, b) => {
        const plain = (shape: number[]) => (shape.at(-1) === 1 ? shape.slice(0, -1) : shape).join();
        const one =
          a.join() === b.join() ||
          (Math.abs(a.length - b.length) === 1 &&
            plain(a.length > b.length ? a : b) === (a.length > b.length ? b : a).join());
        const taken = () => loss(input('x', a), input('y', b));
        if (one || b.length === 0) expect(taken).not.toThrow();
        else expect(taken).toThrow('do not fit');
      }),
    );
  });
});

describe('losses with other shapes', () => {
  const scores = constant(sine([3, 4]));

  // torch.nn.functional.cross_entropy(sine(3, 4), [0, 3, 1])
  it('crossEntropy takes labels of any number type, with an axis of size 1 or without', async () => {
    const given: TensorLike[] = [
      [0, 3, 1],
      [[0], [3], [1]],
      constant([0, 3, 1]),
      { dtype: 'int64', dims: [3, 1], data: BigInt64Array.of(0n, 3n, 1n) },
      { dtype: 'int32', dims: [3], data: Int32Array.of(0, 3, 1) },
    ];
    for (const labels of given) expect(await lossOf(crossEntropy(scores, labels))).toBeCloseTo(1.4623128, 5);
  });

  it('crossEntropy takes probabilities, one-hot rows among them', async () => {
    const soft = constant(sine([3, 4], 0.7)).softmax();
    // torch: cross_entropy(sine(3, 4), softmax(sine(3, 4, 0.7))), and with label_smoothing=0.1, weight=[1, 2, 0.5, 1.5]
    expect(await lossOf(crossEntropy(scores, soft))).toBeCloseTo(1.5754706, 5);
    const weighed = crossEntropy(scores, soft, { smoothing: 0.1, classWeights: [1, 2, 0.5, 1.5] });
    expect(await lossOf(weighed)).toBeCloseTo(1.9222468, 5);
    const oneHot = [
      [1, 0, 0, 0],
      [0, 0, 0, 1],
      [0, 1, 0, 0],
    ];
    expect(await lossOf(crossEntropy(scores, oneHot))).toBeCloseTo(1.4623128, 5);
    expect(() => crossEntropy(scores, oneHot, { ignored: 1 })).toThrow('mask probabilities by a weight of 0');
  });

  it('crossEntropy finds the classes on another axis where it is named, and asks where it may be meant', async () => {
    const labels = [
      [0, 2, 1, 1],
      [2, 2, 0, 1],
    ];
    // torch.nn.functional.cross_entropy(sine(2, 3, 4), labels)
    expect(await lossOf(crossEntropy(constant(sine([2, 3, 4])), labels, { axis: 1 }))).toBeCloseTo(
      1.4982736,
      5,
    );
    const images = input('z', [2, 3, 8, 8]);
    const mask = input('y', [2, 8, 8], 'int64');
    expect(() => crossEntropy(images, mask)).toThrow('write { axis: 1 } where that is meant');
    expect(crossEntropy(images, mask, { axis: 1 }).shape).toEqual([]);
    expect(() => crossEntropy(input('z', [2, 4, 4, 4]), input('y', [2, 4, 4], 'int64'))).toThrow(
      '{ axis: -1 }',
    );
    // A sequence as long as there are classes, with the classes last, as layers make them.
    expect(() => crossEntropy(input('z', [2, 4, 4]), input('y', [2, 4], 'int64'))).not.toThrow();
    expect(() => crossEntropy(scores, input('y', [4], 'int64'))).toThrow('labels of shape [4] do not fit');
    expect(() => crossEntropy(input('z', [3, 1]), input('y', [3], 'int64'))).toThrow('use bceWithLogits');
  });

  it('the others refuse what does not fit', () => {
    const [x, y] = [input('x', [3, 4]), input('y', [4, 4])];
    const labels = input('labels', [3], 'int64');
    expect(() => klDivergence(x, y)).toThrow('klDivergence: targets of shape [4, 4] do not fit');
    expect(() => contrastive(x, y, input('alike', [3]))).toThrow('contrastive: partners');
    expect(() => contrastive(x, x, input('alike', [4]))).toThrow('contrastive: labels');
    expect(() => triplet(x, x, y)).toThrow('triplet: partners');
    expect(() => infoNce(x, y)).toThrow('infoNce: partners');
    expect(() => infoNce(input('a', ['batch', 4]), input('b', ['batch', 4]))).toThrow(
      'must have a known size',
    );
    expect(() => quantileLoss(x, input('y', [3]), [0.1, 0.9])).toThrow(
      '2 quantiles need predictions [.., 2]',
    );
    expect(() => quantileLoss(x, input('y', [4, 1]), [0.1, 0.2, 0.3, 0.4])).toThrow('quantileLoss: targets');
    expect(() => multiClassHinge(x, input('labels', [4], 'int64'))).toThrow('multiClassHinge: labels');
    expect(() => crossEntropy(x, labels, input('w', [4]))).toThrow('weights of shape [4] do not fit');
    expect(() => mse(x, x, input('w', [2, 4]))).toThrow('one for each example, [3]');
  });

  it('quantileLoss takes targets with an axis of size 1', async () => {
    const one = (targets: TensorLike) => lossOf(quantileLoss(constant(sine([3, 2])), targets, [0.1, 0.9]));
    expect(await one([[1], [2], [3]])).toBeCloseTo(await one([1, 2, 3]), 6);
  });

  it('crossEntropy refuses options that it does not have', () => {
    const misspelt = (options: object) => () => crossEntropy(scores, [0, 1, 2], options);
    expect(misspelt({ ignore_index: -100 })).toThrow('Did you mean "ignored"?');
    expect(misspelt({ label_smoothing: 0.1 })).toThrow('Did you mean "smoothing"?');
    expect(misspelt({ weight: [1, 1, 1, 1] })).toThrow('Did you mean "classWeights"?');
  });
});

it('an embedding takes ids of any number type', async () => {
  const table = embedding(3, 2, {
    initializer: (_, shape) => Float32Array.from({ length: 6 }, (_, i) => shape[1]! + i),
  });
  initialize(table, new Random(0));
  for (const ids of [
    [2, 0],
    constant([2, 0]),
    constant({ dtype: 'int32', dims: [2], data: Int32Array.of(2, 0) }),
  ]) {
    expect(await lossOf(table.forward(ids).sum())).toBe(6 + 7 + 2 + 3);
  }
});

it('penalties take parameters by name, and need some', async () => {
  const weight = new Parameter([2], zeros);
  weight.value = { dtype: 'float32', dims: [2], data: Float32Array.of(3, -4) };
  expect(await lossOf(l2Penalty(new Map([['weight', weight]]), 2))).toBe(25);
  expect(await lossOf(l1Penalty([weight], 2))).toBe(14);
  expect(() => l2Penalty([], 1)).toThrow('has none before its first forward()');
});
