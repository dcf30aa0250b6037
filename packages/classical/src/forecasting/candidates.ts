/**
 * Which methods are worth combining for which seasons. Estimating many first states of a season, or searching orders over it, costs
 * more than it gives when seasons are long; decompositions and regressions know long and several ones better.
 */
import { autoArima } from './auto-arima.ts';
import { autoEts } from './auto-ets.ts';
import { cardForecaster } from './card.ts';
import { complexSmoothing } from './complex-smoothing.ts';
import type { Forecaster } from './forecaster.ts';
import { levelShapeForecaster } from './level-shape.ts';
import { mstlForecaster, mstlSingle } from './mstl-forecaster.ts';
import { isSeasonal } from './seasonal-indices.ts';
import { dynamicTheta } from './theta.ts';

/** Months and hours are short, weeks of a year long. */
const LONG = 24;
/** From so many cycles on, what a cycle is like is known well enough for its level to be a series of its own. */
const MANY_CYCLES = 20;

/** Of so many long seasons it can be told whether they are alike. */
const TESTED_CYCLES = 3;

/**
 * @param seasons one or several; [1] for none
 * @param series what is forecast: a long season that it does not show (promotions that fall in other weeks each year) is left out
 */
export function candidatesFor(seasons: readonly number[], series: Float64Array): readonly Forecaster[] {
  const { length } = series;
  const known = seasons.filter((season) => season > 1);
  const decompositions = [mstlForecaster(known), cardForecaster(known), levelShapeForecaster(known)];
  if (known.length > 1) return [dynamicTheta, complexSmoothing, ...decompositions];
  const single = [dynamicTheta, autoEts, complexSmoothing];
  if (known.length === 0) return [...single, autoArima];
  const [season] = known as [number];
  if (season > LONG) {
    const isShown = length < TESTED_CYCLES * season || isSeasonal(series, season);
    return isShown
      ? [...single, withoutSeason(autoArima), mstlSingle, cardForecaster(known)]
      : [...single.map(withoutSeason), withoutSeason(autoArima), cardForecaster([])];
  }
  return [...single, autoArima, ...(length < MANY_CYCLES * season ? [mstlSingle] : decompositions)];
}

function withoutSeason(forecaster: Forecaster): Forecaster {
  return { name: forecaster.name, fit: (series) => forecaster.fit(series, 1) };
}
