/**
 * Interrupted time series: where everything was treated at once and nothing is left to compare with, the past of the series says what would
 * have come (Bernal, Cummins and Gasparrini, "Interrupted time series regression for the evaluation of public health
 * interventions: a tutorial", 2017). A line, the seasons and what else is known are fitted with a dummy of the time after the start, with errors of Newey and
 * West. It cannot tell the treatment from anything else that began at the same time.
 */
import { UserError } from '@gradus/base';
import type { Numbers } from '../numbers.ts';
import { leastSquares } from '../regression/least-squares.ts';
import type { Effect } from './difference-in-differences.ts';
import { meanOf } from './panel.ts';

export interface InterruptedSeriesOptions {
  /** Times in a season: 7 for days, 12 for months; 1 for none. Default 1. */
  readonly season?: number;
  /** What else moved the series: one column each, known at all times. */
  readonly covariates?: readonly Numbers[];
  readonly level?: number;
}

/** @param start First time of the treatment */
export function interruptedSeries(
  values: Numbers,
  start: number,
  { season = 1, covariates = [], level = 0.95 }: InterruptedSeriesOptions = {},
): Effect {
  const times = values.length;
  const parameters = 3 + (season - 1) + covariates.length;
  if (start < 2 * season + 2 || start < parameters || start >= times) {
    throw new UserError({
      en: `${start} times before the start are too few for a line and a season of ${season}; expected at least ${Math.max(2 * season + 2, parameters)}, and one after it. Give a longer history.`,
      zh: `开始之前只有 ${start} 个时间点，不足以拟合趋势和长度为 ${season} 的季节；至少需要 ${Math.max(2 * season + 2, parameters)} 个，开始之后至少一个。请提供更长的历史。`,
    });
  }
  const column = (of: (t: number) => number) => Float64Array.from({ length: times }, (_, t) => of(t));
  const after = column((t) => Number(t >= start));
  const columns: Numbers[] = [
    after,
    column(() => 1),
    column((t) => t / times),
    ...Array.from({ length: season - 1 }, (_, s) => column((t) => Number(t % season === s))),
    ...covariates,
  ];
  const lags = Math.max(1, Math.floor(4 * (times / 100) ** (2 / 9)));
  const { estimates } = leastSquares(columns, values, { errors: { kind: 'newey-west', lags }, level });
  const { value, interval, pValue } = estimates[0]!;
  return { value, interval, pValue, expected: meanOf(values, start) - value };
}
