/** Which losses are means over the examples of a batch, and which only look like it. */
import { describe, expect, it } from 'vitest';
import {
  apply,
  applyMany,
  concat,
  constant,
  full,
  input,
  int64,
  isMeanOverExamples,
  type Tensor,
  trainingMode,
} from '../../index.ts';

type Loss = (x: Tensor, labels: Tensor, noise: Tensor) => Tensor;

const weights = (...dims: number[]) =>
  constant({
    dtype: 'float32',
    dims,
    data: Float32Array.from({ length: dims.reduce((a, b) => a * b) }, (_, i) => Math.sin(i)),
  });
const [square, wide] = [weights(6, 6), weights(6, 4)];

/** A loss of x [examples, 4, 6], labels [examples] and noise [examples, 4, 6]. */
function judged(loss: Loss): boolean {
  const traced = (examples: number) => {
    const x = input('x', [examples, 4, 6]);
    const labels = input('labels', [examples], 'int64');
    const noise = input('noise', [examples, 4, 6]);
    const { outputs } = trainingMode([loss(x, labels, noise)], { noise: () => noise });
    return { loss: outputs[0]!, batch: [x, labels], noise: [noise] };
  };
  return isMeanOverExamples(traced(8), traced(5));
}

const lstm = (x: Tensor, layout: 0 | 1) =>
  apply('LSTM', [x, weights(1, 12, 6), weights(1, 12, 3)], { hidden_size: 3, layout });
const images = (x: Tensor) => x.reshape([-1, 2, 3, 4]);
const heads = (x: Tensor) => x.matmul(square).reshape([-1, 4, 2, 3]).transpose([0, 2, 1, 3]);

const SHARDABLE: Readonly<Record<string, Loss>> = {
  'a mean square': (x) => x.matmul(square).relu().square().mean(),
  'a mean in two steps': (x) => x.mean([1]).square().sum([1]).mean().div(2),
  'cross-entropy': (x, labels) =>
    x
      .reshape([-1, 24])
      .matmul(weights(24, 3))
      .logSoftmax()
      .gatherElements(labels.unsqueeze(1), 1)
      .mean()
      .neg(),
  'with what the weights cost': (x) => x.matmul(square).mean().add(square.square().sum().mul(0.1)),
  'convolutions and pooling': (x) =>
    apply('MaxPool', [apply('Conv', [images(x), weights(2, 2, 1, 1)])], { kernel_shape: [2, 2] }).mean(),
  attention: (x) => heads(x).matmul(heads(x).T).softmax().matmul(heads(x)).mean(),
  'layer normalization': (x) =>
    apply('LayerNormalization', [x, weights(6), weights(6)])
      .square()
      .mean(),
  'one row of tokens after the other': (x) => x.reshape([-1, 6]).matmul(wide).square().mean(),
  'time before the examples': (x) =>
    x.transpose([1, 0, 2]).reshape([-1, 6]).matmul(wide).reshape([4, -1, 4]).maximum([0]).mean(),
  'a recurrent layer, time first': (x) =>
    lstm(x.transpose([1, 0, 2]), 0)
      .square()
      .mean(),
  'a recurrent layer': (x) => lstm(x, 1).square().mean(),
  'looked-up rows': (_, labels) => weights(9, 3).gather(labels).square().mean(),
  'a token before all others': (x) =>
    concat([weights(1, 1, 6).expand([x.shape[0] as number, 1, 6]), x], 1)
      .maximum([1])
      .mean(),
  dropout: (x, _, noise) => x.mul(noise.greater(0.5).cast('float32')).square().mean(),
  'the first rows of each': (x) => x.slice([0], [2], [1]).pad([0, 1, 0], [0, 0, 0]).square().mean(),
  'zeros to begin with': (x) => full(0, x).add(x).square().mean(),
};

const MIXING: Readonly<Record<string, Loss>> = {
  'a sum': (x) => x.square().sum(),
  'a mean times how many there are': (x) => x.mean().mul(x.shape[0] as number),
  'the square of a mean': (x) => x.mean().square(),
  'distances from the mean': (x) =>
    x
      .sub(x.mean([0], true))
      .square()
      .mean(),
  'batch normalization': (x) =>
    apply('BatchNormalization', [x, weights(4), weights(4), weights(4), weights(4)], {
      epsilon: { float: 1e-5 },
      momentum: { float: 0.9 },
    })
      .square()
      .mean(),
  'each with each': (x) =>
    x
      .reshape([-1, 24])
      .matmul(x.reshape([-1, 24]).T)
      .logSoftmax()
      .mean(),
  'shares among the examples': (x) => x.softmax(0).square().mean(),
  'the largest of all': (x) => x.maximum([0]).mean(),
  'a mean under a mask': (x) => x.relu().sum().div(x.greater(0).cast('float32').sum()),
  'the first ones only': (x) => x.slice([0], [2], [0]).mean(),
  'half of them': (x) => x.slice([0], [(x.shape[0] as number) >> 1], [0]).mean(),
  'another weight for each': (x) => x.mul(weights(x.shape[0] as number, 1, 1)).mean(),
  'the same chance for all': (x, _, noise) => x.mul(noise.slice([0], [1], [0])).mean(),
  'numbers that the runtime draws': (x) => x.mul(apply('RandomUniform', [], { shape: [6] })).mean(),
  'pairs side by side': (x) =>
    x
      .reshape([(x.shape[0] as number) / 1, 24])
      .slice([1], [9], [0])
      .mean(),
  'the order of examples reversed': (x, labels) =>
    x
      .slice([-1], [-(2 ** 31)], [0], [-1])
      .mul(labels.cast('float32').reshape([-1, 1, 1]))
      .mean(),
  'each with its neighbour': (x) => x.mul(x.pad([1, 0, 0], [-1, 0, 0])).mean(),
  'columns that the number of examples chooses': (x) => {
    const first = (x.shape[0] as number) % 2;
    return x.slice([first], [first + 2], [1]).mean();
  },
  'where in the batch a pixel lies': (x) =>
    applyMany('MaxPool', [x.reshape([-1, 2, 3, 4])], { kernel_shape: [2, 2] })[1]!
      .cast('float32')
      .mean(),
  'a running sum': (x) => apply('CumSum', [x, int64([0]).squeeze(0)]).mean(),
  'the order turned round': (x, labels) => x.gather(labels).mean(),
};

describe('batch shards can be worked on apart where the loss is', () => {
  it.each(Object.entries(SHARDABLE))('%s', (_, loss) => expect(judged(loss)).toBe(true));
});

describe('a batch cannot be sharded where the loss is', () => {
  it.each(Object.entries(MIXING))('%s', (_, loss) => expect(judged(loss)).toBe(false));
});
