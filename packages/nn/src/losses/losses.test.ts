/** Every loss against PyTorch. */
import { concat, constant, gradients, type HostTensor, input, int64, type Tensor } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import { describe, expect, it } from 'vitest';
import {
  bceWithLogits,
  contrastive,
  crossEntropy,
  ctc,
  hinge,
  huber,
  infoNce,
  klDivergence,
  mae,
  mse,
  multiClassHinge,
  quantileLoss,
  triplet,
} from '../index.ts';

/** sin(k), sin(2k), … in a shape. */
const sine = (dims: readonly number[], k = 1.1): Tensor =>
  constant({
    dtype: 'float32',
    dims,
    data: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(k * (i + 1))),
  });
const floats = (...values: number[]): Tensor =>
  constant({ dtype: 'float32', dims: [values.length], data: Float32Array.from(values) });

const z: HostTensor = {
  dtype: 'float32',
  dims: [2, 2],
  data: Float32Array.from([1, 2, 3, 4], (i) => Math.sin(1.1 * i)),
};
const t: HostTensor = { dtype: 'float32', dims: [2, 2], data: Float32Array.of(1, 0, 0, 1) };

describe('losses are as PyTorch has them', () => {
  it('binary cross-entropy from logits, mean squared error', async () => {
    const outputs = {
      bce: bceWithLogits(constant(z).mul(5), constant(t)),
      mse: mse(constant(z), constant(t)),
    };
    const graph = await compile({ name: 'losses', inputs: {}, outputs });
    const results = await graph.run({});
    expect(results.bce!.data[0]).toBeCloseTo(2.303147, 5);
    expect(results.mse!.data[0]).toBeCloseTo(1.124784, 5);
    await graph.close();
  });

  it('binary cross-entropy does not overflow', async () => {
    const big = constant({ dtype: 'float32', dims: [2], data: Float32Array.of(1000, -1000) });
    const labels = constant({ dtype: 'float32', dims: [2], data: Float32Array.of(0, 0) });
    const graph = await compile({ name: 'losses', inputs: {}, outputs: { bce: bceWithLogits(big, labels) } });
    expect((await graph.run({})).bce!.data[0]).toBe(500);
    await graph.close();
  });

  it('the others too', async () => {
    const [a, b] = [sine([2, 3]), sine([2, 3], 0.7)];
    const [scores, classes] = [sine([3, 4]).mul(2), int64([1, 0, 3])];
    const outputs = {
      smooth: crossEntropy(scores, classes, { smoothing: 0.1 }),
      classWeights: crossEntropy(scores, classes, { classWeights: floats(1, 2, 0.5, 1.5) }),
      ignored: crossEntropy(scores, int64([1, -100, 3]), { ignored: -100 }),
      bothSmooth: crossEntropy(scores, classes, { smoothing: 0.1, classWeights: floats(1, 2, 0.5, 1.5) }),
      bothIgnored: crossEntropy(scores, int64([1, -100, 3]), {
        ignored: -100,
        classWeights: floats(1, 2, 0.5, 1.5),
      }),
      mae: mae(a, b),
      huber: huber(a.mul(3), b, 0.5),
      hinge: multiClassHinge(scores, classes),
      triplet: triplet(a, b, sine([2, 3], 0.3)),
      kl: klDivergence(scores, sine([3, 4], 0.5), 2),
    };
    const graph = await compile({ name: 'losses', inputs: {}, outputs });
    const results = await graph.run({});
    const got = Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data[0]]));
    // torch.nn.functional on the same arrays: cross_entropy, l1_loss, huber_loss(delta=0.5), multi_margin_loss, …
    const expected = {
      smooth: 1.7221592,
      classWeights: 1.3406994,
      ignored: 0.5548426,
      bothSmooth: 1.3800064,
      bothIgnored: 0.5978981,
      mae: 0.7115604,
      huber: 0.8389769,
      hinge: 1.0139931,
      triplet: 0.542128,
      kl: 0.9939532,
    };
    for (const [name, value] of Object.entries(expected)) expect(got[name], name).toBeCloseTo(value, 4);
    await graph.close();
  });

  it('CTC, with its gradient', async () => {
    const logits = input('logits', [2, 6, 4]);
    const labels = int64([1, 1, 3, 2, 3, 0]).reshape([2, 3]);
    const loss = ctc(logits, labels, int64([6, 5]), int64([3, 2]));
    const [slope] = gradients(loss, [logits]);
    const graph = await compile({ name: 'ctc', inputs: { logits }, outputs: { loss, slope: slope! } });
    const values = Float32Array.from({ length: 48 }, (_, i) => 2 * Math.sin(0.9 * (i + 1)));
    const results = await graph.run({ logits: { dtype: 'float32', dims: [2, 6, 4], data: values } });
    // torch.nn.functional.ctc_loss(logits.log_softmax(2).transpose(0, 1), labels, (6, 5), (3, 2))
    expect(results.loss!.data[0]).toBeCloseTo(2.4356494, 4);
    const second = [-0.13469, 0.018396, -0.035174, 0.151468, -0.055248, 0.117518, -0.067399, 0.005129];
    for (const [i, value] of second.entries()) expect(results.slope!.data[24 + i]).toBeCloseTo(value, 4);
    // The last step of the second sequence is beyond its end.
    for (let i = 44; i < 48; i++) expect(results.slope!.data[i]).toBeCloseTo(0, 6);
    await graph.close();
  });

  it('a quantile of the data is what the pinball loss is smallest for', async () => {
    const prediction = input('prediction', [1, 1]);
    const loss = quantileLoss(prediction.expand([9, 1]), floats(1, 2, 3, 4, 5, 6, 7, 8, 9), [0.25]);
    const graph = await compile({ name: 'quantile', inputs: { prediction }, outputs: { loss } });
    const at = async (value: number) => {
      const feed = { dtype: 'float32', dims: [1, 1], data: Float32Array.of(value) } as const;
      return (await graph.run({ prediction: feed })).loss!.data[0] as number;
    };
    const losses = await Promise.all([1, 2, 3, 4, 5].map(at));
    expect(losses.indexOf(Math.min(...losses))).toBe(2);
    await graph.close();
  });
});

