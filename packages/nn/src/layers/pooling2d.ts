/** Pooling over images, channels first: [batch, channels, height, width]. */
import { apply, type Tensor } from '@gradus/engine';
import { type Pair, pair } from './size.ts';

export interface Pool2dOptions {
  /** Default: the window's size, so that windows do not overlap. */
  readonly stride?: Pair;
  /** Default 0. */
  readonly padding?: Pair;
}

const pooled =
  (op: 'MaxPool' | 'AveragePool') =>
  (size: Pair, { stride = size, padding = 0 }: Pool2dOptions = {}) =>
  (x: Tensor) =>
    apply(op, [x], {
      kernel_shape: pair(size),
      strides: pair(stride),
      pads: [...pair(padding), ...pair(padding)],
    });

/** The largest value of each channel in each window. */
export const maxPool2d = pooled('MaxPool');

/** The mean of each channel in each window; padding does not count. */
export const averagePool2d = pooled('AveragePool');

/** The mean of each channel over the image: -> [batch, channels]. */
export const globalAveragePool2d = () => (x: Tensor) => x.mean([2, 3]);

/** The largest value of each channel over the image: -> [batch, channels]. */
export const globalMaxPool2d = () => (x: Tensor) => x.maximum([2, 3]);
