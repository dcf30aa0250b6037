/**
 * Linear forecasts from a window of the past, the last value subtracted before and added after (NLinear: Zeng, Chen, Zhang and Xu, "Are
 * Transformers Effective for Time Series Forecasting?", 2023), in closed form: ridge regression, with every stretch of the past as a
 * row. Far ahead nothing is steadier.
 *
 * The penalty is chosen by the errors of the latest rows, which the fit did not see, from few strengths that one decomposition of
 * the rows' products serves.
 */
import type { Forecaster } from './forecaster.ts';
import { fitPenalized } from './penalized-rows.ts';

const FEWEST_ROWS = 12;
const LONGEST_WINDOW = 96;
const LONGEST_HORIZON = 96;

/** Fits from about three seasons on, at least 24 values. */
export const windowRidge: Forecaster = {
  name: 'window-ridge',
  fit(series, season) {
    const n = series.length;
    const window = Math.min(LONGEST_WINDOW, Math.max(8, 2 * season), Math.floor(n / 3));
    if (window < Math.max(season, 4) || n - window < FEWEST_ROWS) return undefined;
    return {
      forecast: (horizon) => forecastWindow(series, window, horizon),
      parameters: { window },
    };
  },
};

/** Step by step a block at a time: what was forecast is the past of the next block. */
function forecastWindow(series: Float64Array, window: number, horizon: number): Float64Array {
  const block = Math.min(horizon, LONGEST_HORIZON, Math.max(1, Math.floor((series.length - window) / 3)));
  const weights = windowWeights(series, window, block);
  const values = new Float64Array(series.length + horizon);
  values.set(series);
  for (let start = series.length; start < values.length; start += block) {
    const last = values[start - 1]!;
    for (let h = 0; h < block && start + h < values.length; h++) {
      let sum = last;
      for (let j = 0; j < window - 1; j++)
        sum += weights[j * block + h]! * (values[start - window + j]! - last);
      values[start + h] = sum;
    }
  }
  return values.slice(series.length);
}

/** [window − 1, block] */
function windowWeights(series: Float64Array, window: number, block: number): Float64Array {
  const rows = series.length - window - block + 1;
  const size = window - 1;
  const x = new Float64Array(rows * size);
  const y = new Float64Array(rows * block);
  for (let row = 0; row < rows; row++) {
    const last = series[row + size]!;
    for (let j = 0; j < size; j++) x[row * size + j] = series[row + j]! - last;
    for (let h = 0; h < block; h++) y[row * block + h] = series[row + window + h]! - last;
  }
  return fitPenalized(x, y, rows).weights;
}
