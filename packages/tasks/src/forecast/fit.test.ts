/** What forecasts may say: nothing below zero of what is sold, and no floor under what is measured. */
import { Random } from '@gradus/base';
import { expect, it } from 'vitest';
import { fitForecasts } from './fit.ts';
import { QUANTILES } from './model.ts';

const STEPS = 12;

/** The lowest quantile of each step of a series that falls towards zero, after a past that never went below. */
async function lowest(measures: boolean): Promise<number[]> {
  const random = new Random('falling');
  const values = Float64Array.from({ length: 120 }, (_, t) =>
    Math.max(0.1, 30 - t / 4 + random.normal(0, 2)),
  );
  const { forecasts } = await fitForecasts(
    {
      file: 'readings.csv',
      columns: { layout: 'wide', keys: [], ...(measures && { measures: true as const }) },
      grids: [{ kind: 'order' }],
      items: [{ item: 'a', levels: {}, grid: 0, first: 0, values, covariates: {} }],
      ...{ covariates: [], setAside: [], notes: [], rows: { read: 120, used: 120, setAside: 0 } },
    },
    { horizon: STEPS, random: new Random(1) },
  );
  return Array.from({ length: STEPS }, (_, k) => forecasts[0]!.quantiles[k * QUANTILES.length]!);
}

it('sales are not told below zero; temperatures that never fell below it are', async () => {
  expect(Math.min(...(await lowest(false)))).toBe(0);
  expect((await lowest(true)).at(-1)).toBeLessThan(0);
});
