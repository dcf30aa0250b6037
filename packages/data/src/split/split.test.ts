import { Random } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findStraddling, nestedFolds, requireSeparate, timeFolds, timeSplit } from '../index.ts';

const times = fc.array(fc.oneof(fc.nat(300), fc.constant(Number.NaN)), { minLength: 60, maxLength: 120 });

describe('a split by time', () => {
  it('tests on rows later than all training rows, with each moment in one set', () => {
    fc.assert(
      fc.property(times, fc.nat(5), (times, gap) => {
        fc.pre(new Set(times).size > 40);
        const { train, validation, test } = timeSplit(times, { test: 0.2, validation: 0.2, gap });
        const latest = (rows: Int32Array) => Math.max(...Array.from(rows, (row) => times[row]!));
        const first = (rows: Int32Array) => Math.min(...Array.from(rows, (row) => times[row]!));
        expect(latest(train)).toBeLessThan(first(validation) - gap);
        expect(latest(validation)).toBeLessThan(first(test) - gap);
        const known = times.filter((time) => !Number.isNaN(time)).length;
        expect(test.length / known).toBeGreaterThan(0.1);
        if (gap === 0) expect(train.length + validation.length + test.length).toBe(known);
      }),
    );
  });

  it('walks forward in folds', () => {
    const folds = timeFolds([3, 1, 2, 0, 5, 4, 7, 6], { count: 3 });
    expect(folds.map(({ train, test }) => [Array.from(train), Array.from(test)])).toEqual([
      [
        [3, 1],
        [2, 0],
      ],
      [
        [3, 1, 2, 0],
        [5, 4],
      ],
      [
        [3, 1, 2, 0, 5, 4],
        [7, 6],
      ],
    ]);
  });

  it('is refused where all is of one moment', () => {
    expect(() => timeSplit([1, 1, 1, 1], { test: 0.25, validation: 0 })).toThrow(/nothing is left for train/);
    expect(() => timeFolds([1, 1, 1, 2], { count: 3 })).toThrow(/do not make 3 folds/);
  });
});

describe('nested folds', () => {
  it('keep the outer test rows, and groups, out of the inner folds', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(12), { minLength: 40, maxLength: 80 }), fc.integer(), (group, seed) => {
        const groups = Int32Array.from(group);
        const strata = group.map((g) => g % 2);
        const folds = nestedFolds(strata, { outer: 3, inner: 2, groups }, new Random(seed));
        expect(folds.flatMap(({ test }) => Array.from(test)).sort((a, b) => a - b)).toEqual([
          ...groups.keys(),
        ]);
        for (const { train, test, inner } of folds) {
          expect(findStraddling(groups, train, test)).toEqual([]);
          for (const fold of inner) {
            expect(findStraddling(groups, fold.train, fold.test)).toEqual([]);
            expect([...fold.train, ...fold.test].sort((a, b) => a - b)).toEqual(Array.from(train));
          }
        }
      }),
    );
  });
});

describe('what straddles a split', () => {
  it('is detected, and named', () => {
    const groups = [5, 6, 5, 7, 6];
    const [seen, asked] = [Int32Array.of(0, 1, 3), Int32Array.of(2, 4)];
    expect(findStraddling(groups, seen, asked)).toEqual([
      { group: 5, rows: [0, 2] },
      { group: 6, rows: [1, 4] },
    ]);
    expect(() => requireSeparate('customers', groups, seen, asked)).toThrow(
      /2 customers lie on both sides of the split \(rows 1 and 3; rows 2 and 5\)/,
    );
    requireSeparate('customers', groups, Int32Array.of(0, 2), Int32Array.of(1, 4));
  });
});
