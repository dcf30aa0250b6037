/**
 * Which methods are worth combining for which seasons. Estimating many first states of a season, or searching orders over it, costs
 * more than it gives when seasons are long; decompositions and regressions know long and several ones better.
 */
import { autoArima } from './auto-arima.ts';
import { autoEts } from './auto-ets.ts';
import { cardForecaster } from './card.ts';
import { complexSmoothing } from './complex-smoothing.ts';
import type { Forecaster } from './forecaster.ts';
import { mstlForecaster, mstlSingle } from './mstl-forecaster.ts';
import { dynamicTheta } from './theta.ts';

/** Months and hours are short, weeks of a year long. */
const LONG = 24;

/** @param seasons one or several; [1] for none */
export function candidatesFor(seasons: readonly number[]): readonly Forecaster[] {
  const known = seasons.filter((season) => season > 1);
  if (known.length > 1) return [dynamicTheta, complexSmoothing, mstlForecaster(known), cardForecaster(known)];
  const single = [dynamicTheta, autoEts, complexSmoothing];
  if (known.length === 0) return [...single, autoArima];
  if (known[0]! <= LONG) return [...single, autoArima, mstlSingle];
  return [...single, withoutSeason(autoArima), mstlSingle, cardForecaster(known)];
}

function withoutSeason(forecaster: Forecaster): Forecaster {
  return { name: forecaster.name, fit: (series) => forecaster.fit(series, 1) };
}
