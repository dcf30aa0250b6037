/** All methods that forecast one series from its own past, the simplest first. */
import { adida, imapa } from './aggregation.ts';
import { autoArima } from './auto-arima.ts';
import { autoEts } from './auto-ets.ts';
import { card } from './card.ts';
import { complexSmoothing } from './complex-smoothing.ts';
import { croston, sba, tsb } from './croston.ts';
import type { Forecaster } from './forecaster.ts';
import { levelShape } from './level-shape.ts';
import { mstlSingle } from './mstl-forecaster.ts';
import { drift, naive, seasonalNaive } from './naive.ts';
import { dynamicTheta, theta } from './theta.ts';
import { windowRidge } from './window-ridge.ts';

export const FORECASTERS: readonly Forecaster[] = [
  naive,
  seasonalNaive,
  drift,
  theta,
  dynamicTheta,
  autoEts,
  complexSmoothing,
  autoArima,
  mstlSingle,
  card,
  windowRidge,
  levelShape,
  croston,
  sba,
  tsb,
  adida,
  imapa,
];
