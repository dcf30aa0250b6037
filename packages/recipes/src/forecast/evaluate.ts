/** Step 5: how well the items' own past would have been told, beside the seasonal naive forecast, and what to do about it. */
import { basename } from 'node:path';
import type { RunContext } from '@gradus/loop';
import { type Campaigns, campaigns, type ItemForecast, type Strategy, strategyOf } from '@gradus/tasks';
import type { ForecastOptions } from './options.ts';
import type { Prepared } from './prepare.ts';
import type { Trained } from './train.ts';

export interface Evaluated {
  /** Share of the forecasts that each method makes. */
  readonly methods: Readonly<Record<string, number>>;
  readonly mase: number;
  readonly naiveMase: number;
  /** Weighted by amounts: the sum of errors over the sum of what was sold. */
  readonly relative: number;
  readonly naiveRelative: number;
  readonly judged: number;
  readonly beatNaive: number;
  readonly strategy: Strategy;
  /** What campaigns of the past brought, where a file of them is given. */
  readonly campaigns: Campaigns;
}

export async function evaluate({
  run,
  prepare: { history },
  train: { forecasts },
}: {
  readonly run: RunContext<ForecastOptions>;
  readonly prepare: Prepared;
  readonly train: Trained;
}): Promise<Evaluated> {
  const { cost, leadTime, serviceLevel } = run.options;
  const { lift } = run.sources;
  return {
    ...figuresOf(forecasts),
    strategy: strategyOf(history, forecasts, {
      ...{ cost, leadTime, serviceLevel },
      random: run.random.fork('strategy'),
    }),
    campaigns: lift
      ? await campaigns(lift.path, basename(lift.address), history)
      : { lifts: [], refused: [] },
  };
}

function figuresOf(forecasts: readonly ItemForecast[]): Omit<Evaluated, 'strategy' | 'campaigns'> {
  const methods: Record<string, number> = {};
  for (const { weights } of forecasts)
    for (const [name, weight] of Object.entries(weights))
      methods[name] = (methods[name] ?? 0) + weight / forecasts.length;
  const judged = forecasts.flatMap(({ judged }) => judged ?? []);
  const mean = (of: (one: NonNullable<ItemForecast['judged']>) => number): number => {
    const known = judged.map(of).filter(Number.isFinite);
    return known.length === 0 ? 0 : known.reduce((a, b) => a + b, 0) / known.length;
  };
  // An item's mean amount is its error over its relative error.
  const sold = judged.reduce(
    (sum, { naiveError, naiveRelative }) => sum + (naiveRelative > 0 ? naiveError / naiveRelative : 0),
    0,
  );
  const over = (of: (one: NonNullable<ItemForecast['judged']>) => number) =>
    sold > 0 ? judged.reduce((sum, one) => sum + of(one), 0) / sold : 0;
  return {
    methods: Object.fromEntries(Object.entries(methods).sort(([, a], [, b]) => b - a)),
    mase: mean(({ mase }) => mase),
    naiveMase: mean(({ naiveMase }) => naiveMase),
    relative: over(({ error }) => error),
    naiveRelative: over(({ naiveError }) => naiveError),
    judged: judged.length,
    beatNaive: judged.filter(({ beatsNaive }) => beatsNaive).length,
  };
}
