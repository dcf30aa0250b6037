/**
 * A forecast without choosing a method: several are judged by rolling origin on the series' own past, weighted by how they did
 * (shrunk to equal weights, which are hard to beat: Petropoulos and Svetunkov, "A Simple Combination of Univariate Models", 2020),
 * and their combination has to beat the seasonal naive forecast by more than the standard error of the difference. Where it does
 * not, the answer is the naive one, and says so.
 */
import { autoEts } from './auto-ets.ts';
import { combine, type MethodWeight, methodWeights } from './combination.ts';
import { complexSmoothing } from './complex-smoothing.ts';
import type { Forecaster, ForecasterName } from './forecaster.ts';
import { naive, seasonalNaive } from './naive.ts';
import { type RollingOptions, rollForecasts, rollingOrigins } from './rolling-origin.ts';
import { dynamicTheta } from './theta.ts';

export interface AutoForecastOptions extends RollingOptions {
  /** What is combined. Default: dynamic theta, exponential smoothing, complex smoothing. */
  readonly candidates?: readonly Forecaster[];
}

export interface AutoForecast {
  /** Of the method that won: the combination, or naive where it does not beat that. */
  readonly forecast: Float64Array;
  readonly winner: 'combination' | ForecasterName;
  /** By candidate, with weights that sum to 1. */
  readonly methods: readonly MethodWeight[];
  /** Seasonal naive, or naive where there is no season. */
  readonly baseline: {
    readonly name: ForecasterName;
    readonly forecast: Float64Array;
    readonly error: number;
    /** By roll. */
    readonly rolled: readonly Float64Array[];
  };
  /** Of the combination, whether it won or not: for who weighs it against others. */
  readonly combination: { readonly forecast: Float64Array; readonly rolled: readonly Float64Array[] };
  /** Mean absolute error of the combination over the rolls, in units of the series; NaN where nothing was judged. */
  readonly error: number;
  /** By how much the combination's error is lower than the baseline's, with the standard error of that over the rolls. */
  readonly gain: { readonly mean: number; readonly standardError: number };
  readonly beatsNaive: boolean;
  /** Actual less forecast of the winner, by step ahead and by roll: what intervals are made from. Steps beyond those judged are absent. */
  readonly residuals: readonly Float64Array[];
  /** How many values were known at each roll, rising. */
  readonly origins: readonly number[];
}

const CANDIDATES: readonly Forecaster[] = [dynamicTheta, autoEts, complexSmoothing];

/** @returns undefined for an empty series */
export function autoForecast(
  series: Float64Array,
  season: number,
  horizon: number,
  options: AutoForecastOptions = {},
): AutoForecast | undefined {
  const { candidates = CANDIDATES } = options;
  const baseline = season > 1 && series.length >= season ? seasonalNaive : naive;
  const naiveForecast = baseline.fit(series, season)?.forecast(horizon);
  if (!naiveForecast) return undefined;
  const rolls = rollingOrigins(series.length, season, horizon, options);
  const judged = candidates.flatMap((candidate) => {
    const forecast = candidate.fit(series, season)?.forecast(horizon);
    const rolled = rolls && rollForecasts(candidate, series, season, rolls);
    return forecast ? [{ name: candidate.name, forecast, rolled }] : [];
  });
  const naiveRolled = rolls && rollForecasts(baseline, series, season, rolls);
  const actual = rolls?.origins.map((origin) => series.subarray(origin, origin + rolls.steps));
  const methods = methodWeights(judged, actual);
  const combined =
    judged.length > 0
      ? combine(
          judged.map(({ forecast }) => forecast),
          methods,
        )
      : naiveForecast;
  const told = judged.filter(({ rolled }) => rolled);
  const toldWeights = methods.filter((_, i) => judged[i]!.rolled);
  const combinedRolled =
    actual && told.length > 0
      ? actual.map((_, roll) =>
          combine(
            told.map(({ rolled }) => rolled![roll]!),
            toldWeights,
          ),
        )
      : undefined;
  const [own, other] = [combinedRolled, naiveRolled].map((rolled) => errorsOf(actual, rolled));
  const gain = gainOf(own!, other!);
  const beatsNaive = gain.mean > gain.standardError;
  const isNaive = judged.length === 0 || (!Number.isNaN(gain.mean) && !beatsNaive);
  return {
    forecast: isNaive ? naiveForecast : combined,
    winner: isNaive ? baseline.name : 'combination',
    methods,
    baseline: {
      name: baseline.name,
      forecast: naiveForecast,
      error: mean(other!),
      rolled: naiveRolled ?? [],
    },
    combination: { forecast: combined, rolled: combinedRolled ?? [] },
    error: mean(own!),
    gain,
    beatsNaive,
    residuals: residualsOf(actual, isNaive ? naiveRolled : combinedRolled),
    origins: rolls?.origins ?? [],
  };
}

/** Mean absolute error, by roll. */
function errorsOf(
  actual: readonly Float64Array[] | undefined,
  rolled: readonly Float64Array[] | undefined,
): number[] {
  if (!actual || !rolled) return [];
  return actual.map((values, roll) =>
    mean(Array.from(values, (value, h) => Math.abs(value - rolled[roll]![h]!))),
  );
}

function gainOf(own: readonly number[], other: readonly number[]): { mean: number; standardError: number } {
  const gains = own.flatMap((error, roll) => (other[roll] === undefined ? [] : [other[roll] - error]));
  const center = mean(gains);
  const variance = gains.reduce((sum, gain) => sum + (gain - center) ** 2, 0) / (gains.length - 1);
  return { mean: center, standardError: gains.length > 1 ? Math.sqrt(variance / gains.length) : Number.NaN };
}

function residualsOf(
  actual: readonly Float64Array[] | undefined,
  rolled: readonly Float64Array[] | undefined,
): Float64Array[] {
  if (!actual || !rolled) return [];
  return Array.from({ length: actual[0]?.length ?? 0 }, (_, h) =>
    Float64Array.from(actual, (values, roll) => values[h]! - rolled[roll]![h]!),
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
