/**
 * The bootstrap: how much a statistic would move had other rows been drawn, found by drawing rows with
 * replacement from the ones there are. Intervals are BCa, corrected for bias and skew (Efron, 1987; Efron and
 * Tibshirani, 1993, chapter 14).
 */
import type { Random } from '@gradus/base';
import { intervalZ, normalCdf, normalQuantile } from '../distributions/normal.ts';
import { quantileSorted } from '../distributions/quantile.ts';
import type { Interval } from '../numbers.ts';

/** A figure computed from some rows, by their indices; an index may occur more than once. */
export type Statistic = (rows: Int32Array) => number;

export interface BootstrapOptions {
  readonly resamples?: number;
  readonly level?: number;
}

/** With more rows than this the jackknife leaves out groups of rows, not single ones. */
const JACKKNIFE_GROUPS = 200;

/**
 * The interval of `statistic` over `n` rows.
 *
 * Draws on which the statistic is not a finite number (an AUC without negatives, say) are left out.
 * [NaN, NaN] when it is not finite on the rows themselves.
 */
export function bootstrapInterval(
  statistic: Statistic,
  n: number,
  random: Random,
  { resamples = 1000, level = 0.95 }: BootstrapOptions = {},
): Interval {
  const draws = bootstrapDraws(statistic, n, random, resamples);
  const all = statistic(Int32Array.from({ length: n }, (_, i) => i));
  if (!Number.isFinite(all) || draws.length === 0) return [Number.NaN, Number.NaN];
  if (draws[0] === draws.at(-1)) return [draws[0]!, draws[0]!];

  // How far the draws lie to one side of the figure itself; ties count half.
  const below = draws.filter((draw) => draw < all).length + draws.filter((draw) => draw === all).length / 2;
  const bias = normalQuantile(Math.min(Math.max(below / draws.length, 1e-6), 1 - 1e-6));
  const acceleration = accelerate(statistic, n);
  const z = intervalZ(level);
  const bound = (side: number) => {
    const moved = bias + side * z;
    const p = normalCdf(bias + moved / (1 - acceleration * moved));
    return quantileSorted(draws, p);
  };
  return [bound(-1), bound(1)];
}

export interface Difference {
  /** statistic a − statistic b. */
  readonly difference: number;
  readonly interval: Interval;
  /** Two-sided: how often a resampled difference falls on the other side of zero, doubled. */
  readonly pValue: number;
}

/** The difference of two statistics on the same rows: both see the same draws. */
export function bootstrapDifference(
  a: Statistic,
  b: Statistic,
  n: number,
  random: Random,
  options: BootstrapOptions = {},
): Difference {
  const difference: Statistic = (rows) => a(rows) - b(rows);
  const draws = bootstrapDraws(difference, n, random.fork('p-value'), options.resamples ?? 1000);
  const side = (sign: number) => draws.filter((draw) => draw * sign <= 0).length + 1;
  return {
    difference: difference(Int32Array.from({ length: n }, (_, i) => i)),
    interval: bootstrapInterval(difference, n, random, options),
    pValue: Math.min(1, (2 * Math.min(side(1), side(-1))) / (draws.length + 1)),
  };
}

/** The statistic on `resamples` draws of n rows with replacement, sorted; values that are not finite left out. */
function bootstrapDraws(statistic: Statistic, n: number, random: Random, resamples: number): Float64Array {
  const rows = new Int32Array(n);
  const draws: number[] = [];
  for (let k = 0; k < resamples; k++) {
    for (let i = 0; i < n; i++) rows[i] = random.below(n);
    const value = statistic(rows);
    if (Number.isFinite(value)) draws.push(value);
  }
  return Float64Array.from(draws).sort();
}

/** Efron's acceleration, from the skew of the leave-one-out values. */
function accelerate(statistic: Statistic, n: number): number {
  const groups = Math.min(n, JACKKNIFE_GROUPS);
  const values: number[] = [];
  for (let g = 0; g < groups; g++) {
    const left = Int32Array.from({ length: n }, (_, i) => i).filter((i) => i % groups !== g);
    const value = left.length === 0 ? Number.NaN : statistic(left);
    if (Number.isFinite(value)) values.push(value);
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (mean - value) ** 2, 0);
  const cubes = values.reduce((sum, value) => sum + (mean - value) ** 3, 0);
  return squares > 0 ? cubes / (6 * squares ** 1.5) : 0;
}
