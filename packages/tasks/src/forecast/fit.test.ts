/** What forecasts may say: nothing below zero of what is sold, and no floor under what is measured. */
import { Random } from '@gradus/base';
import { expect, it } from 'vitest';
import { fitForecasts } from './fit.ts';
import { QUANTILES } from './model.ts';

const STEPS = 12;

const history = (
  values: Float64Array,
  measures: boolean,
  price?: Float32Array,
): Parameters<typeof fitForecasts>[0] => ({
  file: 'readings.csv',
  columns: { layout: 'wide', keys: [], ...(measures && { measures: true as const }) },
  grids: [{ kind: 'order' }],
  items: [{ item: 'a', levels: {}, grid: 0, first: 0, values, covariates: price ? { price } : {} }],
  covariates: price ? ['price'] : [],
  ...{ setAside: [], notes: [], rows: { read: values.length, used: values.length, setAside: 0 } },
});

/** The lowest quantile of each step of a series that falls towards zero, after a past that never went below. */
async function lowest(measures: boolean): Promise<number[]> {
  const random = new Random('falling');
  const values = Float64Array.from({ length: 120 }, (_, t) =>
    Math.max(0.1, 30 - t / 4 + random.normal(0, 2)),
  );
  const { forecasts } = await fitForecasts(history(values, measures), {
    horizon: STEPS,
    random: new Random(1),
  });
  return Array.from({ length: STEPS }, (_, k) => forecasts[0]!.quantiles[k * QUANTILES.length]!);
}

it('sales are not told below zero; temperatures that never fell below it are', async () => {
  expect(Math.min(...(await lowest(false)))).toBe(0);
  expect((await lowest(true)).at(-1)).toBeLessThan(0);
});

/** What is expected at a price to come, of an item that was sold at 8 and 10. */
async function soldAt(planned: number): Promise<number> {
  const random = new Random('prices');
  const price = Float32Array.from({ length: 200 }, (_, t) => (t % 20 < 5 ? 8 : 10));
  const values = Float64Array.from(price, (own) => Math.round((own === 8 ? 90 : 60) + random.normal(0, 4)));
  const { forecasts } = await fitForecasts(history(values, false, price), {
    horizon: STEPS,
    random: new Random(1),
    plan: {
      covariates: ['price'],
      after: () => Float32Array.from([...price, ...Array<number>(STEPS).fill(planned)]),
      notes: [],
    },
  });
  return forecasts[0]!.total.value;
}

it('a price below all that was seen sells as the lowest that was', async () => {
  const lowest = await soldAt(8);
  expect(lowest).toBeGreaterThan(1.3 * (await soldAt(10)));
  expect(await soldAt(3)).toBe(lowest);
});

it('two amounts do not tell the third beyond doubt', async () => {
  const { forecasts } = await fitForecasts(history(Float64Array.of(5, 6), false), { random: new Random(1) });
  const { low, value, high } = forecasts[0]!.total;
  expect(low).toBeLessThan(value);
  expect(high).toBeGreaterThan(value);
});
