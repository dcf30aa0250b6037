/** Histories that have gone on are told with intervals of their own steps. */
import { describe, expect, it } from 'vitest';
import { QUANTILES } from './model.ts';
import { ServedForecasts } from './served.ts';

describe('a served history', () => {
  it('has wide intervals where its own busy steps are, wherever those of the run were', () => {
    const season = 4;
    const amounts = [400, 40, 40, 40];
    const width = (value: number) => [-0.2, -0.1, -0.05, 0, 0.05, 0.1, 0.2].map((z) => z * value);
    const served = new ServedForecasts({
      format: 'gradus-forecast-1',
      columns: { keys: ['item'] },
      grids: [{ kind: 'order' }],
      items: [
        {
          ...{
            item: 'a',
            levels: { item: 'a' },
            grid: 0,
            season,
            first: 40,
            level: 130,
            scale: 130,
            growth: 1,
          },
          mean: amounts,
          offsets: amounts.flatMap(width),
          isNonNegative: true,
          methods: { 'seasonal-naive': 1 },
          forms: {},
        },
      ],
      unknownOffsets: Array<number>(4 * QUANTILES.length).fill(0),
    });
    const until = Array.from({ length: 42 }, (_, t) => amounts[t % season]!);
    const { steps } = served.answer({ item: 'a', history: until, until: '42' });
    const widths = steps.map(({ quantiles }) => quantiles.at(-1)! - quantiles[0]!);
    // Two steps later the busy step is the third.
    expect(widths.indexOf(Math.max(...widths))).toBe(2);
    expect(widths[2]! / widths[0]!).toBeGreaterThan(4);
  });
});
