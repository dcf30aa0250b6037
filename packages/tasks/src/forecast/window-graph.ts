/**
 * What of a run's forecasts can be a graph: the regression on windows of all items (`fitGlobalWindow`), which takes the last values of
 * any history and tells the next steps with their quantiles. The methods that are fitted to each history anew (smoothing, theta, ARIMA)
 * cannot: they are searches, not functions. Trees could, but need dates and plans beside the history.
 */
import { fitGlobalWindow } from '@gradus/classical';
import { concat, constant, type Graph, input, scalar, type Tensor } from '@gradus/engine';
import { quantileSorted } from '@gradus/stats';
import { filled } from './fill.ts';
import type { SalesHistory } from './history.ts';
import { type ItemForecast, QUANTILES } from './model.ts';

/** Plain data. */
export interface WindowModel {
  readonly window: number;
  readonly season: number;
  readonly horizon: number;
  /** [window + 1, horizon]; the last row is the intercept. */
  readonly weights: Float64Array;
  /** [horizon, QUANTILES], in units of a window's spread. */
  readonly offsets: Float64Array;
  readonly isNonNegative: boolean;
  /** Mean absolute errors over the spread, on the last steps of the histories, which it had not seen. */
  readonly error: number;
  readonly naiveError: number;
  readonly judged: number;
}

/** Items that it is learnt from; of more, an even sample. */
const MOST_ITEMS = 1000;
const FEWEST_ERRORS = 20;

/** @returns undefined where the histories are too few or too short */
export function windowModel(
  { items }: SalesHistory,
  forecasts: readonly ItemForecast[],
): WindowModel | undefined {
  const largest = forecasts.reduce((a, b) => (b.mean.length > a.mean.length ? b : a));
  const { season } = largest;
  const horizon = largest.mean.length;
  const alike = forecasts.filter((one) => one.season === season && one.mean.length === horizon);
  const stride = Math.max(1, Math.ceil(alike.length / MOST_ITEMS));
  const series = alike
    .filter((_, i) => i % stride === 0)
    .map(({ place }) => filled(items[place]!.values, season));
  const early = fitGlobalWindow(
    series.map((values) => values.subarray(0, Math.max(0, values.length - horizon))),
    season,
    horizon,
  );
  const whole = early && fitGlobalWindow(series, season, horizon, { window: early.window });
  if (!early || !whole) return undefined;
  const errors = Array.from({ length: horizon }, (): number[] => []);
  let [error, naiveError, judged] = [0, 0, 0];
  for (const values of series) {
    const past = values.subarray(0, values.length - horizon);
    if (past.length < early.window) continue;
    const spread = spreadOf(past.subarray(-early.window));
    if (!(spread > 0)) continue;
    const told = forecastOf(early.weights, past.subarray(-early.window), season, horizon);
    for (let k = 0; k < horizon; k++) {
      const actual = values[past.length + k]!;
      errors[k]!.push((actual - told[k]!) / spread);
      error += Math.abs(actual - told[k]!) / spread;
      naiveError += Math.abs(actual - past[past.length - season + (k % season)]!) / spread;
      judged += 1;
    }
  }
  if (judged < FEWEST_ERRORS) return undefined;
  return {
    window: whole.window,
    season,
    horizon,
    weights: whole.weights,
    offsets: offsetsOf(errors),
    isNonNegative: alike.every((one) => one.isNonNegative),
    error: error / judged,
    naiveError: naiveError / judged,
    judged,
  };
}

/** Quantiles of the errors of each step and its neighbours, which a step alone has too few of. */
function offsetsOf(errors: readonly (readonly number[])[]): Float64Array {
  const horizon = errors.length;
  const offsets = new Float64Array(horizon * QUANTILES.length);
  for (let k = 0; k < horizon; k++) {
    let reach = 0;
    let near: readonly number[] = errors[k]!;
    while (near.length < 10 * FEWEST_ERRORS && reach < horizon) {
      reach += 1;
      near = errors.slice(Math.max(0, k - reach), k + reach + 1).flat();
    }
    const sorted = Float64Array.from(near).sort();
    offsets.set(
      QUANTILES.map((level) => quantileSorted(sorted, level)),
      k * QUANTILES.length,
    );
  }
  return offsets;
}

/** The mean distance from the mean. */
function spreadOf(values: Float64Array): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return values.reduce((sum, value) => sum + Math.abs(value - mean), 0) / values.length;
}

function forecastOf(
  weights: Float64Array,
  window: Float64Array,
  season: number,
  horizon: number,
): Float64Array {
  const level = window.subarray(-season).reduce((a, b) => a + b, 0) / season;
  const spread = spreadOf(window);
  return Float64Array.from({ length: horizon }, (_, k) => {
    let sum = level + spread * weights[window.length * horizon + k]!;
    for (let j = 0; j < window.length; j++) sum += (window[j]! - level) * weights[j * horizon + k]!;
    return sum;
  });
}

/** `history` [batch, window] float32, the oldest first, in; `mean` [batch, horizon] and `quantiles` [batch, horizon, 7] out. */
export function windowGraph({
  window,
  season,
  horizon,
  weights,
  offsets,
  isNonNegative,
}: WindowModel): Graph<Tensor> {
  const history = input('history', ['batch', window]);
  const level = history.slice([window - season], [window], [1]).mean([1], true);
  const spread = history
    .sub(history.mean([1], true))
    .abs()
    .mean([1], true);
  const matrix = constant(
    { dtype: 'float32', dims: [window + 1, horizon], data: Float32Array.from(weights) },
    'weights',
  );
  const rows = concat([history.sub(level), spread], 1);
  const forecast = rows.matmul(matrix).add(level);
  const widths = constant(
    { dtype: 'float32', dims: [1, horizon, QUANTILES.length], data: Float32Array.from(offsets) },
    'offsets',
  );
  const quantiles = forecast.unsqueeze(2).add(spread.unsqueeze(2).mul(widths));
  const floored = (tensor: Tensor): Tensor => (isNonNegative ? tensor.max(scalar(0)) : tensor);
  return {
    name: 'forecast',
    inputs: { history },
    outputs: { mean: floored(forecast), quantiles: floored(quantiles) },
  };
}
