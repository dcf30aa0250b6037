/**
 * How good forecasts of series are. Errors are made comparable between series by scale: that of the seasonal naive forecast within
 * the past (MASE, Hyndman and Koehler 2006; RMSSE, M5 competition), or of the values themselves (sMAPE). Intervals and quantiles are
 * judged by scores that are lowest for the true ones (Gneiting and Raftery, 2007).
 */
import type { Numbers } from '../numbers.ts';
import { countRows, plainNumbers } from './rows.ts';

/** The past of a series, which errors are relative to. */
export interface ForecastPast {
  readonly values: Numbers;
  /** Steps in a season; 1 for none. */
  readonly season: number;
}

/** Mean absolute error over that of the seasonal naive forecast within the past; NaN where the past repeats itself exactly. */
export function meanAbsoluteScaledError(actual: Numbers, forecast: Numbers, past: ForecastPast): number {
  const error = meanOf(actual, forecast, (a, f) => Math.abs(a - f));
  return ratio(
    error,
    pastError(past, (change) => Math.abs(change)),
  );
}

/** As MASE, of squared errors, and the root of the ratio. */
export function rootMeanSquaredScaledError(actual: Numbers, forecast: Numbers, past: ForecastPast): number {
  const error = meanOf(actual, forecast, (a, f) => (a - f) ** 2);
  return Math.sqrt(
    ratio(
      error,
      pastError(past, (change) => change ** 2),
    ),
  );
}

/** Mean of 2 |a − f| / (|a| + |f|): from 0 to 2; where both are 0 the error is 0. Competitions print it in per cent. */
export function symmetricMape(actual: Numbers, forecast: Numbers): number {
  return meanOf(actual, forecast, (a, f) =>
    a === f ? 0 : (2 * Math.abs(a - f)) / (Math.abs(a) + Math.abs(f)),
  );
}

export interface ForecastErrors {
  /** Means over series. */
  readonly smape: number;
  readonly mase: number;
}

/** Overall weighted average of the M4 competition: sMAPE and MASE, each relative to that of Naive 2. */
export function overallWeightedAverage(own: ForecastErrors, naive2: ForecastErrors): number {
  return (own.smape / naive2.smape + own.mase / naive2.mase) / 2;
}

/**
 * Mean scaled interval score: the width, and what values outside are off by, times 2 / alpha; over the scale of MASE.
 *
 * @param alpha what may lie outside: 0.05 for 95 % intervals
 */
export function meanScaledIntervalScore(
  actual: Numbers,
  lower: Numbers,
  upper: Numbers,
  alpha: number,
  past: ForecastPast,
): number {
  const [truth, low, high] = [actual, lower, upper].map(plainNumbers) as [Numbers, Numbers, Numbers];
  let sum = 0;
  for (let h = 0; h < truth.length; h++) {
    const [value, from, to] = [truth[h]!, low[h]!, high[h]!];
    sum += to - from + (2 / alpha) * (Math.max(0, from - value) + Math.max(0, value - to));
  }
  return ratio(
    sum / truth.length,
    pastError(past, (change) => Math.abs(change)),
  );
}

/** Mean of max(level · (a − q), (level − 1) · (a − q)), which the true quantile makes lowest. */
export function pinballLoss(actual: Numbers, quantile: Numbers, level: number): number {
  return meanOf(actual, quantile, (a, q) => Math.max(level * (a - q), (level - 1) * (a - q)));
}

/**
 * Weighted quantile loss: twice the pinball loss summed over values, over the sum of the absolute values, and the mean over levels.
 *
 * @param quantiles by level, each by value
 * @returns NaN where all values are 0
 */
export function weightedQuantileLoss(
  actual: Numbers,
  quantiles: readonly Numbers[],
  levels: readonly number[],
): number {
  const size = meanOf(actual, actual, (a) => Math.abs(a));
  const losses = levels.map((level, i) => 2 * pinballLoss(actual, quantiles[i]!, level));
  return ratio(losses.reduce((sum, loss) => sum + loss, 0) / levels.length, size);
}

function pastError({ values, season }: ForecastPast, size: (change: number) => number): number {
  const known = plainNumbers(values);
  let sum = 0;
  for (let t = season; t < known.length; t++) sum += size(known[t]! - known[t - season]!);
  return sum / (known.length - season);
}

function meanOf(actual: Numbers, forecast: Numbers, error: (a: number, f: number) => number): number {
  const [truth, told] = [actual, forecast].map(plainNumbers) as [Numbers, Numbers];
  const n = countRows(truth, told);
  let sum = 0;
  for (let h = 0; h < n; h++) sum += error(truth[h]!, told[h]!);
  return sum / n;
}

function ratio(error: number, scale: number): number {
  return scale > 0 ? error / scale : Number.NaN;
}
