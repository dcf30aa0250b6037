/** All methods that forecast one series from its own past, the simplest first. */

import { autoArima } from './auto-arima.ts';
import { autoEts } from './auto-ets.ts';
import { complexSmoothing } from './complex-smoothing.ts';
import type { Forecaster } from './forecaster.ts';
import { drift, naive, seasonalNaive } from './naive.ts';
import { dynamicTheta, theta } from './theta.ts';

export const FORECASTERS: readonly Forecaster[] = [
  naive,
  seasonalNaive,
  drift,
  theta,
  dynamicTheta,
  autoEts,
  complexSmoothing,
  autoArima,
];
