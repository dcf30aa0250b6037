import { Random } from '@gradus/base';
import { expect, it } from 'vitest';
import { newestRows, splitByChance, splitLikeParent } from './split.ts';

/** Rows 1 … n of two classes; every tenth repeats one before of its class. */
function rowsOf(n: number) {
  const all = Array.from({ length: n }, (_, i) => i);
  return {
    labelled: Int32Array.from(all),
    numbers: all.map((i) => i + 1),
    labels: all.map((i) => i % 2),
    groups: Int32Array.from(all, (i) => (i % 10 === 9 ? i - 2 : i)),
  };
}

it('a split keeps the classes, and what repeats on one side', () => {
  const rows = rowsOf(500);
  const { test, train } = splitByChance(rows, new Random(1));
  expect(test.length + train.length).toBe(500);
  expect(test.length).toBeCloseTo(100, -1);
  expect(Array.from(test).filter((i) => i % 2).length).toBeCloseTo(50, -1);
  const groups = new Set(Array.from(test, (i) => rows.groups[i]));
  expect(Array.from(train).some((i) => groups.has(rows.groups[i]!))).toBe(false);
});

it('a retrained run holds out what its parent did, though the file has grown, and learns nothing that repeats it', () => {
  const { test } = splitByChance(rowsOf(500), new Random(1));
  const grown = rowsOf(700);
  // A new row repeats a held-out one.
  grown.groups[650] = grown.groups[test[0]!]!;
  const again = splitLikeParent(
    grown,
    Array.from(test, (i) => i + 1),
  );
  expect(again.test).toEqual(test);
  expect(again.train).not.toContain(650);
  expect(again.train).toContain(651);
});

it('the newest gained rows are held back where they are enough, but for those that repeat what is learnt', () => {
  const rows = rowsOf(700);
  const newest = newestRows(rows, rows.labelled, 500);
  // 30 % of 200, the last ones.
  expect([...newest].sort((a, b) => a - b)[0]).toBe(640);
  expect(newest.size).toBe(60);
  rows.groups[699] = rows.groups[3]!;
  expect(newestRows(rows, rows.labelled, 500).has(699)).toBe(false);
  expect(newestRows(rows, rows.labelled, 650).size).toBe(0);
});
