import { Random } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findDuplicates, stratifiedFolds, stratifiedSplit } from '../index.ts';

describe('stratifiedSplit', () => {
  it('keeps the mix of classes, puts every row somewhere once, and repeats itself', () => {
    const strata = Array.from({ length: 1000 }, (_, i) => Number(i % 10 < 3));
    const split = stratifiedSplit(strata, { test: 0.2, validation: 0.1 }, new Random(1));
    expect([...split.train, ...split.validation, ...split.test].sort((a, b) => a - b)).toEqual([
      ...strata.keys(),
    ]);
    for (const [rows, size] of [
      [split.train, 700],
      [split.validation, 100],
      [split.test, 200],
    ] as const) {
      expect(rows.length).toBe(size);
      expect(rows.reduce((sum, row) => sum + strata[row]!, 0)).toBe(size * 0.3);
    }
    expect(stratifiedSplit(strata, { test: 0.2, validation: 0.1 }, new Random(1))).toEqual(split);
    expect(stratifiedSplit(strata, { test: 0.2, validation: 0.1 }, new Random(2)).test).not.toEqual(
      split.test,
    );
  });
  it('never parts what belongs together', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(30), fc.nat(2)), { minLength: 1 }), fc.integer(), (rows, seed) => {
        const groups = Int32Array.from(rows, ([group]) => group);
        const folds = stratifiedFolds(
          rows.map(([, stratum]) => stratum),
          { count: 4, groups },
          new Random(seed),
        );
        const seen = new Map<number, number>();
        for (const [row, group] of groups.entries()) {
          expect(seen.get(group) ?? folds[row]).toBe(folds[row]);
          seen.set(group, folds[row]!);
        }
      }),
    );
  });
});

describe('findDuplicates', () => {
  it('finds texts that are equal but for case and punctuation, and long ones that nearly are', () => {
    const long =
      'The kettle arrived two days late and the lid was already cracked when I opened the parcel this morning';
    const texts = [
      'Good!',
      'good',
      'Bad',
      long,
      `${long}.`,
      long.replace('two', 'three'),
      'The kettle arrived early and works',
      '',
    ];
    expect(Array.from(findDuplicates(texts))).toEqual([0, 0, 2, 3, 3, 3, 6, 7]);
  });
  it('names the first of a family, whatever the texts', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 40 })), (texts) => {
        const first = findDuplicates([...texts, ...texts]);
        for (const [i, of] of first.entries()) {
          expect(of).toBeLessThanOrEqual(i);
          expect(first[of]).toBe(of);
        }
        for (const i of texts.keys()) expect(first[i + texts.length]).toBe(first[i]);
      }),
    );
  });
});
