/**
 * The two-sample test of Kolmogorov and Smirnov (1939): are two samples of numbers from the same distribution? Its
 * statistic is the largest distance between their empirical distribution functions.
 *
 * The p-value is exact for smaller samples: under the hypothesis all ways to shuffle the two together are equally
 * probable, and the probability that such a walk strays as far is summed step by step (Hodges, 1958). Ties make it a
 * little too large, never too small. For larger samples it is Kolmogorov's limit with the correction of Stephens (1970),
 * which may be too small by a tenth.
 */
import { requireNumbers } from '../numbers.ts';

export interface KolmogorovSmirnov {
  /** Between 0 and 1. */
  readonly statistic: number;
  readonly pValue: number;
}

/** Pairs of values up to which the p-value is exact. */
const MOST_PAIRS = 20_000_000;

/** Takes finite numbers in any order, at least one in each sample. @throws RangeError where one is NaN */
export function kolmogorovSmirnov(a: ArrayLike<number>, b: ArrayLike<number>): KolmogorovSmirnov {
  return kolmogorovSmirnovSorted(Float64Array.from(a).sort(), Float64Array.from(b).sort());
}

/** The same for samples in ascending order. */
export function kolmogorovSmirnovSorted(a: Float64Array, b: Float64Array): KolmogorovSmirnov {
  const [m, n] = [a.length, b.length];
  const steps = largestDistance(a, b);
  const statistic = steps / (m * n);
  return { statistic, pValue: m * n <= MOST_PAIRS ? exact(m, n, steps) : limit(m, n, statistic) };
}

/** The statistic alone, of samples in ascending order. */
export const kolmogorovSmirnovDistance = (a: Float64Array, b: Float64Array): number =>
  largestDistance(a, b) / (a.length * b.length);

/** In steps of 1 / (m n), so that equal distances are equal numbers. */
function largestDistance(a: Float64Array, b: Float64Array): number {
  const [m, n] = [a.length, b.length];
  for (const sample of [a, b]) requireNumbers(sample);
  let largest = 0;
  for (let i = 0, j = 0; i < m && j < n; ) {
    const value = Math.min(a[i]!, b[j]!);
    while (i < m && a[i] === value) i++;
    while (j < n && b[j] === value) j++;
    largest = Math.max(largest, Math.abs(i * n - j * m));
  }
  return largest;
}

function exact(m: number, n: number, farthest: number): number {
  if (farthest === 0) return 1;
  // The probability that a walk from (0, 0) has strayed before it comes to (i, j), one row at a time. It is 1 outside a
  // band around the diagonal, so only the band is gone through.
  const strayed = new Float64Array(n + 1).fill(1);
  strayed[0] = 0;
  for (let i = 0; i <= m; i++) {
    const first = Math.max(0, Math.ceil((i * n - farthest + 1) / m));
    const last = Math.min(n, Math.floor((i * n + farthest - 1) / m));
    if (first > 0) strayed[first - 1] = 1;
    for (let j = Math.max(first, 1); j <= last; j++) {
      // The division waits for nothing: only a product and a sum hang on the step before.
      const below = i / (i + j);
      strayed[j] = below * strayed[j]! + (1 - below) * strayed[j - 1]!;
    }
  }
  return Math.min(1, strayed[n]!);
}

function limit(m: number, n: number, statistic: number): number {
  const root = Math.sqrt((m * n) / (m + n));
  const x = (root + 0.12 + 0.11 / root) * statistic;
  // The series alternates slowly there, and its sum is 1 to double precision.
  if (x < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) {
    const term = Math.exp(-2 * k ** 2 * x ** 2);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-17 * Math.abs(sum)) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}