describe('a loss has its slope', () => {
  const slopes = async (dims: number[], values: number[], loss: (x: Tensor) => Tensor) => {
    const x = input('x', dims);
    const value = loss(x);
    const outputs = { value, slope: gradients(value, [x])[0]! };
    const graph = await compile({ name: 'slopes', inputs: { x }, outputs }, { threads: 1 });
    const got = await graph.run({ x: { dtype: 'float32', dims, data: Float32Array.from(values) } });
    await graph.close();
    return { value: got.value!.data[0] as number, slope: [...(got.slope!.data as Float32Array)] };
  };
  const expectClose = (got: number[], expected: number[]) => {
    expect(got).toHaveLength(expected.length);
    for (const [i, value] of expected.entries()) expect(got[i]).toBeCloseTo(value, 5);
  };
  const barred = Number.NEGATIVE_INFINITY;

  // torch.nn.functional.binary_cross_entropy_with_logits of zeros
  it('at a logit of exactly 0', async () => {
    const { value, slope } = await slopes([3], [0, 0, 0], (x) => bceWithLogits(x, [1, 0, 0.25]));
    expect(value).toBeCloseTo(Math.LN2, 6);
    expectClose(slope, [-0.1666667, 0.1666667, 0.0833333]);
  });

  // cross_entropy, multi_margin_loss and kl_div of PyTorch on the same logits
  it('where classes are barred by a logit of -Infinity', async () => {
    const ce = await slopes([2, 3], [1, barred, 2, 0.5, 1, barred], (x) => crossEntropy(x, [0, 1]));
    expect(ce.value).toBeCloseTo(0.8936693, 6);
    expectClose(ce.slope, [-0.3655293, 0, 0.3655293, 0.1887703, -0.1887703, 0]);
    const margin = await slopes([1, 3], [1, barred, 2], (x) => multiClassHinge(x, [0]));
    expect(margin.value).toBeCloseTo(0.6666667, 6);
    expectClose(margin.slope, [-1 / 3, 0, 1 / 3]);
    const kl = await slopes([1, 3], [0.5, barred, 1], (x) => klDivergence(x, [[1, barred, 2]]));
    expect(kl.value).toBeCloseTo(0.0263446, 6);
    expectClose(kl.slope, [0.1085992, 0, -0.1085992]);
  });

  it('of 0 where nothing counts, and a value of 0, so that training goes on', async () => {
    const none: Record<string, (x: Tensor) => Tensor> = {
      ignored: (x) => crossEntropy(x, [-100, -100], { ignored: -100 }),
      'ignored, with class weights': (x) => crossEntropy(x, [-1, -1], { ignored: -1, classWeights: [1, 2] }),
      'weights of 0': (x) => crossEntropy(x, [0, 1], { weights: [0, 0] }),
      mse: (x) =>
        mse(
          x,
          [
            [1, 2],
            [3, 4],
          ],
          [0, 0],
        ),
      klDivergence: (x) =>
        klDivergence(
          x,
          [
            [1, 2],
            [3, 4],
          ],
          1,
          [0, 0],
        ),
    };
    for (const [name, loss] of Object.entries(none)) {
      const { value, slope } = await slopes([2, 2], [1, 2, 3, 4], loss);
      expect([value, ...slope], name).toEqual([0, 0, 0, 0, 0]);
    }
  });

  it('that what a weight of 0 masks does not change, though it is not a number', async () => {
    const { value, slope } = await slopes([3], [1, 2, Number.NaN], (x) =>
      mse(x, [0, Number.NaN, 3], [1, 0, 0]),
    );
    expect(value).toBe(1);
    expectClose(slope, [2, 0, 0]);
    const binary = await slopes([2], [0, barred], (x) => bceWithLogits(x, [1, Number.NaN], [1, 0]));
    expectClose([binary.value, ...binary.slope], [Math.LN2, -0.5, 0]);
  });
});

