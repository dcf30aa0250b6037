/** Ready-made recipes. */
import type { Recipe } from '@gradus/loop';
import { demand } from './demand/demand.ts';
import { design } from './design/design.ts';
import { forecast } from './forecast/forecast.ts';
import { learn } from './learn/learn.ts';
import { quality } from './quality/quality.ts';

export type { DemandSummary } from './demand/report/summary.ts';
export type { ForecastSummary } from './forecast/summary.ts';
export { demand, design, forecast, learn, quality };

/** All ready-made recipes, as the command line and the server offer them. */
export const RECIPES: readonly Recipe[] = [demand, learn, quality, forecast, design];
