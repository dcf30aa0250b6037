/** Plans against cells of the published tables, and curves against the binomial. */
import { describe, expect, it } from 'vitest';
import {
  AQLS,
  codeLetter,
  INSPECTION_LEVELS,
  nextSeverity,
  passProbability,
  samplingPlan,
  tightenedPlan,
  variablesPassProbability,
  variablesPlan,
} from './iso-2859.ts';

describe('code letters of table 1', () => {
  // MIL-STD-105E, table I.
  it.each([
    [2, 'II', 'A'],
    [8, 'III', 'B'],
    [150, 'II', 'F'],
    [151, 'II', 'G'],
    [1200, 'II', 'J'],
    [1201, 'I', 'H'],
    [3200, 'II', 'K'],
    [10_000, 'III', 'M'],
    [35_001, 'S-1', 'D'],
    [500_000, 'S-4', 'J'],
    [500_001, 'II', 'Q'],
    [500_001, 'III', 'R'],
  ] as const)('of %d units at level %s is %s', (lot, level, letter) => {
    expect(codeLetter(lot, level)).toBe(letter);
  });

  it('refuse a lot of one', () => expect(() => codeLetter(1)).toThrow(/two units/));
});

describe('plans of table 2-A', () => {
  // MIL-STD-105E, table II-A: code letters K, J and L row by row, cells with arrows, and the edges. Montgomery, section 15.4: a lot of
  // 2,000 at AQL 0.65 is letter K, 125 units, 2 accepted.
  it.each([
    [2000, 0.65, 125, 2],
    [2000, 1, 125, 3],
    [2000, 2.5, 125, 7],
    [2000, 4, 125, 10],
    [2000, 6.5, 125, 14],
    [2000, 10, 125, 21],
    [2000, 0.1, 125, 0],
    [2000, 0.15, 80, 0],
    [2000, 0.25, 200, 1],
    [2000, 0.4, 125, 1],
    [2000, 15, 80, 21],
    [1000, 1, 80, 2],
    [1000, 0.01, 1000, 0],
    [5000, 1.5, 200, 7],
    [100, 2.5, 20, 1],
    [100, 0.65, 20, 0],
    [100, 1, 13, 0],
    [100, 1.5, 32, 1],
    [5, 6.5, 2, 0],
    [30, 4, 13, 1],
    [600_000, 0.01, 1250, 0],
  ] as const)('a lot of %d at AQL %d: look at %d, accept %d', (lot, aql, n, accept) => {
    expect(samplingPlan(lot, aql)).toMatchObject({ n, accept });
  });

  it('are there for each lot, level and AQL, and never look at more than the lot', () => {
    for (const level of INSPECTION_LEVELS) {
      for (const aql of AQLS) {
        for (const lot of [2, 9, 40, 100, 400, 2000, 20_000, 200_000, 1_000_000]) {
          const { n, accept } = samplingPlan(lot, aql, level);
          expect(n).toBeLessThanOrEqual(lot);
          expect(accept).toBeGreaterThanOrEqual(0);
        }
      }
    }
    expect(() => samplingPlan(100, 3)).toThrow(/no AQL of 3/);
  });
});

describe('operating characteristics', () => {
  it('are sums of the binomial', () => {
    const plan = { n: 125, accept: 2 };
    const p = 0.02;
    const term = (k: number, choose: number) => choose * p ** k * (1 - p) ** (125 - k);
    const expected = term(0, 1) + term(1, 125) + term(2, (125 * 124) / 2);
    expect(passProbability(plan, p)).toBeCloseTo(expected, 12);
    expect(passProbability(plan, 0)).toBe(1);
  });

  it('of plans by measurements keep both risks', () => {
    const plan = variablesPlan({ good: 0.01, bad: 0.06 });
    expect(variablesPassProbability(plan, 0.01)).toBeGreaterThan(0.945);
    expect(variablesPassProbability(plan, 0.06)).toBeLessThan(0.105);
    // Montgomery, section 16.2: 1 % and 6 % at 5 % and 10 %: k about 1.9, some 40 units.
    expect(plan.k).toBeCloseTo(1.9, 1);
    expect(Math.abs(plan.n - 42)).toBeLessThan(5);
  });
});

describe('tightened inspection', () => {
  // MIL-STD-105E, table II-B, as the US National Institute of Building Sciences prints it for level III (AC-TABLE.ASC, table 1-B), which
  // gives rejection numbers: from the letter of the lot to units and accepted ones, row by row, arrows followed.
  const LOTS = { B: 5, C: 10, D: 20, E: 40, F: 80, G: 120, H: 200, J: 400, K: 1000, L: 3000 } as const;
  it.each([
    ['B', [6.5, 3, 0]],
    ['C', [4, 5, 0], [15, 5, 1]],
    ['D', [2.5, 8, 0], [10, 8, 1], [15, 8, 2]],
    ['E', [1.5, 13, 0], [6.5, 13, 1], [10, 13, 2], [15, 13, 3]],
    ['F', [1, 20, 0], [1.5, 50, 1], [2.5, 32, 1], [4, 20, 1], [6.5, 20, 2], [10, 20, 3], [15, 20, 5]],
    [
      'G',
      [0.65, 32, 0],
      [1, 80, 1],
      [1.5, 50, 1],
      [2.5, 32, 1],
      [4, 32, 2],
      [6.5, 32, 3],
      [10, 32, 5],
      [15, 32, 8],
    ],
    [
      'H',
      [0.65, 125, 1],
      [1, 80, 1],
      [1.5, 50, 1],
      [2.5, 50, 2],
      [4, 50, 3],
      [6.5, 50, 5],
      [10, 50, 8],
      [15, 50, 12],
    ],
    [
      'J',
      [0.65, 125, 1],
      [1, 80, 1],
      [1.5, 80, 2],
      [2.5, 80, 3],
      [4, 80, 5],
      [6.5, 80, 8],
      [10, 80, 12],
      [15, 80, 18],
    ],
    [
      'K',
      [0.65, 125, 1],
      [1, 125, 2],
      [1.5, 125, 3],
      [2.5, 125, 5],
      [4, 125, 8],
      [6.5, 125, 12],
      [10, 125, 18],
      [15, 80, 18],
    ],
    [
      'L',
      [0.65, 200, 2],
      [1, 200, 3],
      [1.5, 200, 5],
      [2.5, 200, 8],
      [4, 200, 12],
      [6.5, 200, 18],
      [10, 125, 18],
    ],
  ] as const)('of letter %s', (letter, ...plans: readonly (readonly [number, number, number])[]) => {
    const lot = LOTS[letter];
    expect(codeLetter(lot, 'III')).toBe(letter);
    for (const [aql, n, accept] of plans)
      expect(tightenedPlan(lot, aql, 'III')).toMatchObject({ n: Math.min(n, lot), accept });
  });

  it('is not given where the table was not checked', () => {
    for (const [lot, aql] of [
      [3000, 0.1],
      [100, 25],
      [100_000, 1],
      [5, 1.2],
    ] as const)
      expect(tightenedPlan(lot, aql)).toBeUndefined();
  });

  it('begins after two of five lots failed, ends after five in a row passed, and stops after five failed', () => {
    const lots = (text: string) => [...text].map((letter) => letter === '+');
    expect(nextSeverity(lots('-+++++-'))).toBe('normal');
    expect(nextSeverity(lots('-+++-'))).toBe('tightened');
    expect(nextSeverity(lots('--++++'))).toBe('tightened');
    expect(nextSeverity(lots('--+++++'))).toBe('normal');
    expect(nextSeverity(lots('--+-+-+-+-+-'))).toBe('discontinued');
  });
});
