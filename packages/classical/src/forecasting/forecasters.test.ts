/** What holds of every forecasting method. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORECASTERS } from './forecasters.ts';
import { AIR_PASSENGERS } from './testing/air-passengers.ts';

const HORIZON = 6;

describe.each(FORECASTERS.map((forecaster) => [forecaster.name, forecaster] as const))(
  '%s',
  (_, forecaster) => {
    // Croston's rate lowered by half its smoothing is lower than a constant, by definition.
    it.skipIf(forecaster.name === 'sba')('forecasts a constant series as that constant', () => {
      const forecast = forecaster.fit(new Float64Array(60).fill(7), 12)?.forecast(HORIZON);
      for (const value of forecast ?? []) expect(value).toBeCloseTo(7, 6);
    });

    it('gives finite numbers, or says that it cannot fit', () => {
      fc.assert(
        fc.property(
          fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 0, maxLength: 40 }),
          fc.constantFrom(1, 4, 7, 12),
          (values, season) => {
            const forecast = forecaster.fit(Float64Array.from(values), season)?.forecast(HORIZON);
            if (!forecast) return;
            expect(forecast).toHaveLength(HORIZON);
            for (const value of forecast) expect(Number.isFinite(value)).toBe(true);
          },
        ),
        { numRuns: 30, seed: 1 },
      );
    });
  },
);

it('a form that a search has chosen is fitted alone to the same forecast', () => {
  const searching = FORECASTERS.filter(({ fitForm }) => fitForm !== undefined);
  expect(searching.map(({ name }) => name)).toEqual(['ets', 'ces', 'arima']);
  for (const method of searching) {
    const found = method.fit(AIR_PASSENGERS, 12)!;
    const alone = method.fitForm!(AIR_PASSENGERS, 12, found.form!)!;
    expect(alone.form).toBe(found.form);
    expect(alone.forecast(6)).toEqual(found.forecast(6));
    expect(method.fitForm!(AIR_PASSENGERS, 12, 'nothing')).toBeUndefined();
  }
});

it('a past that has gone on is fitted anew among the forms that were nearly as good, to the same forecast', () => {
  const refitting = FORECASTERS.filter((method) => method.fit(AIR_PASSENGERS, 12)?.refit !== undefined);
  expect(refitting.map(({ name }) => name)).toEqual(['ets', 'ces', 'arima', 'mstl']);
  for (const method of refitting) {
    const again = method.fit(AIR_PASSENGERS.slice(0, 108), 12)!.refit!(AIR_PASSENGERS)!;
    const anew = method.fit(AIR_PASSENGERS, 12)!;
    expect(again.form).toBe(anew.form);
    expect(again.forecast(HORIZON)).toEqual(anew.forecast(HORIZON));
  }
});

it('a form that had too few values is searched when there are more', () => {
  const short = AIR_PASSENGERS.slice(0, 15);
  for (const name of ['ets', 'ces', 'arima']) {
    const method = FORECASTERS.find((one) => one.name === name)!;
    expect(method.fit(short, 12)!.refit?.(AIR_PASSENGERS)).toBeUndefined();
  }
});
