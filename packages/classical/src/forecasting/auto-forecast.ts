/**
 * A forecast without choosing a method: several, and the seasonal naive one among them, are judged by rolling origin on the series'
 * own past and combined by how they did (./combination.ts). Combinations of few good methods are hard to beat: the median of ETS,
 * CES, ARIMA and dynamic theta came sixth in the M4 competition (Petropoulos and Svetunkov, "A Simple Combination of Univariate
 * Models", 2020). And a gate that keeps it honest (./gate.ts): where it does not pass, whoever reports should say that naive is as good.
 */
import { candidatesFor } from './candidates.ts';
import { combine, errorWeights, type MethodWeight } from './combination.ts';
import type { Forecaster, ForecasterName } from './forecaster.ts';
import { chanceBound, type Gain, gainOf } from './gate.ts';
import { naive, seasonalNaive } from './naive.ts';
import { type RollingOptions, type RollingOrigin, rollForecasts, rollingOrigins } from './rolling-origin.ts';

export interface AutoForecastOptions extends RollingOptions {
  /** All seasons, where there are several (24 hours and 168). Default: the one. */
  readonly seasons?: readonly number[];
  /** What is combined, besides the baseline. Default: what suits the seasons (./candidates.ts). */
  readonly candidates?: readonly Forecaster[];
}

export interface AutoForecast {
  /** What to expect, and what the same combination told at each roll for the steps after it. */
  readonly combination: { readonly forecast: Float64Array; readonly rolled: readonly Float64Array[] };
  /** By method, the baseline last, with weights that sum to 1. */
  readonly methods: readonly MethodWeight[];
  /** Seasonal naive or naive, whichever erred less: a season that is none would be beaten by anything. */
  readonly baseline: {
    readonly name: ForecasterName;
    readonly forecast: Float64Array;
    readonly rolled: readonly Float64Array[];
    readonly error: number;
  };
  /** Mean absolute error over the rolls, in units of the series; NaN where nothing was judged. */
  readonly error: number;
  /** How much lower than the baseline's it is, as a share of that, by roll and with the standard error. */
  readonly gain: Gain;
  /** Whether the gain is more than chance makes in one of twenty series. */
  readonly beatsNaive: boolean;
  /**
   * Actual less forecast, by step ahead and by roll: what intervals are made from. Weights are those of all rolls, so that they are a
   * little smaller than in the future. Steps beyond those that could be judged are absent.
   */
  readonly residuals: readonly Float64Array[];
  /** How many values were known at each roll, rising. */
  readonly origins: readonly number[];
}

interface Judged {
  readonly name: ForecasterName;
  readonly form: string | undefined;
  readonly forecast: Float64Array;
  /** Of the past, by roll; undefined where it could not be judged. */
  readonly rolled: readonly Float64Array[] | undefined;
  readonly byRoll: readonly number[] | undefined;
  /** Their mean; NaN where there are none. */
  readonly error: number;
}

/** @returns undefined for an empty series */
export function autoForecast(
  series: Float64Array,
  season: number,
  horizon: number,
  options: AutoForecastOptions = {},
): AutoForecast | undefined {
  if (series.length === 0) return undefined;
  const rolls = rollingOrigins(series.length, season, horizon, options);
  // A season that the first roll has not seen twice cannot be judged.
  const judgedFrom = rolls?.origins[0] ?? series.length;
  const seasons = (options.seasons ?? [season]).filter(
    (other) => other === season || judgedFrom >= 2 * other,
  );
  const { candidates = candidatesFor(seasons, series) } = options;
  const actual = rolls?.origins.map((origin) => series.subarray(origin, origin + rolls.steps)) ?? [];
  const judge = (method: Forecaster): Judged[] => {
    const past = rolls && rollForecasts(method, series, season, rolls);
    const fitted = past?.first.refit?.(series) ?? method.fit(series, season);
    const forecast = fitted?.forecast(horizon);
    const rolled = past?.forecasts;
    const byRoll = rolled && actual.map((values, roll) => distance(values, rolled[roll]!));
    const error = byRoll ? meanOf(byRoll) : Number.NaN;
    return forecast ? [{ name: method.name, form: fitted!.form, forecast, rolled, byRoll, error }] : [];
  };
  const baselines = (season > 1 ? [seasonalNaive, naive] : [naive]).flatMap(judge);
  const baseline = baselines.reduce((best, next) => (next.error < best.error ? next : best));
  const judged = [...candidates.flatMap(judge), baseline];
  const errors = judged.map(({ error }) => error);
  const weights = errorWeights(errors);

  const rolled = judged.flatMap((method, i) =>
    method.rolled ? [{ forecasts: method.rolled, weight: weights[i]! }] : [],
  );
  const combinedRolled =
    rolled.length === 0
      ? []
      : actual.map((_, roll) =>
          combine(
            rolled.map(({ forecasts }) => forecasts[roll]!),
            rolled.map(({ weight }) => weight),
          ),
        );
  const own = combinedRolled.map((forecast, roll) => distance(actual[roll]!, forecast));
  const gain = gainOf(baseline.byRoll ?? [], own, {
    apart: stepsApart(rolls),
    distances: combinedRolled.map((forecast, roll) => distance(forecast, baseline.rolled![roll]!)),
  });
  return {
    combination: {
      forecast: combine(
        judged.map(({ forecast }) => forecast),
        weights,
      ),
      rolled: combinedRolled,
    },
    methods: judged.map(({ name, form }, i) => ({
      name,
      weight: weights[i]!,
      error: errors[i]!,
      ...(form !== undefined && { form }),
    })),
    baseline: {
      name: baseline.name,
      forecast: baseline.forecast,
      rolled: baseline.rolled ?? [],
      error: baseline.error,
    },
    error: meanOf(own),
    gain,
    beatsNaive: gain.mean > chanceBound(own.length) * gain.error,
    residuals: Array.from({ length: own.length > 0 ? rolls!.steps : 0 }, (_, h) =>
      Float64Array.from(actual, (values, roll) => values[h]! - combinedRolled[roll]![h]!),
    ),
    origins: rolls?.origins ?? [],
  };
}

/** Mean absolute difference. */
function distance(actual: Float64Array, forecast: Float64Array): number {
  let sum = 0;
  for (let h = 0; h < actual.length; h++) sum += Math.abs(actual[h]! - forecast[h]!);
  return sum / actual.length;
}

/** By how much of what it judges a roll is new: neighbours overlap where they are closer than their steps. */
function stepsApart(rolls: RollingOrigin | undefined): number {
  const [first, second] = rolls?.origins ?? [];
  return first === undefined || second === undefined ? 1 : Math.min(1, (second - first) / rolls!.steps);
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
