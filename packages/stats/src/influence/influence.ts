/**
 * Intervals without resampling. The influence of a row is how much a figure would change by a little more weight on it, so the
 * figure behaves like a sum over rows, and its variance is that of the sum: the infinitesimal jackknife (Jaeckel, 1972; Efron,
 * 1982). For the AUC it is DeLong's variance (1988), for a mean of clusters it is Liang and Zeger's (1986).
 *
 * Rows of one cluster (a patient, a customer) stand or fall together: their influences are added before they are squared.
 */
import { intervalZ, normalTwoSided } from '../distributions/normal.ts';
import { intervalT, studentTwoSided } from '../distributions/student-t.ts';
import type { Interval, Numbers } from '../numbers.ts';

/** A figure of some rows, and what each row adds to it. */
export interface Influenced {
  readonly value: number;
  /** [rows], with a sum of 0 */
  readonly influence: Float64Array;
}

/** How far a figure is from the true one, as far as its rows tell. */
export interface Uncertainty {
  readonly standardError: number;
  /** Independent pieces: clusters, or rows where there are none. */
  readonly pieces: number;
  /** Degrees of freedom of Student's t. */
  readonly freedom: number;
}

/** From here on t is the normal distribution, to three digits of its quantiles. */
const MANY = 2000;

/** @param clusters of each row, whole numbers from 0 */
export function uncertaintyOf(influence: Float64Array, clusters?: Int32Array): Uncertainty {
  let squares = 0;
  let pieces = influence.length;
  if (clusters) {
    const sums = new Float64Array(clusters.reduce((most, cluster) => Math.max(most, cluster), -1) + 1);
    const isThere = new Uint8Array(sums.length);
    for (let i = 0; i < influence.length; i++) {
      sums[clusters[i]!]! += influence[i]!;
      isThere[clusters[i]!] = 1;
    }
    pieces = isThere.reduce((sum, there) => sum + there, 0);
    for (const sum of sums) squares += sum * sum;
  } else {
    for (const each of influence) squares += each * each;
  }
  const standardError = pieces < 2 ? Number.POSITIVE_INFINITY : Math.sqrt((squares * pieces) / (pieces - 1));
  return { standardError, pieces, freedom: Math.max(1, pieces - 1) };
}

/** Two-sided p-value of a figure that would be 0. */
export function pValueOf(value: number, { standardError, freedom }: Uncertainty): number {
  if (value === 0 || standardError === Number.POSITIVE_INFINITY) return 1;
  if (standardError === 0) return 0;
  const t = value / standardError;
  return freedom > MANY ? normalTwoSided(t) : studentTwoSided(t, freedom);
}

/** How many standard errors a two-sided interval reaches to either side. */
export const reachOf = (freedom: number, level = 0.95): number =>
  freedom > MANY ? intervalZ(level) : intervalT(level, freedom);

/** value ± t standard errors. */
export function symmetricInterval(
  value: number,
  { standardError, freedom }: Uncertainty,
  level?: number,
): Interval {
  const half = reachOf(freedom, level) * standardError;
  return [value - half, value + half];
}

/** The same for the logarithm of a figure that is never below 0, such as a mean loss: it is longer upwards. */
export function positiveInterval(
  value: number,
  { standardError, freedom }: Uncertainty,
  level?: number,
): Interval {
  if (value <= 0) return standardError === 0 ? [0, 0] : [0, reachOf(freedom, level) * standardError];
  const factor = Math.exp((reachOf(freedom, level) * standardError) / value);
  return [value / factor, value * factor];
}

/**
 * Of a figure between 0 and 1: Wilson's interval (1927) at the number of rows that would give a proportion this standard error
 * (Korn and Graubard, 1998).
 *
 * @param most Of a figure of exactly 0 or 1, where no row differs from the others: how many independent rows say so
 */
export function shareInterval(
  share: number,
  { standardError, freedom }: Uncertainty,
  most: number,
  level?: number,
): Interval {
  const isCertain = share <= 0 || share >= 1;
  if (!isCertain && standardError === 0) return [share, share];
  const n = isCertain ? most : (share * (1 - share)) / standardError ** 2;
  if (!(n > 0)) return [0, 1];
  const t = reachOf(freedom, level);
  const center = share + t ** 2 / (2 * n);
  const half = t * Math.sqrt((share * (1 - share)) / n + t ** 2 / (4 * n ** 2));
  const scale = 1 + t ** 2 / n;
  return [Math.max(0, (center - half) / scale), Math.min(1, (center + half) / scale)];
}

/** Clusters numbered from 0 in the order of their first row. */
export function numberedClusters(names: Numbers): Int32Array {
  const numbers = new Map<number, number>();
  return Int32Array.from({ length: names.length }, (_, i) => {
    const known = numbers.get(names[i]!);
    if (known !== undefined) return known;
    numbers.set(names[i]!, numbers.size);
    return numbers.size - 1;
  });
}
