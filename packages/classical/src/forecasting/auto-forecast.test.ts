/** The forecast without choosing a method: what its user relies on. */
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { autoForecast } from './auto-forecast.ts';
import { errorWeights } from './combination.ts';
import { fitGlobalWindow } from './global-window.ts';
import { rollForecasts, rollingOrigins } from './rolling-origin.ts';
import { AIR_PASSENGERS } from './testing/air-passengers.ts';
import { dynamicTheta } from './theta.ts';

describe('autoForecast', () => {
  const known = AIR_PASSENGERS.slice(0, 132);
  const told = autoForecast(known, 12, 12)!;

  it('forecasts the last year of the airline passengers to 4 %, better than naive on its past', () => {
    const actual = AIR_PASSENGERS.slice(132);
    const error =
      actual.reduce((sum, value, h) => sum + Math.abs(told.combination.forecast[h]! / value - 1), 0) / 12;
    expect(error).toBeLessThan(0.04);
    expect(told.error).toBeLessThan(told.baseline.error);
    expect(told.methods.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
  });

  it('gives residuals by step and by roll', () => {
    expect(told.residuals).toHaveLength(12);
    for (const residuals of told.residuals) expect(residuals).toHaveLength(told.origins.length);
  });

  it.each([1e-6, 1000])('is the same in another unit: × %d', (unit) => {
    const scaled = autoForecast(
      known.map((value) => value * unit),
      12,
      12,
    )!.combination.forecast;
    for (let h = 0; h < 12; h++) {
      expect(scaled[h]! / unit / told.combination.forecast[h]!).toBeCloseTo(1, 3);
    }
  });

  it('knows that it beats naive where a series grows by a rule', () => {
    const random = new Random('grows');
    const grown = Float64Array.from(
      { length: 120 },
      (_, t) => 100 + 2 * t + 20 * Math.sin((2 * Math.PI * t) / 12) + random.normal(),
    );
    expect(autoForecast(grown, 12, 6)!.beatsNaive).toBe(true);
  });

  it('says naive of random walks, of all but one in twenty', () => {
    let wrong = 0;
    for (let seed = 0; seed < 20; seed++) {
      const random = new Random(seed);
      let level = 100;
      const walk = Float64Array.from({ length: 80 }, () => {
        level += random.normal();
        return level;
      });
      wrong += Number(autoForecast(walk, 1, 5)!.beatsNaive);
    }
    expect(wrong).toBeLessThan(3);
  });

  it.each([1, 2, 3, 5, 8, 13])('tells something finite of %i values', (length) => {
    for (const season of [1, 4, 12]) {
      const short = autoForecast(known.slice(0, length), season, 6)!;
      expect(short.combination.forecast.every(Number.isFinite)).toBe(true);
      expect(short.beatsNaive === true || short.beatsNaive === false).toBe(true);
    }
  });

  it('tells a constant as itself, and nothing of nothing', () => {
    expect([...autoForecast(new Float64Array(40).fill(3), 12, 2)!.combination.forecast]).toEqual([3, 3]);
    expect(autoForecast(new Float64Array(0), 12, 2)).toBeUndefined();
  });

  it('knows several seasons at once', () => {
    const hourly = Float64Array.from({ length: 24 * 7 * 5 + 48 }, (_, t) => {
      const weekend = Math.floor(t / 24) % 7 > 4 ? 0.5 : 1;
      return 100 + 40 * weekend * Math.sin((2 * Math.PI * t) / 24) + ((t * 7919) % 13) / 6;
    });
    const { combination } = autoForecast(hourly.slice(0, -48), 24, 48, { seasons: [24, 168] })!;
    const errors = hourly.slice(-48).map((value, h) => Math.abs(value - combination.forecast[h]!));
    expect(errors.reduce((sum, error) => sum + error, 0) / 48).toBeLessThan(4);
  });
});

describe('rolling origin', () => {
  it('never sees what it forecasts', () => {
    const rolls = rollingOrigins(144, 12, 12)!;
    const before = rollForecasts(dynamicTheta, AIR_PASSENGERS, 12, rolls)!.forecasts;
    const changed = AIR_PASSENGERS.slice();
    changed.fill(1e6, rolls.origins[3]!);
    const after = rollForecasts(dynamicTheta, changed, 12, rolls)!.forecasts;
    for (let roll = 0; roll <= 3; roll++) expect([...after[roll]!]).toEqual([...before[roll]!]);
  });

  it('judges all steps of the horizon where there is room, fewer where there is not', () => {
    expect(rollingOrigins(144, 12, 12)).toMatchObject({ steps: 12 });
    expect(rollingOrigins(10, 1, 8)!.steps).toBeLessThan(8);
    expect(rollingOrigins(4, 1, 8)).toBeUndefined();
  });
});

describe('weights', () => {
  it('are equal for equal errors, smaller for larger ones, and shared by what was not judged', () => {
    expect(errorWeights([2, 2])).toEqual([0.5, 0.5]);
    const [good, bad, unknown] = errorWeights([1, 2, Number.NaN]);
    expect(good! / bad!).toBeCloseTo(4, 10);
    expect(unknown!).toBeGreaterThan(bad!);
    expect(errorWeights([Number.NaN, Number.NaN])).toEqual([0.5, 0.5]);
  });
});

describe('a window model of all series', () => {
  it('learns from the others what one series is too short to show', () => {
    // All swing with the same period, from their own phase and level.
    const wave = (phase: number, size: number, length: number): Float64Array =>
      Float64Array.from({ length }, (_, t) => size * (3 + Math.sin((2 * Math.PI * (t + phase)) / 10)));
    const many = Array.from({ length: 20 }, (_, i) => wave(i, 1 + i, 60));
    const model = fitGlobalWindow(many, 1, 5, { window: 12 })!;
    const short = wave(3.5, 40, 15);
    const told = model.forecast(short)!;
    const actual = wave(3.5, 40, 20).slice(15);
    for (let h = 0; h < 5; h++) expect(Math.abs(told[h]! / actual[h]! - 1)).toBeLessThan(0.03);
    expect(model.forecast(short.slice(0, 5))).toBeUndefined();
  });

  it('says so where there is too little to learn from', () => {
    expect(fitGlobalWindow([new Float64Array(10)], 1, 5)).toBeUndefined();
  });
});
