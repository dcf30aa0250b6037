/**
 * A method that knows no seasons forecasts what is left when the season is taken out, and gets it back afterwards: where the
 * series passes the test for a season, by ratios if all values are positive, else by differences.
 */
import type { FittedForecaster } from './forecaster.ts';
import { isSeasonal, type SeasonForm, seasonalIndices } from './seasonal-indices.ts';

/** Ratios below this would blow up what they divide. */
const SMALLEST_RATIO = 0.01;

export function deseasonalized(
  series: Float64Array,
  season: number,
  fit: (series: Float64Array) => FittedForecaster | undefined,
): FittedForecaster | undefined {
  const pattern = isSeasonal(series, season) ? patternOf(series, season) : undefined;
  return pattern ? withPattern(series, season, pattern, fit) : fit(series);
}

interface Pattern {
  readonly form: SeasonForm;
  /** By place in the season. */
  readonly indices: Float64Array;
}

function withPattern(
  series: Float64Array,
  season: number,
  { form, indices }: Pattern,
  fit: (series: Float64Array) => FittedForecaster | undefined,
): FittedForecaster | undefined {
  const fitted = fit(series.map((value, t) => without(value, indices[t % season]!, form)));
  if (!fitted) return undefined;
  const back = (values: Float64Array, first: number): Float64Array =>
    values.map((value, t) => withIndex(value, indices[(first + t) % season]!, form));
  return {
    forecast: (horizon) => back(fitted.forecast(horizon), series.length),
    ...(fitted.fitted && { fitted: back(fitted.fitted, 0) }),
    ...(fitted.update && {
      update(longer) {
        const moved = patternOf(longer, season) ?? { form, indices };
        return withPattern(longer, season, moved, fitted.update!);
      },
    }),
    ...(fitted.refit && { refit: (longer) => deseasonalized(longer, season, fitted.refit!) }),
    parameters: { ...fitted.parameters, season: form },
  };
}

function patternOf(series: Float64Array, season: number): Pattern | undefined {
  const ratios = seasonalIndices(series, season, 'multiplicative');
  if (ratios?.every((ratio) => ratio > SMALLEST_RATIO)) return { form: 'multiplicative', indices: ratios };
  const differences = seasonalIndices(series, season, 'additive');
  return differences && { form: 'additive', indices: differences };
}

function without(value: number, index: number, form: SeasonForm): number {
  return form === 'additive' ? value - index : value / index;
}

function withIndex(value: number, index: number, form: SeasonForm): number {
  return form === 'additive' ? value + index : value * index;
}
