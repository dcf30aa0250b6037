/**
 * What known things (a festival that moves, a price, a promotion) do to one series, so that they can be taken out of its past, and put into its
 * future, around any forecasting method: regression on the changes of the series, beside its season, with autoregressive errors (Bell and
 * Hillmer, "Modeling Time Series with Calendar Variation", 1983), fitted by generalised least squares in two rounds (Cochrane and Orcutt, 1949).
 *
 * What recurs at one place of the season belongs to the season: what is fitted is what the season itself cannot know. Effects that are hardly
 * larger than their errors are pulled towards 0 (the positive part of James and Stein's estimator, 1961), so that a calendar of
 * events that do nothing does no harm.
 */
import { type Estimate, leastSquares, type Numbers } from '@gradus/stats';

export interface CovariateEffectsOptions {
  /** Steps that make a season; 1 for none. */
  readonly season: number;
  /** What happened so many steps ago counts half (discounted least squares: Brown, 1963): what an event does changes over the years. Default: all count alike. */
  readonly halfLife?: number;
}

export interface CovariateEffects {
  /** By column, as fitted; NaN of a column that says nothing which trend, season and earlier columns do not. */
  readonly estimates: readonly Estimate[];
  /** By column, pulled towards 0, and 0 where there is no estimate: what `effect` uses. */
  readonly coefficients: Float64Array;
  /** The series without the effects. */
  readonly adjusted: Float64Array;
  /** The sum of the effects, for columns of any length: those of steps to come. */
  effect(columns: readonly Numbers[]): Float64Array;
}

const MOST_LAGS = 14;
/** Steps that each column needs. */
const STEPS_A_COLUMN = 4;
/** A longer season is a sum of waves. */
const LONGEST_SEASON = 24;
const WAVES = 6;

/**
 * @param series Finite values; of sales, their logs, so that effects are shares
 * @param columns Each as long as the series
 * @returns undefined where the series is too short to tell
 */
export function covariateEffects(
  series: Float64Array,
  columns: readonly Numbers[],
  { season, halfLife = Number.POSITIVE_INFINITY }: CovariateEffectsOptions,
): CovariateEffects | undefined {
  const { length } = series;
  const seasons = length >= 2 * season ? seasonColumns(length, season) : [];
  // The root of the weight of a square.
  const discount = 0.5 ** (0.5 / halfLife);
  const weighted = (values: Numbers) =>
    differences(values).map((change, t) => change * discount ** (length - 2 - t));
  const y = weighted(series);
  if (y.length < STEPS_A_COLUMN * (columns.length + seasons.length + 1)) return undefined;
  // The season comes first: what it explains is not put down to an event.
  const used = [
    y.map((_, t) => discount ** (length - 2 - t)),
    ...seasons.map(weighted),
    ...columns.map(weighted),
  ];
  const first = leastSquares(used, y);
  const lags = Math.min(season > 1 ? season + 1 : 2, MOST_LAGS, Math.floor(y.length / 8));
  const filter = autoregression(first.residuals, lags);
  const fit = leastSquares(
    used.map((column) => filtered(column, filter)),
    filtered(y, filter),
    { absorbed: lags },
  );
  const estimates = fit.estimates.slice(1 + seasons.length);
  const coefficients = Float64Array.from(estimates, ({ value, standardError }) =>
    Number.isFinite(value) && value !== 0 ? value * Math.max(0, 1 - (standardError / value) ** 2) : 0,
  );
  const effect = (of: readonly Numbers[]): Float64Array => {
    const sum = new Float64Array(of[0]?.length ?? 0);
    of.forEach((column, j) => {
      if (coefficients[j] !== 0)
        for (let t = 0; t < sum.length; t++) sum[t]! += coefficients[j]! * column[t]!;
    });
    return sum;
  };
  const own = effect(columns);
  return { estimates, coefficients, adjusted: series.map((value, t) => value - (own[t] ?? 0)), effect };
}

function differences(values: Numbers): Float64Array {
  const length = Math.max(0, values.length - 1);
  return Float64Array.from({ length }, (_, t) => values[t + 1]! - values[t]!);
}

/** A place of the season each, or waves where there are too many places. */
function seasonColumns(length: number, season: number): Float64Array[] {
  const column = (of: (t: number) => number) => Float64Array.from({ length }, (_, t) => of(t));
  if (season <= LONGEST_SEASON)
    return Array.from({ length: season - 1 }, (_, place) => column((t) => Number(t % season === place)));
  return Array.from({ length: WAVES }, (_, wave) => (2 * Math.PI * (wave + 1)) / season).flatMap((angle) => [
    column((t) => Math.sin(angle * t)),
    column((t) => Math.cos(angle * t)),
  ]);
}

/** Coefficients of an autoregression, by Levinson and Durbin from the autocovariances (Yule and Walker): always stable. */
function autoregression(residuals: Float64Array, lags: number): Float64Array {
  const covariance = Float64Array.from({ length: lags + 1 }, (_, lag) => {
    let sum = 0;
    for (let t = lag; t < residuals.length; t++) sum += residuals[t]! * residuals[t - lag]!;
    return sum;
  });
  let error = covariance[0]!;
  let coefficients = new Float64Array(0);
  for (let lag = 1; lag <= lags && error > 0; lag++) {
    let reflection = covariance[lag]!;
    for (let k = 0; k < lag - 1; k++) reflection -= coefficients[k]! * covariance[lag - 1 - k]!;
    reflection /= error;
    const next = new Float64Array(lag);
    for (let k = 0; k < lag - 1; k++) next[k] = coefficients[k]! - reflection * coefficients[lag - 2 - k]!;
    next[lag - 1] = reflection;
    coefficients = next;
    error *= 1 - reflection ** 2;
  }
  return coefficients;
}

function filtered(values: Float64Array, filter: Float64Array): Float64Array {
  const lags = filter.length;
  return Float64Array.from({ length: values.length - lags }, (_, i) => {
    let sum = values[i + lags]!;
    for (let k = 0; k < lags; k++) sum -= filter[k]! * values[i + lags - 1 - k]!;
    return sum;
  });
}
