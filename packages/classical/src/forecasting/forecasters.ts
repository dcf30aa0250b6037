/** All methods that forecast one series from its own past, by name. */
import type { Forecaster } from './forecaster.ts';
import { drift, naive, seasonalNaive } from './naive.ts';

export const FORECASTERS: readonly Forecaster[] = [naive, seasonalNaive, drift];
