/** Measures of surveys against R's relaimpo, psych, and the published tables of Kano. */
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { cronbachAlpha } from './cronbach.ts';
import { kanoClass, kanoFeature } from './kano.ts';
import { keyDrivers } from './key-drivers.ts';

describe('key drivers', () => {
  it('share R² by what they add in every order', () => {
    const random = new Random(1);
    const [a, b] = [0, 1].map(() => Float64Array.from({ length: 4000 }, () => random.normal()));
    const mixed = a!.map((value, i) => 0.8 * value + 0.6 * b![i]!);
    const outcome = a!.map((value, i) => value + 0.5 * b![i]! + random.normal());
    const { r2, drivers } = keyDrivers(outcome, [a!, b!]);
    // Independent drivers: shares are their own R², 1 / 2.25 and 0.25 / 2.25.
    expect(drivers[0]!.share).toBeCloseTo(0.444, 1);
    expect(drivers[1]!.share).toBeCloseTo(0.111, 1);
    expect(drivers[0]!.interval[0]).toBeLessThan(drivers[0]!.share);
    const three = keyDrivers(outcome, [a!, b!, mixed]);
    // A driver that the others contain adds no R², and takes a part of theirs.
    expect(three.r2).toBeCloseTo(r2, 6);
    expect(three.drivers.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(r2, 6);
    expect(three.drivers[0]!.share).toBeLessThan(drivers[0]!.share);
  });

  it('have intervals that hold small shares and shares of nearly nothing', () => {
    const random = new Random(2);
    let held = [0, 0];
    for (let k = 0; k < 60; k++) {
      const [a, b] = [0, 1].map(() => Float64Array.from({ length: 40 }, () => random.normal()));
      const outcome = a!.map((value, i) => 0.3 * value + 0.03 * b![i]! + random.normal());
      const { drivers } = keyDrivers(outcome, [a!, b!], `case ${k}`);
      // 0.09 and 0.0009 of a variance of 1.0909.
      held = [0.0825, 0.0008].map((truth, i) => {
        const [low, high] = drivers[i]!.interval;
        return held[i]! + Number(low <= truth && truth <= high);
      });
    }
    for (const count of held) expect(count / 60).toBeGreaterThan(0.85);
  });
});

describe('alpha', () => {
  it('is 1 for the same item twice, and that of its formula else', () => {
    const item = Float64Array.of(1, 2, 3, 4, 5);
    expect(cronbachAlpha([item, item])).toBeCloseTo(1, 12);
    // By hand: items' variances 2.5 and 1.7, of the sum 7.7: 2 (1 − 4.2 / 7.7).
    const other = Float64Array.of(2, 2, 3, 5, 4);
    expect(cronbachAlpha([item, other])).toBeCloseTo(2 * (1 - 4.2 / 7.7), 12);
  });
});

describe('Kano', () => {
  it.each([
    [0, 4, 'performance'],
    [0, 2, 'attractive'],
    [2, 4, 'must-be'],
    [2, 2, 'indifferent'],
    [4, 0, 'reverse'],
    [0, 0, 'questionable'],
  ])('with %d and without %d is %s', (withIt, without, is) => {
    expect(kanoClass(withIt, without)).toBe(is);
  });

  it('coefficients leave out what makes no sense', () => {
    const found = kanoFeature(['attractive', 'performance', 'must-be', 'indifferent', 'questionable']);
    expect([found.better, found.worse]).toEqual([0.5, -0.5]);
  });
});
