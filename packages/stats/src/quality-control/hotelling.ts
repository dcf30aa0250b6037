/**
 * A few measurements of a process watched together: Hotelling's T² of samples, or of rows one by one ("Multivariate Quality Control",
 * 1947; limits after Montgomery, "Introduction to Statistical Quality Control", chapter 11). It sees what no chart of one measurement
 * does: two values that are usual, but not together.
 */
import { betaQuantile, fQuantile } from '../distributions/beta.ts';
import { cholesky, solveCholesky } from '../regression/cholesky.ts';

export interface HotellingChart {
  /** T² of each sample. */
  readonly points: readonly number[];
  /** Of the samples that the chart was fitted to; points below `fitted`. */
  readonly trialLimit: number;
  /** Of later samples. */
  readonly limit: number;
  /** Samples that centre and covariance are of: the first ones. */
  readonly fitted: number;
  readonly measurements: number;
}

/** What points of a process in control lie beyond a limit: that of three standard errors on one chart. */
const ALPHA = 0.0027;

/**
 * @param samples Of equal size, each a list of rows of measurements. @param trial The first samples, which are in control. Default: all
 * @returns undefined where there are too few samples, their sizes differ, or one measurement follows from others
 */
export function hotellingChart(
  samples: readonly (readonly (readonly number[])[])[],
  trial = samples.length,
  alpha = ALPHA,
): HotellingChart | undefined {
  const n = samples[0]?.length ?? 0;
  const p = samples[0]?.[0]?.length ?? 0;
  const isEven = samples.every(({ length }) => length === n);
  const enough = n > 1 ? trial * (n - 1) >= p + 1 && trial > 1 : trial > p + 1;
  if (!isEven || p < 2 || !enough) return undefined;
  const means = samples.map((rows) => meanOf(rows, p));
  const center = meanOf(means.slice(0, trial), p);
  const covariance =
    n > 1
      ? pooled(samples.slice(0, trial), means, p)
      : spreadAbout(means.slice(0, trial), center, p).map((value) => value / (trial - 1));
  const factor = cholesky(covariance, p);
  if (factor.dependent.length > 0) return undefined;
  const points = means.map((mean) => {
    const off = mean.map((value, k) => value - center[k]!);
    const solved = solveCholesky(factor, off);
    return n * off.reduce((sum, value, k) => sum + value * solved[k]!, 0);
  });
  const sample = { m: trial, n, p, alpha };
  return {
    points,
    ...(n > 1 ? limitsOfSamples(sample) : limitsOfRows(sample)),
    fitted: trial,
    measurements: p,
  };
}

interface Sizes {
  readonly m: number;
  readonly n: number;
  readonly p: number;
  readonly alpha: number;
}

function limitsOfSamples({ m, n, p, alpha }: Sizes): Pick<HotellingChart, 'trialLimit' | 'limit'> {
  const freedom = m * n - m - p + 1;
  const quantile = (p * (n - 1) * fQuantile(1 - alpha, p, freedom)) / freedom;
  return { trialLimit: (m - 1) * quantile, limit: (m + 1) * quantile };
}

function limitsOfRows({ m, p, alpha }: Sizes): Pick<HotellingChart, 'trialLimit' | 'limit'> {
  return {
    trialLimit: ((m - 1) ** 2 / m) * betaQuantile(1 - alpha, p / 2, (m - p - 1) / 2),
    limit: ((p * (m + 1) * (m - 1)) / (m * (m - p))) * fQuantile(1 - alpha, p, m - p),
  };
}

function meanOf(rows: readonly (readonly number[])[], p: number): number[] {
  return Array.from({ length: p }, (_, k) => rows.reduce((sum, row) => sum + row[k]!, 0) / rows.length);
}

/** The mean covariance within samples. */
function pooled(
  samples: readonly (readonly (readonly number[])[])[],
  means: readonly (readonly number[])[],
  p: number,
): Float64Array {
  const sum = new Float64Array(p * p);
  for (const [i, rows] of samples.entries()) {
    const own = spreadAbout(rows, means[i]!, p);
    for (let k = 0; k < sum.length; k++) sum[k]! += own[k]! / (rows.length - 1) / samples.length;
  }
  return sum;
}

/** Sums of products of what rows are off the centre. [p, p] */
function spreadAbout(
  rows: readonly (readonly number[])[],
  center: readonly number[],
  p: number,
): Float64Array {
  const sum = new Float64Array(p * p);
  for (const row of rows)
    for (let j = 0; j < p; j++)
      for (let k = 0; k < p; k++) sum[j * p + k]! += (row[j]! - center[j]!) * (row[k]! - center[k]!);
  return sum;
}
