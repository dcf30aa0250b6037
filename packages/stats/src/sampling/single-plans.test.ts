/** Plans against the published master tables, cell by cell. */
import { describe, expect, it } from 'vitest';
import { AQLS, codeLetter, INSPECTION_LEVELS, LETTERS } from './code-letters.ts';
import { passProbability } from './operating-characteristic.ts';
import { SEVERITIES, type Severity, samplingPlan } from './single-plans.ts';

/**
 * GB/T 2828.1-2012 (identical with ISO 2859-1:1999), tables 2-A, 2-B and 2-C as printed: units, then for each AQL from 0.01 to 1000 the
 * acceptance number, or an arrow. Columns 1, 4 and 10 equal those of NTE INEN-ISO 2859-1.
 */
const TABLES: Readonly<Record<Severity, string>> = {
  normal: `2 v v v v v v v v v v v v v v 0 v v 1 2 3 5 7 10 14 21 30
3 v v v v v v v v v v v v v 0 ^ v 1 2 3 5 7 10 14 21 30 44
5 v v v v v v v v v v v v 0 ^ v 1 2 3 5 7 10 14 21 30 44 ^
8 v v v v v v v v v v v 0 ^ v 1 2 3 5 7 10 14 21 30 44 ^ ^
13 v v v v v v v v v v 0 ^ v 1 2 3 5 7 10 14 21 30 44 ^ ^ ^
20 v v v v v v v v v 0 ^ v 1 2 3 5 7 10 14 21 ^ ^ ^ ^ ^ ^
32 v v v v v v v v 0 ^ v 1 2 3 5 7 10 14 21 ^ ^ ^ ^ ^ ^ ^
50 v v v v v v v 0 ^ v 1 2 3 5 7 10 14 21 ^ ^ ^ ^ ^ ^ ^ ^
80 v v v v v v 0 ^ v 1 2 3 5 7 10 14 21 ^ ^ ^ ^ ^ ^ ^ ^ ^
125 v v v v v 0 ^ v 1 2 3 5 7 10 14 21 ^ ^ ^ ^ ^ ^ ^ ^ ^ ^
200 v v v v 0 ^ v 1 2 3 5 7 10 14 21 ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^
315 v v v 0 ^ v 1 2 3 5 7 10 14 21 ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^
500 v v 0 ^ v 1 2 3 5 7 10 14 21 ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^
800 v 0 ^ v 1 2 3 5 7 10 14 21 ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^
1250 0 ^ v 1 2 3 5 7 10 14 21 ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^
2000 ^ ^ 1 2 3 5 7 10 14 21 ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^`,
  tightened: `2 v v v v v v v v v v v v v v v 0 v v 1 2 3 5 8 12 18 27
3 v v v v v v v v v v v v v v 0 v v 1 2 3 5 8 12 18 27 41
5 v v v v v v v v v v v v v 0 v v 1 2 3 5 8 12 18 27 41 ^
8 v v v v v v v v v v v v 0 v v 1 2 3 5 8 12 18 27 41 ^ ^
13 v v v v v v v v v v v 0 v v 1 2 3 5 8 12 18 27 41 ^ ^ ^
20 v v v v v v v v v v 0 v v 1 2 3 5 8 12 18 ^ ^ ^ ^ ^ ^
32 v v v v v v v v v 0 v v 1 2 3 5 8 12 18 ^ ^ ^ ^ ^ ^ ^
50 v v v v v v v v 0 v v 1 2 3 5 8 12 18 ^ ^ ^ ^ ^ ^ ^ ^
80 v v v v v v v 0 v v 1 2 3 5 8 12 18 ^ ^ ^ ^ ^ ^ ^ ^ ^
125 v v v v v v 0 v v 1 2 3 5 8 12 18 ^ ^ ^ ^ ^ ^ ^ ^ ^ ^
200 v v v v v 0 v v 1 2 3 5 8 12 18 ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^
315 v v v v 0 v v 1 2 3 5 8 12 18 ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^
500 v v v 0 v v 1 2 3 5 8 12 18 ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^
800 v v 0 v v 1 2 3 5 8 12 18 ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^
1250 v 0 v v 1 2 3 5 8 12 18 ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^
2000 0 ^ v 1 2 3 5 8 12 18 ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^
3150 x x 1 x x x x x x x x x x x x x x x x x x x x x x x`,
  reduced: `2 v v v v v v v v v v v v v v 0 v v 1 2 3 5 7 10 14 21 30
2 v v v v v v v v v v v v v 0 ^ v v 1 2 3 5 7 10 14 21 30
2 v v v v v v v v v v v v 0 ^ v v 1 2 3 5 6 8 10 14 21 ^
3 v v v v v v v v v v v 0 ^ v v 1 2 3 5 6 8 10 14 21 ^ ^
5 v v v v v v v v v v 0 ^ v v 1 2 3 5 6 8 10 14 21 ^ ^ ^
8 v v v v v v v v v 0 ^ v v 1 2 3 5 6 8 10 ^ ^ ^ ^ ^ ^
13 v v v v v v v v 0 ^ v v 1 2 3 5 6 8 10 ^ ^ ^ ^ ^ ^ ^
20 v v v v v v v 0 ^ v v 1 2 3 5 6 8 10 ^ ^ ^ ^ ^ ^ ^ ^
32 v v v v v v 0 ^ v v 1 2 3 5 6 8 10 ^ ^ ^ ^ ^ ^ ^ ^ ^
50 v v v v v 0 ^ v v 1 2 3 5 6 8 10 ^ ^ ^ ^ ^ ^ ^ ^ ^ ^
80 v v v v 0 ^ v v 1 2 3 5 6 8 10 ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^
125 v v v 0 ^ v v 1 2 3 5 6 8 10 ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^
200 v v 0 ^ v v 1 2 3 5 6 8 10 ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^
315 v 0 ^ v v 1 2 3 5 6 8 10 ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^
500 0 ^ ^ v 1 2 3 5 6 8 10 ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^
800 ^ ^ ^ 1 2 3 5 6 8 10 ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^`,
};

