/**
 * What makes a series stationary: differences of seasons where the season is strong (its strength, Wang, Smith and Hyndman 2006,
 * above 0.64), then of steps as long as the test of Kwiatkowski, Phillips, Schmidt and Shin (1992) rejects a constant level; both as
 * in the forecast package for R. And the way back from differences to values.
 */
import { movingAverage, seasonalIndices } from './seasonal-indices.ts';

export interface Differences {
  readonly steps: number;
  readonly seasons: number;
}

const STRONG = 0.64;
/** The 5 % point of the test. */
const KPSS_LIMIT = 0.463;

export function differencesNeeded(series: Float64Array, season: number): Differences {
  const seasons =
    season > 1 && series.length > 2 * season + 2 && seasonalStrength(series, season) > STRONG ? 1 : 0;
  let rest = seasons ? difference(series, season) : series;
  let steps = 0;
  while (steps < 2 - seasons && rest.length > 5 && kpss(rest) > KPSS_LIMIT) {
    rest = difference(rest, 1);
    steps++;
  }
  return { steps, seasons };
}

export function difference(series: Float64Array, lag: number): Float64Array {
  const n = Math.max(0, series.length - lag);
  const answer = new Float64Array(n);
  for (let t = 0; t < n; t++) answer[t] = series[t + lag]! - series[t]!;
  return answer;
}

/** Undoes `difference`. @param past ends where the changes begin */
export function undoDifference(past: Float64Array, changes: Float64Array, lag: number): Float64Array {
  const answer = new Float64Array(changes.length);
  const n = past.length;
  for (let h = 0; h < answer.length; h++) {
    answer[h] = changes[h]! + (h < lag ? past[n - lag + h]! : answer[h - lag]!);
  }
  return answer;
}

/** The share of what varies besides the trend that the season explains: 0 none, 1 all. */
function seasonalStrength(series: Float64Array, season: number): number {
  const indices = seasonalIndices(series, season, 'additive');
  if (!indices) return 0;
  const trend = movingAverage(series, season);
  const [detrended, rest]: [number[], number[]] = [[], []];
  for (let t = 0; t < series.length; t++) {
    if (Number.isNaN(trend[t]!)) continue;
    detrended.push(series[t]! - trend[t]!);
    rest.push(series[t]! - trend[t]! - indices[t % season]!);
  }
  const total = variance(detrended);
  return total > 0 ? Math.max(0, 1 - variance(rest) / total) : 0;
}

/** The statistic for a constant level, with the long-run variance of Newey and West over 4 (n / 100)^¼ lags. */
export function kpss(series: Float64Array): number {
  const n = series.length;
  const mean = series.reduce((sum, value) => sum + value, 0) / n;
  const errors = series.map((value) => value - mean);
  const lags = Math.floor(4 * (n / 100) ** 0.25);
  let longRun = 0;
  for (let lag = 0; lag <= lags; lag++) {
    let sum = 0;
    for (let t = lag; t < n; t++) sum += errors[t]! * errors[t - lag]!;
    longRun += (lag === 0 ? 1 : 2 * (1 - lag / (lags + 1))) * sum;
  }
  if (!(longRun > 0)) return 0;
  let [total, squares] = [0, 0];
  for (const error of errors) {
    total += error;
    squares += total * total;
  }
  return squares / n / longRun;
}

function variance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}
