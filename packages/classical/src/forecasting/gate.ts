/**
 * The gate that keeps a forecast honest: it is said to beat a naive one only where it erred less in the rolls of the past by so much more than
 * the standard error of that gain that chance would do so in one of twenty series (Diebold and Mariano, "Comparing Predictive Accuracy", 1995, one-sided, by
 * Student's t, as Harvey, Leybourne and Newbold, 1997, propose for few forecasts).
 *
 * Where two forecasts hardly differ there is nothing to gain, and where they differ much there is much to gain: a last value that happens to lie far
 * from the mean makes a roll of large gains. That is no doubt about the sign. So the gain is taken as a share of how far the forecasts lie apart
 * (a ratio estimator: Cochran, "Sampling Techniques", 1977, chapter 6), and its error is what rolls deviate from that share.
 */
import { intervalT } from '@gradus/stats';

/** Of a gain that is none so much of its distribution is taken for one. */
const CHANCE = 0.05;

export interface Gain {
  /** By roll: the share of the mean naive error by which the error is below the naive one's. */
  readonly gains: readonly number[];
  readonly mean: number;
  /** The standard error of the mean; NaN for a single roll. */
  readonly error: number;
}

export interface GainOptions {
  /** How much of what a roll tells its neighbours do not: rolls that overlap are fewer witnesses. Default 1. */
  readonly apart?: number;
  /** By roll: how far the two forecasts lie apart, by the same measure as the errors. Default: equally far in all. */
  readonly distances?: readonly number[] | undefined;
}

/**
 * @param naive errors by roll; rolls of which either is NaN do not count
 * @param chosen errors by roll
 */
export function gainOf(
  naive: readonly number[],
  chosen: readonly number[],
  { apart = 1, distances }: GainOptions = {},
): Gain {
  const size = meanOf(naive);
  const all = naive.map((error, r) => (size > 0 ? (error - chosen[r]!) / size : 0));
  const gains = all.filter(Number.isFinite);
  const known = distances?.filter((_, r) => Number.isFinite(all[r]!));
  return { gains, mean: meanOf(gains), error: standardError(gains, apart, known) };
}

/**
 * How many standard errors a gain over so many rolls may be by chance.
 *
 * @param chance how much of the distribution of a gain that is none is taken for one
 */
export function chanceBound(rolls: number, chance = CHANCE): number {
  const freedom = Math.max(1, rolls - 1);
  const key = `${freedom} ${chance}`;
  const known = bounds.get(key) ?? intervalT(1 - 2 * chance, freedom);
  bounds.set(key, known);
  return known;
}
const bounds = new Map<string, number>();

/**
 * The standard error of a mean over rolls. Those that share steps are alike by that share: they are fewer witnesses, and scatter less than
 * witnesses of their own would.
 *
 * @param distances by value, what it is in proportion to; the deviations from that are what scatters. Default: equal
 * @returns NaN for a single value, or where a single one has any distance
 */
export function standardError(
  values: readonly number[],
  apart: number,
  distances: readonly number[] = [],
): number {
  const n = values.length;
  let alike = 0;
  for (let d = 1; d < n; d++) alike += (2 * (n - d) * Math.max(0, 1 - d * apart)) / (n * (n - 1));
  const total = distances.reduce((sum, value) => sum + value, 0);
  const sum = values.reduce((all, value) => all + value, 0);
  let squares = 0;
  for (const [i, value] of values.entries()) {
    const share = total > 0 ? distances[i]! / total : 1 / n;
    // A value draws the estimate to itself by its share (MacKinnon and White, 1985: HC2).
    squares += (value - sum * share) ** 2 / (1 - share);
  }
  return Math.sqrt((squares / n / (1 - alike)) * ((1 + (n - 1) * alike) / n));
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
