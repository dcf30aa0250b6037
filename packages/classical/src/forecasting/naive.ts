/**
 * The baselines that every forecast has to beat (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, section 5.2):
 * the last value again, the last season again, and the line from the first value to the last drawn further.
 */
import type { Forecaster } from './forecaster.ts';

/** The last value for all steps. Fits from one value on. */
export const naive: Forecaster = {
  name: 'naive',
  fit(series) {
    const n = series.length;
    if (n === 0) return undefined;
    const last = series[n - 1]!;
    return {
      forecast: (horizon) => new Float64Array(horizon).fill(last),
      fitted: lagged(series, 1),
      parameters: { level: last },
    };
  },
};

/** The value one season before. Fits from one season on; without a season it is naive. */
export const seasonalNaive: Forecaster = {
  name: 'seasonal-naive',
  fit(series, season) {
    const n = series.length;
    if (n < season || n === 0) return undefined;
    const last = series.slice(n - season);
    return {
      forecast: (horizon) => Float64Array.from({ length: horizon }, (_, h) => last[h % season]!),
      fitted: lagged(series, season),
      parameters: { season },
    };
  },
};

/** The last value, and from it the mean step of the past. Fits from two values on. */
export const drift: Forecaster = {
  name: 'drift',
  fit(series) {
    const n = series.length;
    if (n < 2) return undefined;
    const last = series[n - 1]!;
    const slope = (last - series[0]!) / (n - 1);
    return {
      forecast: (horizon) => Float64Array.from({ length: horizon }, (_, h) => last + slope * (h + 1)),
      fitted: lagged(series, 1).map((value) => value + slope),
      parameters: { level: last, slope },
    };
  },
};

function lagged(series: Float64Array, lag: number): Float64Array {
  const fitted = new Float64Array(series.length).fill(Number.NaN);
  fitted.set(series.subarray(0, Math.max(0, series.length - lag)), Math.min(lag, series.length));
  return fitted;
}
