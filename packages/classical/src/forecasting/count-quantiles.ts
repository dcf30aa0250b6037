/**
 * What counts may come, where most are zero: a single number says little there (zero everywhere has the least absolute error), what
 * to keep in stock is a quantile. Two distributions of the demand of one step, three to one: the values of the past, the recent
 * ones weighing more, and the negative binomial distribution (a Poisson distribution whose rate varies; Snyder, Ord and Beaumont, 2012)
 * with the mean that a method forecasts, which also tells values that have not been seen yet.
 */
import { logGamma } from '@gradus/stats';

export interface CountQuantileOptions {
  /** The mean of the negative binomial distribution. Default: that of the past, weighted like its values. */
  readonly mean?: number;
  /** After so many steps a value counts half. Default: as many as the series has. */
  readonly halfLife?: number;
}

/** The share of the negative binomial distribution. */
const BINOMIAL = 0.25;
/** The distribution is followed until this is all that is left above. */
const TAIL = 1e-6;
const MOST_COUNTS = 10_000;

/**
 * @param series non-negative; at least one value
 * @param levels between 0 and 1, rising
 * @returns by level
 */
export function countQuantiles(
  series: Float64Array,
  levels: readonly number[],
  options: CountQuantileOptions = {},
): Float64Array {
  const n = series.length;
  const { halfLife = n } = options;
  const weights = Float64Array.from(series, (_, t) => 0.5 ** ((n - 1 - t) / halfLife));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = series.reduce((sum, value, t) => sum + (weights[t]! / total) * value, 0);
  const variance = series.reduce((sum, value, t) => sum + (weights[t]! / total) * (value - mean) ** 2, 0);
  const rate = options.mean ?? mean;
  if (!(rate > 0)) return new Float64Array(levels.length);

  const chances = new Map<number, number>();
  const add = (value: number, chance: number): void =>
    void chances.set(value, (chances.get(value) ?? 0) + chance);
  const isCounts = series.every(Number.isInteger) && rate < MOST_COUNTS / 10;
  for (const [t, value] of series.entries())
    add(value, ((isCounts ? 1 - BINOMIAL : 1) * weights[t]!) / total);
  if (isCounts)
    for (const [k, chance] of negativeBinomial(rate, variance).entries()) add(k, BINOMIAL * chance);

  const sorted = [...chances].sort(([a], [b]) => a - b);
  return Float64Array.from(levels, (level) => {
    let sum = 0;
    for (const [value, chance] of sorted) {
      sum += chance;
      if (sum >= level - 1e-9) return value;
    }
    return sorted.at(-1)![0];
  });
}

/** Chances of 0, 1, 2 …; where the variance is no more than the mean, of the Poisson distribution. */
export function negativeBinomial(mean: number, variance: number): Float64Array {
  const isPoisson = variance <= mean * 1.001;
  const size = isPoisson ? Number.POSITIVE_INFINITY : mean ** 2 / (variance - mean);
  const logSuccess = isPoisson ? 0 : Math.log(size / (size + mean));
  const logFailure = isPoisson ? Math.log(mean) : Math.log(mean / (size + mean));
  const chances: number[] = [];
  let left = 1;
  for (let k = 0; k < MOST_COUNTS && left > TAIL; k++) {
    const log = isPoisson
      ? k * logFailure - mean - logGamma(k + 1)
      : logGamma(k + size) - logGamma(k + 1) - logGamma(size) + size * logSuccess + k * logFailure;
    chances.push(Math.exp(log));
    left -= chances[k]!;
  }
  return Float64Array.from(chances);
}
