/** What methods that know one item's past alone tell, with their forecasts of the past by which they are judged. */
import { autoForecast, FORECASTERS, type RollingOptions } from '@gradus/classical';
import { isIntermittent } from '../intermittent.ts';
import type { LocalForecast } from '../model.ts';
import { packed } from '../packed.ts';

/** For items that are bought now and then. */
const COUNTS = FORECASTERS.filter(({ name }) => ['sba', 'tsb', 'adida', 'imapa'].includes(name));

/** Past steps that are looked at: older ones tell little and cost as much. */
const MOST_STEPS = 1500;

/** @param series without holes, at least one value @param seasons the first leads; [1] for none */
export function localForecast(
  series: Float64Array,
  seasons: readonly number[],
  horizon: number,
  options: RollingOptions = {},
): LocalForecast {
  const [season] = seasons as [number];
  const recent = series.subarray(Math.max(0, series.length - MOST_STEPS));
  const dropped = series.length - recent.length;
  const { baseline, combination, origins, methods } = autoForecast(recent, season, horizon, {
    ...options,
    seasons: seasons.filter((one) => recent.length >= 2 * one + horizon || one === season),
    ...(isIntermittent(recent) && { candidates: COUNTS }),
  })!;
  const steps = combination.rolled[0]?.length ?? 0;
  return {
    rolls: steps > 0 ? { origins: origins.map((origin) => origin + dropped), steps } : undefined,
    rolled: packed(combination.rolled),
    naiveRolled: packed(baseline.rolled),
    forecast: combination.forecast,
    naive: baseline.forecast,
    naiveName: baseline.name,
    weights: Object.fromEntries(methods.map(({ name, weight }) => [name, weight])),
    forms: Object.fromEntries(
      methods.flatMap(({ name, form }) => (form === undefined ? [] : [[name, form]])),
    ),
  };
}