describe('a weight', () => {
  const labels = int64([1, 0, 3]);
  const flat = (x: Tensor) => x.slice([0], [1], [1]).squeeze(1);
  const signs = (x: Tensor) => x.greater(0).cast('float32').mul(2).sub(1);
  const sequence = (x: Tensor) => concat([x, x.mul(-0.7), x.mul(0.3)], 1).reshape([x.shape[0]!, 3, 4]);
  const ones = (labels: Tensor) => labels.mul(0).add(int64([1]));
  type Loss = (x: Tensor, y: Tensor, labels: Tensor, weights?: Tensor) => Tensor;
  const LOSSES: Record<string, Loss> = {
    mse: (x, y, _, w) => mse(x, y, w),
    mae: (x, y, _, w) => mae(x, y, w),
    huber: (x, y, _, w) => huber(x, y, 0.5, w),
    quantileLoss: (x, y, _, w) => quantileLoss(x, flat(y), [0.1, 0.3, 0.5, 0.9], w),
    bceWithLogits: (x, y, _, w) => bceWithLogits(x, y.greater(0).cast('float32'), w),
    hinge: (x, y, _, w) => hinge(x, signs(y), w),
    multiClassHinge: (x, _, labels, w) => multiClassHinge(x, labels, w),
    crossEntropy: (x, _, labels, weights) =>
      crossEntropy(x, labels, { smoothing: 0.1, ...(weights && { weights }) }),
    klDivergence: (x, y, _, w) => klDivergence(x, y, 2, w),
    contrastive: (x, y, _, w) => contrastive(x, y, flat(x).greater(0).cast('float32'), 1, w),
    triplet: (x, y, _, w) => triplet(x, y, x.add(y), 1, w),
    ctc: (x, _, labels, w) =>
      ctc(sequence(x), labels.unsqueeze(1), ones(labels).mul(int64([3])), ones(labels), w),
  };

  it.each(Object.keys(LOSSES))('of %s counts a row so often; 0 masks it', async (name) => {
    const loss = LOSSES[name]!;
    const [x, y] = [sine([3, 4]).mul(2), sine([3, 4], 0.7)];
    const rows = (of: Tensor, i: number) => of.slice([i], [i + 1], [0]);
    const outputs = {
      weighed: loss(x, y, labels, floats(2, 0, 1)),
      first: loss(rows(x, 0), rows(y, 0), rows(labels, 0)),
      last: loss(rows(x, 2), rows(y, 2), rows(labels, 2)),
    };
    const graph = await compile({ name: 'weights', inputs: {}, outputs });
    const { weighed, first, last } = await graph.run({});
    const [one, other] = [first!.data[0] as number, last!.data[0] as number];
    expect(weighed!.data[0]).toBeCloseTo((2 * one + other) / 3, 5);
    expect(one).toBeGreaterThan(0);
    await graph.close();
  });

  it('of infoNce masks a pair also for the others', async () => {
    const [a, b] = [sine([3, 4]), sine([3, 4], 0.7)];
    const two = (x: Tensor) => x.gather(int64([0, 2]));
    const outputs = { masked: infoNce(a, b, 0.5, floats(1, 0, 1)), two: infoNce(two(a), two(b), 0.5) };
    const graph = await compile({ name: 'weights', inputs: {}, outputs });
    const { masked, two: expected } = await graph.run({});
    expect(masked!.data[0]).toBeCloseTo(expected!.data[0] as number, 5);
    await graph.close();
  });
});
