/** Pooling over time, channels last: [batch, time, channels]. */
import { UserError } from '@gradus/base';
import type { Tensor } from '@gradus/engine';
import { checkWhole } from '../check-number.ts';
import { sizeAt } from './size.ts';

/** The largest value of each channel over time: [batch, time, channels] -> [batch, channels]. */
export const globalMaxPool1d = () => (x: Tensor) => x.maximum([1]);

/** The mean of each channel over time: [batch, time, channels] -> [batch, channels]. */
export const globalAveragePool1d = () => (x: Tensor) => x.mean([1]);

/** The largest value in each window of `size` steps that do not overlap; steps left over at the end are dropped. */
export const maxPool1d = (size: number, ...none: readonly never[]) =>
  pooled('maxPool1d', size, none, (x) => x.maximum([2]));

/** The mean of each window of `size` steps that do not overlap; steps left over at the end are dropped. */
export const averagePool1d = (size: number, ...none: readonly never[]) =>
  pooled('averagePool1d', size, none, (x) => x.mean([2]));

function pooled(where: string, size: number, none: readonly unknown[], of: (windows: Tensor) => Tensor) {
  checkWhole(where, 'size', size, { least: 1 });
  if (none.length > 0) {
    throw new UserError({
      en: `${where} takes the size of its windows only: they do not overlap`,
      zh: `${where} 只接受窗口大小：窗口互不重叠`,
    });
  }
  return (x: Tensor) => of(windows(x, size));
}

/** [batch, time, channels] -> [batch, ⌊time / size⌋, size, channels] */
function windows(x: Tensor, size: number): Tensor {
  const count = Math.floor(sizeAt(x, 1) / size);
  const whole = count * size === x.shape[1] ? x : x.slice([0], [count * size], [1]);
  return whole.reshape([x.shape[0]!, count, size, x.shape[2]!]);
}
