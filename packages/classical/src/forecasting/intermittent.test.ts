/** Demand that is mostly zero. */
import { Random } from '@gradus/base';
import { pinballLoss } from '@gradus/stats';
import { describe, expect, it } from 'vitest';
import { adida, imapa } from './aggregation.ts';
import { countQuantiles, negativeBinomial } from './count-quantiles.ts';
import { croston, sba, tsb } from './croston.ts';
import { pooledCounts } from './pooled-counts.ts';

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

describe('counts of many items', () => {
  /** Each item has its chance of a sale in a step, and its usual size, around which its sales lie. */
  const simulated = (random: Random, items: number, steps: number) =>
    Array.from({ length: items }, () => {
      const [chance, usual] = [0.05 + 0.3 * random.uniform(), 1 + random.normal(0, 0.8)];
      const draw = () =>
        random.uniform() < chance ? Math.max(1, Math.round(Math.exp(usual + random.normal(0, 0.6)))) : 0;
      return { past: Float64Array.from({ length: steps }, draw), next: Array.from({ length: 40 }, draw) };
    });

  it('have quantiles that lose less than those of each item alone, and hold as often as they say', () => {
    const items = simulated(new Random('parts'), 400, 30);
    const pool = pooledCounts(items.map(({ past }) => past))!;
    const levels = [0.5, 0.75, 0.9, 0.975];
    let [own, shared, alone, below] = [0, 0, 0, 0];
    for (const { past, next } of items) {
      const [told, other] = [pool.quantiles(past, levels), countQuantiles(past, levels)];
      for (const [k, level] of levels.entries()) {
        const same = (value: number) => next.map(() => value);
        shared += pinballLoss(next, same(told[k]!), level);
        alone += pinballLoss(next, same(other[k]!), level);
      }
      below += next.filter((value) => value <= told[3]!).length;
      own += next.length;
    }
    expect(shared).toBeLessThan(0.99 * alone);
    expect(Math.abs(below / own - 0.975)).toBeLessThan(0.01);
  });

  it('of an item that never sold are those of the others, and of few items none', () => {
    const items = simulated(new Random('unsold'), 200, 30).map(({ past }) => past);
    const [high] = pooledCounts(items)!.quantiles(new Float64Array(30), [0.99]);
    expect(high).toBeGreaterThan(0);
    expect(pooledCounts(items.slice(0, 5))).toBeUndefined();
  });
});
