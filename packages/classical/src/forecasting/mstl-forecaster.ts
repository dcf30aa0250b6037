/**
 * Forecasts of a series with several seasons: they are taken out (./stl.ts), what is left is forecast by a method without seasons,
 * and every season's last cycle is added again. Of one season it is the STL method of Hyndman and Athanasopoulos, section 5.7, which
 * suits seasons that change slowly and are too long for exponential smoothing.
 */
import { autoEts } from './auto-ets.ts';
import { combine } from './combination.ts';
import type { FittedForecaster, Forecaster } from './forecaster.ts';
import { mstl } from './stl.ts';
import { dynamicTheta } from './theta.ts';

/** Both at once are steadier than each. */
const OF_REST = [dynamicTheta, autoEts];

/** Of one season. Fits from two seasons and five values on. */
export const mstlSingle: Forecaster = {
  name: 'mstl',
  fit: (series, season) => fitMstl(series, [season]),
};

/** A method that knows these seasons whatever `fit` is told. Those too long to be seen twice are left out. */
export function mstlForecaster(seasons: readonly number[]): Forecaster {
  return { name: 'mstl', fit: (series) => fitMstl(series, seasons) };
}

function fitMstl(
  series: Float64Array,
  seasons: readonly number[],
  again?: (rest: Float64Array) => FittedForecaster[],
): FittedForecaster | undefined {
  const parts = mstl(series, seasons);
  if (!parts) return undefined;
  const adjusted = series.map((value, t) =>
    parts.seasonal.reduce((rest, season) => rest - season[t]!, value),
  );
  const methods = again ? again(adjusted) : OF_REST.flatMap((method) => method.fit(adjusted, 1) ?? []);
  if (methods.length === 0) return undefined;
  const equal = methods.map(() => 1);
  const withSeasons = (rest: Float64Array, indexOf: (own: Float64Array, i: number, h: number) => number) =>
    rest.map((value, h) => parts.seasonal.reduce((total, own, i) => total + indexOf(own, i, h), value));
  return {
    forecast: (horizon) =>
      withSeasons(
        combine(
          methods.map((method) => method.forecast(horizon)),
          equal,
        ),
        (own, i, h) => lastCycle(own, seasons[i]!, h),
      ),
    fitted: withSeasons(
      combine(
        methods.map((method) => method.fitted!),
        equal,
      ),
      (own, _, t) => own[t]!,
    ),
    update: (longer) =>
      fitMstl(longer, seasons, (rest) => methods.flatMap((method) => method.update?.(rest) ?? [])),
    refit: (longer) =>
      methods.length < OF_REST.length
        ? undefined
        : fitMstl(longer, seasons, (rest) =>
            methods.flatMap((method, i) => method.refit?.(rest) ?? OF_REST[i]!.fit(rest, 1) ?? []),
          ),
    parameters: { seasons: seasons.join(', ') },
  };
}

/** The value h steps after the last, by the last cycle. */
function lastCycle(seasonal: Float64Array, season: number, h: number): number {
  const n = seasonal.length;
  return n < season ? 0 : seasonal[n - season + (h % season)]!;
}