/** A lot and a level that lead to each letter. */
const LOTS = INSPECTION_LEVELS.flatMap((level) =>
  [2, 9, 20, 40, 80, 120, 200, 400, 1000, 3000, 9000, 30_000, 100_000, 400_000, 900_000].map((lot) => ({
    lot,
    level,
    letter: codeLetter(lot, level),
  })),
);

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

describe('single plans', () => {
  it.each(SEVERITIES)('of %s inspection are those of the printed table, in each cell', (severity) => {
    const rows = TABLES[severity].split('\n').map((line) => line.split(' '));
    for (const { lot, level, letter } of LOTS) {
      for (const [column, aql] of AQLS.entries()) {
        const asked = LETTERS.indexOf(letter);
        const step = rows[asked]![column + 1] === '^' ? -1 : 1;
        let row = asked;
        while (/[v^x]/.test(rows[row]![column + 1]!)) row += step;
        const units = Number(rows[row]![0]);
        expect(samplingPlan(lot, aql, level, severity)).toEqual({
          letter: LETTERS[row],
          n: Math.min(units, lot),
          accept: Number(rows[row]![column + 1]),
          isWhole: units >= lot,
        });
      }
    }
  });

  // Montgomery, section 15.4: a lot of 2,000 at an AQL of 0.65 is letter K: 125 units and 2; tightened 125 and 1.
  it('are those of the textbook', () => {
    expect(samplingPlan(2000, 0.65)).toMatchObject({ letter: 'K', n: 125, accept: 2 });
    expect(samplingPlan(2000, 0.65, 'II', 'tightened')).toMatchObject({ n: 125, accept: 1 });
    expect(() => samplingPlan(100, 3)).toThrow(/no AQL of 3/);
  });

  it('pass nearly all lots at the AQL, fewer of them tightened, more of them reduced', () => {
    for (const { lot, level } of LOTS.filter((one) => one.lot >= 3000)) {
      for (const aql of AQLS.filter((one) => one <= 10)) {
        const [normal, tightened, reduced] = SEVERITIES.map((severity) =>
          passProbability(samplingPlan(lot, aql, level, severity), aql / 100),
        );
        expect(normal).toBeGreaterThan(0.87);
        expect(tightened).toBeLessThanOrEqual(normal!);
        expect(reduced).toBeGreaterThanOrEqual(tightened!);
      }
    }
  });
});
