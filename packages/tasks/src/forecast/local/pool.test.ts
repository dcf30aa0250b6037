/** Threads that forecast one lot of series after another. */
import { describe, expect, it } from 'vitest';
import { localForecast } from './forecast.ts';
import { ForecastingPool } from './pool.ts';

const series = (count: number, from: number) =>
  Array.from({ length: count }, (_, i) => ({
    // Bought now and then: of such series the methods are quick.
    values: Float64Array.from({ length: 300 }, (_, t) => Number((t * (from + i + 3)) % 7 === 0)),
    seasons: [1],
    horizon: 4,
  }));

describe('a pool', () => {
  it('tells the series of a second lot as it told those of the first', async () => {
    await using pool = new ForecastingPool();
    for (const from of [0, 100]) {
      const all = series(70, from);
      const told = await pool.forecasts(all);
      expect(told).toHaveLength(70);
      expect(told[69]).toEqual(localForecast(all[69]!.values, [1], 4));
    }
  });

  it('stops when it is told to', async () => {
    await using pool = new ForecastingPool();
    const all = series(70, 0);
    await expect(pool.forecasts(all, { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow(
      'stop',
    );
  });
});
