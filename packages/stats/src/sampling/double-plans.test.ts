/** Double plans against MIL-STD-105E and the curves of the single plans. */
import { describe, expect, it } from 'vitest';
import { AQLS } from './code-letters.ts';
import { type DoublePlan, doublePlan } from './double-plans.ts';
import { averageUnits, doublePassProbability, passProbability } from './operating-characteristic.ts';
import { SEVERITIES, samplingPlan } from './single-plans.ts';

/** The largest difference of the curves of a double and a single plan. */
function apart(double: DoublePlan, single: { n: number; accept: number }): number {
  const qualities = Array.from({ length: 300 }, (_, i) => ((i + 1) * single.accept * 3) / single.n / 300);
  return Math.max(
    ...qualities.map((quality) =>
      Math.abs(
        doublePassProbability(double, quality, 'defects') - passProbability(single, quality, 'defects'),
      ),
    ),
  );
}

describe('double plans', () => {
  // MIL-STD-105E, tables III-A and III-B, where ISO 2859-1 has kept their numbers.
  it.each([
    [2000, 0.4, 'normal', [80, 0, 2, 1]],
    [2000, 0.65, 'normal', [80, 0, 3, 3]],
    [2000, 1.5, 'normal', [80, 2, 5, 6]],
    [2000, 4, 'normal', [80, 5, 9, 12]],
    [2000, 6.5, 'normal', [80, 7, 11, 18]],
    [2000, 10, 'normal', [80, 11, 16, 26]],
    [40, 400, 'normal', [5, 25, 31, 56]],
    [2000, 1, 'tightened', [80, 0, 3, 3]],
    [2000, 6.5, 'tightened', [80, 6, 10, 15]],
    [2000, 10, 'tightened', [80, 9, 14, 23]],
    [40, 250, 'tightened', [5, 15, 20, 34]],
    [40, 400, 'tightened', [5, 23, 29, 52]],
  ] as const)('for a lot of %d at %d, %s, are %j', (lot, aql, severity, [n, accept, reject, acceptTotal]) => {
    expect(doublePlan(lot, aql, 'II', severity)).toMatchObject({ n, accept, reject, acceptTotal });
  });

  it('pass lots as the single plans do, and look at fewer units where quality is good', () => {
    let count = 0;
    for (const severity of SEVERITIES) {
      for (const aql of AQLS) {
        for (const lot of [40, 1000, 100_000, 600_000]) {
          const single = samplingPlan(lot, aql, 'II', severity);
          const double = doublePlan(lot, aql, 'II', severity);
          if (!double) continue;
          count++;
          // Two units cannot follow three closely.
          if (double.n >= 8) expect(apart(double, single)).toBeLessThan(0.09);
          if (double.n >= 8) expect(averageUnits(double, aql / 100, 'defects')).toBeLessThan(single.n);
        }
      }
    }
    expect(count).toBeGreaterThan(100);
  });

  it('follow the single plans more closely than the older numbers do, where they differ', () => {
    for (const [accept, [low, high, total]] of [
      [3, [1, 4, 4]],
      [7, [3, 7, 8]],
      [8, [3, 7, 11]],
    ] as const) {
      const severity = accept === 8 ? 'tightened' : 'normal';
      const aql = accept === 3 ? 1 : accept === 7 ? 2.5 : 4;
      const single = samplingPlan(2000, aql, 'II', severity);
      expect(single.accept).toBe(accept);
      const plan = doublePlan(2000, aql, 'II', severity)!;
      const older = { ...plan, accept: low, reject: high, acceptTotal: total };
      expect(apart(plan, single)).toBeLessThan(apart(older, single));
    }
  });

  it('are not there where none may be defective, for a handful, and for one pair of reduced inspection', () => {
    expect(doublePlan(2000, 0.1)).toBeUndefined();
    expect(doublePlan(8, 40)).toBeUndefined();
    expect(doublePlan(40, 40, 'II', 'reduced')).toBeUndefined();
    expect(samplingPlan(2000, 2.5, 'II', 'reduced').accept).toBe(5);
    expect(doublePlan(2000, 2.5, 'II', 'reduced')).toBeUndefined();
  });
});

describe('operating characteristics', () => {
  it('are sums of the binomial, or of Poisson for defects', () => {
    const plan = { n: 125, accept: 2 };
    const p = 0.02;
    const term = (k: number, choose: number) => choose * p ** k * (1 - p) ** (125 - k);
    expect(passProbability(plan, p)).toBeCloseTo(term(0, 1) + term(1, 125) + term(2, (125 * 124) / 2), 12);
    expect(passProbability(plan, 0)).toBe(1);
    expect(passProbability(plan, p, 'defects')).toBeCloseTo(Math.exp(-2.5) * (1 + 2.5 + 2.5 ** 2 / 2), 12);
  });

  it('of double plans add both ways to pass', () => {
    const plan: DoublePlan = { letter: 'C', n: 3, accept: 0, reject: 2, acceptTotal: 1 };
    const [p, q] = [0.1, 0.9];
    // None of three; or one of three and none of three more.
    expect(doublePassProbability(plan, p)).toBeCloseTo(q ** 3 + 3 * p * q ** 2 * q ** 3, 12);
    expect(averageUnits(plan, p)).toBeCloseTo(3 + 3 * 3 * p * q ** 2, 12);
  });
});
