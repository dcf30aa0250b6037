import { describe, expect, it } from 'vitest';
import { incompleteBeta } from '../distributions/beta.ts';
import {
  VARIABLES_AQLS,
  variablesPassProbability,
  variablesPlan,
  variablesSamplingPlan,
} from './variables-plans.ts';

describe('plans by measurements of ANSI/ASQ Z1.9', () => {
  // Montgomery, section 16.3: a lot of 100,000 at level IV of MIL-STD-414 and 1 % is letter O, 100 units, k = 2.00 normal and 2.14 tightened.
  it('have the constants of MIL-STD-414', () => {
    expect(variablesSamplingPlan(30_000, 1)).toEqual({ letter: 'M', n: 100, k: 2.0, isWhole: false });
    expect(variablesSamplingPlan(30_000, 1, 'II', 'tightened')).toMatchObject({ n: 100, k: 2.14 });
    expect(variablesSamplingPlan(30_000, 1, 'II', 'reduced')).toMatchObject({ n: 30, k: 1.73 });
    expect(variablesSamplingPlan(20, 0.1)).toMatchObject({ letter: 'C', n: 7 });
    expect(variablesSamplingPlan(2, 10)).toMatchObject({ letter: 'B', n: 2, isWhole: true });
    expect(() => variablesSamplingPlan(100, 0.01)).toThrow(/Z1.9 has no AQL of 0.01/);
  });

  // ANSI/ASQ Z1.9, table B-3: the largest estimated share that form M allows, by letter, AQL 0.65, 1, 2.5 and 10 in percent.
  it.each([
    [80, 'E', [2.13, 3.54, 8.4, 23.3]],
    [120, 'F', [2.14, 3.27, 7.26, 20.73]],
    [1000, 'J', [1.87, 2.66, 5.58, 16.67]],
    [3000, 'K', [1.73, 2.47, 5.21, 15.87]],
    [30_000, 'M', [1.52, 2.18, 4.67, 14.71]],
  ] as const)('allow a lot of %d, letter %s, the shares of form M', (lot, letter, shares) => {
    expect(variablesSamplingPlan(lot, 1).letter).toBe(letter);
    for (const [i, aql] of [0.65, 1, 2.5, 10].entries()) {
      const { n, k } = variablesSamplingPlan(lot, aql);
      const half = n / 2 - 1;
      const share = 100 * incompleteBeta((1 - (k * Math.sqrt(n)) / (n - 1)) / 2, half, half);
      // k is printed to a hundredth.
      expect(Math.abs(share / shares[i]! - 1)).toBeLessThan(0.04);
    }
  });

  it('pass more lots at the AQL the larger they are, more of them reduced, fewer tightened', () => {
    for (const aql of VARIABLES_AQLS) {
      let before = 0;
      for (const lot of [300, 1000, 3000, 9000, 30_000, 100_000]) {
        const at = (severity: 'normal' | 'tightened' | 'reduced') =>
          variablesPassProbability(variablesSamplingPlan(lot, aql, 'II', severity), aql / 100);
        expect(at('normal')).toBeGreaterThan(Math.max(0.85, before - 0.02));
        expect(at('tightened')).toBeLessThan(at('normal'));
        expect(at('reduced')).toBeGreaterThan(at('tightened'));
        before = at('normal');
      }
    }
  });
});

describe('curves of plans by measurements', () => {
  // scipy.stats.nct.sf(sqrt(n) k, n - 1, sqrt(n) z).
  it.each([
    [3, 1.12, 0.025, 0.890591136],
    [3, 1.12, 0.3, 0.279954559],
    [7, 1.62, 0.01, 0.900574689],
    [50, 1.93, 0.01, 0.952843097],
    [200, 2.04, 0.02, 0.554013923],
    [2, 1.0, 0.1, 0.71201524],
  ])('of %d units and k = %d at %d', (n, k, defective, expected) => {
    expect(variablesPassProbability({ n, k }, defective)).toBeCloseTo(expected, 6);
  });

  it('of plans from two risks keep both', () => {
    const plan = variablesPlan({ good: 0.01, bad: 0.06 });
    expect(variablesPassProbability(plan, 0.01)).toBeGreaterThan(0.94);
    expect(variablesPassProbability(plan, 0.06)).toBeLessThan(0.11);
    // Montgomery, section 16.2: 1 % and 6 % at 5 % and 10 %: k about 1.9, some 40 units.
    expect(plan.k).toBeCloseTo(1.9, 1);
    expect(Math.abs(plan.n - 42)).toBeLessThan(5);
  });
});
