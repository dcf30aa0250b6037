/**
 * What every forecasting method is: it fits the past of one series, evenly spaced and without gaps, and tells the steps after it.
 * Methods are pure: the same series gives the same forecast, and nothing is kept between series.
 *
 * `season` is how many steps make a season (12 months, 7 days), 1 for none. Where a series has several (24 hours and 168),
 * `mstlForecaster` makes a method that knows all of them.
 */
export interface Forecaster {
  readonly name: ForecasterName;
  /**
   * @param series finite values, oldest first
   * @returns undefined where the method cannot fit such a series: too short for it, or (counts) negative
   */
  fit(series: Float64Array, season: number): FittedForecaster | undefined;
  /**
   * Fits the form that a search has chosen before (`FittedForecaster.form`), which costs a tenth of searching again. Absent where nothing is
   * searched for.
   *
   * @returns undefined where the form is none of the method's, or does not suit the series
   */
  fitForm?(series: Float64Array, season: number, form: string): FittedForecaster | undefined;
}

export interface FittedForecaster {
  /** The mean (or, of some methods, the median) of the next steps. Always finite. */
  forecast(horizon: number): Float64Array;
  /** One step ahead within the past, by place; NaN where a method tells none. Absent where a method has none at all. */
  readonly fitted?: Float64Array;
  /**
   * The same estimates with a past that has gone on: what rolling origins call, since estimating anew at each would cost a hundred
   * times as much. Absent where fitting is as cheap (`followed` says which it is).
   *
   * @param series the one that was fitted, and the values after it
   */
  readonly update?: (series: Float64Array) => FittedForecaster | undefined;
  /**
   * Estimates anew from a past that has gone on, among the forms that were nearly as good before: what was far from the best is not searched
   * again. Absent where nothing is searched for.
   *
   * @param series as of `update`
   * @returns undefined where none of them suits the longer series
   */
  readonly refit?: ((series: Float64Array) => FittedForecaster | undefined) | undefined;
  /** What a search among forms has chosen, for `fitForm`. */
  readonly form?: string;
  /** What was estimated, to be read by people. */
  readonly parameters: Readonly<Record<string, number | string>>;
}

/** The fitted method after more values of the same series. */
export function followed(
  forecaster: Forecaster,
  fitted: FittedForecaster,
  series: Float64Array,
  season: number,
): FittedForecaster | undefined {
  return fitted.update ? fitted.update(series) : forecaster.fit(series, season);
}

export type ForecasterName =
  | 'naive'
  | 'seasonal-naive'
  | 'drift'
  | 'theta'
  | 'dynamic-theta'
  | 'ets'
  | 'ces'
  | 'arima'
  | 'mstl'
  | 'card'
  | 'window-ridge'
  | 'level-shape'
  | 'croston'
  | 'sba'
  | 'tsb'
  | 'adida'
  | 'imapa';
