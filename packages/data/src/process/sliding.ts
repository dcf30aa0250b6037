/** Stretches of a signal as rows: only moved, not computed with, and so exact. */
import { apply, int64, scalar, type Tensor } from '@gradus/engine';

/** [batch, time] -> [batch, windows, length] */
export function slidingWindows(signal: Tensor, length: number, stride = 1): Tensor {
  const time = signal.shapeTensor().gather(scalar(1, 'int64'));
  // Not below 0, where the signal is shorter than a window.
  const count = time
    .sub(length - stride)
    .div(stride)
    .max(0);
  const steps = (from: Tensor) => apply('Range', [scalar(0, 'int64'), from, scalar(1, 'int64')]);
  const starts = steps(count).mul(stride).unsqueeze(1);
  return signal.gather(starts.add(steps(scalar(length, 'int64'))), 1);
}

/** The signal with its first and last value repeated `by` times at its ends: [batch, time + 2 by]. */
export function padded(signal: Tensor, by: number): Tensor {
  if (by === 0) return signal;

  return apply('Pad', [signal, int64([0, by, 0, by]), null], { mode: 'edge' });
}
