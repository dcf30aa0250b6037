/**
 * Wasserstein's distance of two samples (Kantorovich, 1942): how far, on average, the values of one must be moved to make
 * the other. It is the area between their empirical distribution functions, in the unit of the values.
 */
import { requireNumbers } from '../numbers.ts';

/** @throws RangeError where a value is NaN */
export function wasserstein(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [x, y] = [Float64Array.from(a).sort(), Float64Array.from(b).sort()];
  for (const sample of [x, y]) requireNumbers(sample);
  let area = 0;
  let last = Math.min(x[0]!, y[0]!);
  for (let i = 0, j = 0; i < x.length || j < y.length; ) {
    const value = Math.min(x[i] ?? Infinity, y[j] ?? Infinity);
    area += Math.abs(i / x.length - j / y.length) * (value - last);
    last = value;
    while (x[i] === value) i++;
    while (y[j] === value) j++;
  }
  return area;
}

/** A reference that hardly varies would make every distance a great one. */
const LEAST_DEVIATION = 0.001;

/** The distance in standard deviations of the reference. */
export function wassersteinNormed(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  const n = reference.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += reference[i]! / n;
  let variance = 0;
  for (let i = 0; i < n; i++) variance += (reference[i]! - mean) ** 2 / n;
  return wasserstein(reference, current) / Math.max(Math.sqrt(variance), LEAST_DEVIATION);
}
