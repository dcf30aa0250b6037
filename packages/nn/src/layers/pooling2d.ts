/** Pooling over images, channels first: [batch, channels, height, width]. */
import { checkChoice, checkOptions } from '@gradus/base';
import { apply, type Tensor } from '@gradus/engine';
import { samePadding } from './same-padding.ts';
import { checkPair, type Pair, pair } from './size.ts';

export interface Pool2dOptions {
  /** Default: the window's size, so that windows do not overlap. */
  readonly stride?: Pair;
  /** `same`: as many windows as strides fit, rounded up, as in Keras. Default 0. */
  readonly padding?: Pair | 'same';
}

const pooled =
  (op: 'MaxPool' | 'AveragePool', where: string) =>
  (size: Pair, options: Pool2dOptions = {}) => {
    checkOptions(where, options, { stride: size, padding: 0 });
    const { stride = size, padding = 0 } = options;
    checkPair(where, 'size', size, 1);
    checkPair(where, 'stride', stride, 1);
    if (typeof padding === 'string') checkChoice(where, 'padding', padding, ['same']);
    else checkPair(where, 'padding', padding, 0);
    const geometry = { kernel: pair(size), strides: pair(stride), dilations: [1, 1] };
    return (x: Tensor) =>
      apply(op, [x], {
        kernel_shape: geometry.kernel,
        strides: geometry.strides,
        ...(padding === 'same'
          ? samePadding(x.shape.slice(2), geometry)
          : { pads: [...pair(padding), ...pair(padding)] }),
      });
  };

/** The largest value of each channel in each window. */
export const maxPool2d = pooled('MaxPool', 'maxPool2d');

/** The mean of each channel in each window; padding does not count. */
export const averagePool2d = pooled('AveragePool', 'averagePool2d');

/** The mean of each channel over the image: -> [batch, channels]. */
export const globalAveragePool2d = () => (x: Tensor) => x.mean([2, 3]);

/** The largest value of each channel over the image: -> [batch, channels]. */
export const globalMaxPool2d = () => (x: Tensor) => x.maximum([2, 3]);
