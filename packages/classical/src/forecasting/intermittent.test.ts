/** Demand that is mostly zero. */
import { describe, expect, it } from 'vitest';
import { adida, imapa } from './aggregation.ts';
import { countQuantiles, negativeBinomial } from './count-quantiles.ts';
import { croston, sba, tsb } from './croston.ts';

// A sale of 6 every third step.
const EVERY_THIRD = Float64Array.from({ length: 60 }, (_, t) => (t % 3 === 2 ? 6 : 0));

describe('rates', () => {
  it.each([croston, tsb, adida, imapa])(
    'of a steady sale are its size over its interval: $name',
    (method) => {
      const rate = method.fit(EVERY_THIRD, 1)!.forecast(1)[0]!;
      expect(Math.abs(rate - 2)).toBeLessThan(0.15);
    },
  );

  it('of SBA are those of Croston less half the smoothing of intervals', () => {
    const rate = sba.fit(EVERY_THIRD, 1)!;
    expect(rate.forecast(1)[0]!).toBeCloseTo(2 * (1 - Number(rate.parameters.other) / 2), 6);
  });

  it('of TSB fade when nothing is sold any more, those of Croston stay', () => {
    const stopped = new Float64Array(90);
    stopped.set(EVERY_THIRD);
    expect(tsb.fit(stopped, 1)!.forecast(1)[0]!).toBeLessThan(1.2);
    expect(croston.fit(stopped, 1)!.forecast(1)[0]!).toBeCloseTo(2, 6);
  });

  it.each([croston, sba, tsb, adida, imapa])(
    'are told of sales only, not of returns or nothing: $name',
    (method) => {
      expect(method.fit(Float64Array.of(0, 3, -1, 0, 2), 1)).toBeUndefined();
      expect(method.fit(new Float64Array(10), 1)).toBeUndefined();
    },
  );
});

describe('quantiles of counts', () => {
  it('has the negative binomial distribution: size 2 and chance ½ for mean 2 and variance 4', () => {
    const chances = negativeBinomial(2, 4);
    for (const [k, chance] of [0.25, 0.25, 0.1875, 0.125].entries())
      expect(chances[k]).toBeCloseTo(chance, 10);
    expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 5);
  });

  it('is Poisson where counts vary no more than that', () => {
    expect(negativeBinomial(2, 1)[3]).toBeCloseTo((Math.exp(-2) * 8) / 6, 10);
  });

  it('rises with the level, and covers what a Poisson process sells', () => {
    const levels = [0.1, 0.5, 0.75, 0.9, 0.975];
    // Poisson counts of rate 0.7 by inversion of a low-discrepancy sequence: quantiles are 0, 0 or 1, 1, 2, 3.
    const series = Float64Array.from({ length: 200 }, (_, t) => {
      const u = (t * 0.6180339887) % 1;
      return [0.4966, 0.8442, 0.9659, 0.9942].filter((limit) => u > limit).length;
    });
    const quantiles = countQuantiles(series, levels);
    expect(quantiles[0]).toBe(0);
    expect(quantiles[2]).toBe(1);
    expect(quantiles[3]).toBe(2);
    expect(quantiles[4]).toBeGreaterThanOrEqual(2);
    for (let i = 1; i < levels.length; i++) expect(quantiles[i]!).toBeGreaterThanOrEqual(quantiles[i - 1]!);
  });

  it('never sold is 0 at every level', () => {
    expect([...countQuantiles(new Float64Array(20), [0.5, 0.99])]).toEqual([0, 0]);
  });
});
