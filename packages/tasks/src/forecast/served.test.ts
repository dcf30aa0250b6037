/** Histories that have gone on are told with intervals of their own steps. */
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import type { ForecastBundle, ServedItem } from './bundle.ts';
import { fitNetwork, networkForecasts, storedNetwork } from './global/network.ts';
import { QUANTILES } from './model.ts';
import { ServedForecasts } from './served.ts';

const SEASON = 4;
const AMOUNTS = [400, 40, 40, 40];

/** A run of one item of four steps, the first of them busy, at step 40. */
function bundleOf(methods: ServedItem['methods']): ForecastBundle {
  const width = (value: number) => [-0.2, -0.1, -0.05, 0, 0.05, 0.1, 0.2].map((z) => z * value);
  return {
    format: 'gradus-forecast-1',
    columns: { keys: ['item'] },
    grids: [{ kind: 'order' }],
    items: [
      {
        ...{ item: 'a', levels: { item: 'a' }, grid: 0, season: SEASON, first: 40 },
        ...{ level: 130, scale: 130, growth: 1, isNonNegative: true, methods, forms: {} },
        mean: AMOUNTS,
        offsets: AMOUNTS.flatMap(width),
      },
    ],
    unknownOffsets: Array<number>(4 * QUANTILES.length).fill(0),
  };
}

describe('a served history', () => {
  it('has wide intervals where its own busy steps are, wherever those of the run were', () => {
    const served = new ServedForecasts(bundleOf({ 'seasonal-naive': 1 }));
    const until = Array.from({ length: 42 }, (_, t) => AMOUNTS[t % SEASON]!);
    const { steps } = served.answer({ item: 'a', history: until, until: '42' });
    const widths = steps.map(({ quantiles }) => quantiles.at(-1)! - quantiles[0]!);
    // Two steps later the busy step is the third.
    expect(widths.indexOf(Math.max(...widths))).toBe(2);
    expect(widths[2]! / widths[0]!).toBeGreaterThan(4);
  });

  it('tells a history by the network of all items where that is what forecasts the item', async () => {
    const random = new Random('served');
    const items = Array.from({ length: 24 }, () => ({
      values: Float64Array.from({ length: 60 }, (_, t) => 10 + 5 * ((t % 4) - 1) + random.normal()),
    }));
    const until = items.map(({ values }) => values.length);
    const model = (await fitNetwork(items, until, 4, 4, { random }))!;
    const served = new ServedForecasts(
      JSON.parse(JSON.stringify({ ...bundleOf({ 'n-hits': 1 }), network: storedNetwork(model) })),
    );
    const history = Array.from(items[0]!.values.subarray(0, 50));
    const { steps, methods } = served.answer({ item: 'a', history, until: '50' });
    const [told] = networkForecasts(model, items, [{ item: 0, origin: 50, steps: 4 }]);
    for (const [k, { mean }] of steps.entries()) expect(mean).toBeCloseTo(Math.max(0, told![k]!), 4);
    expect(methods).toEqual({ 'n-hits': 1 });
  });
});
