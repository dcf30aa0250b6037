/**
 * The last transform before a graph runs on a CPU: it replaces ops that ONNX Runtime computes faster by way of others.
 */
import { floatAttribute, intAttribute, intsAttribute, type Value } from '../graph.ts';
import { isTiled } from '../ops/pooling.ts';
import { windowsOf } from '../ops/windows.ts';
import { isStatic } from '../shape.ts';
import { constant, type Tensor } from '../tensor.ts';
import { addedInOrder } from './added-in-order.ts';
import { blockedConvolutions } from './block-channels.ts';
import { type Rule, type Rules, rebuild } from './rebuild.ts';
import { sharedTransposes } from './share-transposes.ts';
import { staysInBlocks } from './stay-in-blocks.ts';

/**
 * @param block Channels in a block of the CPU's convolutions; 0 where it has none.
 * @param threads that compute an op; 0: as many as there are cores
 */
export function lowerForCpu(outputs: readonly Value[], block: number, threads: number): Tensor[] {
  const { plain, blocked } = cpuRules(outputs, block, threads);
  return rebuild(outputs, {
    node: (node, inputs) => blocked[node.op]?.(node, inputs) ?? plain[node.op]?.(node, inputs),
  });
}

/** Rules for `rebuild` of these outputs, on images in the plain layout and in blocks of channels. */
export function cpuRules(
  outputs: readonly Value[],
  block: number,
  threads: number,
): Readonly<Record<'plain' | 'blocked', Rules>> {
  const convolution: Rule = blockedConvolutions(block);
  return {
    plain: {
      AveragePool: meansOfTiles(block),
      BatchNormalization: batchStatistics,
      Gemm: sharedTransposes(outputs),
      ...(threads !== 1 && { ScatterND: addedInOrder }),
    },
    blocked:
      block > 1 ? { ...staysInBlocks(outputs, block), Conv: convolution, ConvTranspose: convolution } : {},
  };
}

/**
 * Batch normalization in training from reductions and arithmetic: the runtime's own runs on one thread, and the centred
 * values it makes are needed again on the way back (the runtime computes what is written twice only once).
 */
const batchStatistics: Rule = ({ attributes }, inputs) => {
  const [x, scale, bias] = inputs as readonly [Tensor, Tensor, Tensor];
  const fixed = intAttribute(attributes, 'training_mode', 0) === 0;
  if (fixed || floatAttribute(attributes, 'momentum', 0.9) !== 0) return undefined;
  const axes = x.shape.flatMap((_, i) => (i === 1 ? [] : [i]));
  const perChannel = (t: Tensor) => t.reshape([-1, ...axes.slice(1).map(() => 1)]);
  const mean = x.mean(axes);
  const centred = x.sub(perChannel(mean));
  const variance = centred.mul(centred).mean(axes);
  const deviation = variance.add(floatAttribute(attributes, 'epsilon', 1e-5)).sqrt();
  const y = centred.mul(perChannel(scale.div(deviation))).add(perChannel(bias));
  return [y, mean, variance];
};

/** Columns of an image up to which a product with mostly zeros is quicker than looking at each pixel. */
const WIDEST = 64;

/** Means of adjacent windows as a product: rows of pixels times a matrix that says which column membership to which window. */
const meansOfTiles =
  (block: number): Rule =>
  ({ attributes }, inputs) => {
    const [x] = inputs as readonly [Tensor];
    if (x.rank !== 4 || !isStatic(x.shape) || x.dtype !== 'float32') return undefined;
    const [batch, channels, height, width] = x.shape as readonly [number, number, number, number];
    const windows = windowsOf(attributes, x.shape, intsAttribute(attributes, 'kernel_shape'));
    // Whole blocks of channels the runtime pools by itself.
    if (!isTiled(windows, x.shape) || width > WIDEST || (block > 1 && channels % block === 0))
      return undefined;
    const [down, across] = windows.kernel as readonly [number, number];
    const [rows, columns] = [height / down, width / across];
    const weights = new Float32Array(down * width * columns);
    for (let i = 0; i < down * width; i++) {
      weights[i * columns + Math.floor((i % width) / across)] = 1 / (down * across);
    }
    const membership = constant({ dtype: 'float32', dims: [down * width, columns], data: weights });
    return [
      x
        .reshape([batch * channels * rows, down * width])
        .matmul(membership)
        .reshape([batch, channels, rows, columns]),
    ];
  };
