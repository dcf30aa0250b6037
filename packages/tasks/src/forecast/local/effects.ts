/**
 * Holidays, prices and promotions for methods that know one item alone: what they did is taken out of the history (`covariateEffects`), the
 * methods forecast what is left, and what the known steps to come will do is put on that. Amounts are taken in logs, so that effects are
 * shares. Whether it helps is judged by the rolls, with effects that were estimated before the first of them.
 */
import { type CovariateEffects, covariateEffects, type RollingOptions } from '@gradus/classical';
import type { LocalForecast } from '../model.ts';
import { localForecast } from './forecast.ts';

/** Of a year, where the history has its season, so many make what an event did count half: it changes over the years. */
const HALF_LIFE = 5;

export interface Series extends RollingOptions {
  /** Without holes. */
  readonly values: Float64Array;
  /** The first leads; [1] for none. */
  readonly seasons: readonly number[];
  readonly horizon: number;
  /** What is known of each step of the history and of the horizon, by column. Default: nothing. */
  readonly columns?: readonly Float64Array[];
  /** The values with their holes, of which nothing can be judged, where there are any. */
  readonly known?: Float64Array;
}

export function effectForecast(series: Series): LocalForecast {
  const { values, columns = [], known = values } = series;
  const plain = withoutEffects(values, series);
  const { rolls } = plain;
  if (columns.length === 0 || !rolls || values.some((value) => value < 0)) return plain;
  const logs = values.map(Math.log1p);
  const longest = Math.max(...series.seasons);
  const effectsBefore = (end: number): CovariateEffects | undefined => {
    const found = covariateEffects(
      logs.subarray(0, end),
      columns.map((column) => column.subarray(0, end)),
      { season: series.seasons[0]!, ...(longest > 1 && { halfLife: HALF_LIFE * longest }) },
    );
    return found?.coefficients.some((value) => value !== 0) ? found : undefined;
  };
  const early = effectsBefore(rolls.origins[0]!);
  const whole = early && effectsBefore(values.length);
  if (!early || !whole) return plain;
  const judged = around(early, logs, columns, series);
  if (!isBetter(known, plain, judged)) return plain;
  const { forecast, forms } = around(whole, logs, columns, series);
  return { ...plain, forecast, forms, rolled: judged.rolled, weights: judged.weights, hasEffects: true };
}

const withoutEffects = (values: Float64Array, { seasons, horizon, rolls }: Series): LocalForecast =>
  localForecast(values, seasons, horizon, rolls === undefined ? {} : { rolls });

/** Forecasts of the series without effects, with them put on again. */
function around(
  effects: CovariateEffects,
  logs: Float64Array,
  columns: readonly Float64Array[],
  series: Series,
): LocalForecast {
  const effect = effects.effect(columns);
  const without = withoutEffects(
    logs.map((value, t) => Math.max(0, Math.expm1(value - effect[t]!))),
    series,
  );
  const put = (forecast: Float64Array, from: number) =>
    forecast.map((value, k) => Math.max(0, (1 + Math.max(0, value)) * Math.exp(effect[from + k]!) - 1));
  return {
    ...without,
    forecast: put(without.forecast, logs.length),
    rolled: without.rolled.map((forecast, r) => put(forecast, without.rolls!.origins[r]!)),
  };
}

/**
 * Less error over the rolls: effects are pulled towards nothing where they are not sure (`covariateEffects`), so that the better guess does little
 * harm. Errors are those of logs, as effects are fitted: a peak of twenty times the usual, told or not, would else decide alone, and its
 * chance would hide what the other steps show.
 */
function isBetter(known: Float64Array, plain: LocalForecast, other: LocalForecast): boolean {
  const { origins } = plain.rolls!;
  const error = (forecasts: readonly Float64Array[]) =>
    origins.reduce(
      (sum, origin, r) =>
        forecasts[r]!.reduce((total, value, k) => {
          const off = Math.abs(Math.log1p(known[origin + k]!) - Math.log1p(Math.max(0, value)));
          return Number.isNaN(off) ? total : total + off;
        }, sum),
      0,
    );
  return error(other.rolled) < error(plain.rolled);
}
