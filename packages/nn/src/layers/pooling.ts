/** Pooling over time, channels last: [batch, time, channels]. */
import type { Tensor } from '@gradus/engine';
import { sizeAt } from './size.ts';

/** The largest value of each channel over time: [batch, time, channels] -> [batch, channels]. */
export const globalMaxPool1d = () => (x: Tensor) => x.maximum([1]);

/** The mean of each channel over time: [batch, time, channels] -> [batch, channels]. */
export const globalAveragePool1d = () => (x: Tensor) => x.mean([1]);

/** The largest value in each window of `size` steps that do not overlap; steps left over at the end are dropped. */
export const maxPool1d = (size: number) => (x: Tensor) => windows(x, size).maximum([2]);

/** The mean of each window of `size` steps that do not overlap; steps left over at the end are dropped. */
export const averagePool1d = (size: number) => (x: Tensor) => windows(x, size).mean([2]);

/** [batch, time, channels] -> [batch, ⌊time / size⌋, size, channels] */
function windows(x: Tensor, size: number): Tensor {
  const count = Math.floor(sizeAt(x, 1) / size);
  const whole = count * size === x.shape[1] ? x : x.slice([0], [count * size], [1]);
  return whole.reshape([x.shape[0]!, count, size, x.shape[2]!]);
}
