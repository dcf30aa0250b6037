import { Random } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TableRows } from './columns.ts';
import { splitTable } from './split.ts';
import { customers } from './testing/customers.ts';

const N = 400;
const ROWS = customers(N);
const alone = Int32Array.from({ length: N }, (_, i) => i);
const split = (rows: TableRows, groups = alone, heldOut?: readonly number[]) =>
  splitTable(rows, groups, { random: new Random(3), ...(heldOut && { heldOut }) });
const share = (rows: TableRows, places: Int32Array): number => {
  if (rows.target.kind !== 'classes') throw new Error('customers leave or stay');
  const { labels } = rows.target;
  return places.reduce((sum, i) => sum + labels[i]!, 0) / places.length;
};

describe('a table is split', () => {
  it('by chance into four fifths and one, each with the same mix of classes, and each row once', () => {
    const { kind, train, test, folds } = split(ROWS);
    expect(kind).toBe('chance');
    expect([...train, ...test].toSorted((a, b) => a - b)).toEqual([...alone]);
    expect(test.length).toBeCloseTo(N / 5, -1);
    expect(share(ROWS, test)).toBeCloseTo(share(ROWS, train), 1);
    const validated = folds.flatMap(({ validation }) => [...validation]);
    expect(validated.toSorted((a, b) => a - b)).toEqual([...train]);
    for (const fold of folds) expect([...fold.train].some((i) => fold.validation.includes(i))).toBe(false);
  });

  it('so that no group is on both sides, in folds too', () => {
    fc.assert(
      fc.property(fc.integer({ min: 6, max: 60 }), fc.integer({ min: 0, max: 1000 }), (count, seed) => {
        const random = new Random(seed);
        const groups = Int32Array.from({ length: N }, () => random.below(count));
        const rows = { ...ROWS, groups: { column: 'g', values: groups } };
        const { kind, train, test, folds } = split(rows, groups);
        expect(kind).toBe('group');
        for (const [a, b] of [
          [train, test] as const,
          ...folds.map(({ train, validation }) => [train, validation] as const),
        ]) {
          const inside = new Set(Array.from(a, (i) => groups[i]!));
          expect(Array.from(b).some((i) => inside.has(groups[i]!))).toBe(false);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('by time: the latest judge, and folds walk forward; rows without a time are learnt from', () => {
    const values = Float64Array.from({ length: N }, (_, i) => (i % 50 === 7 ? Number.NaN : (i * 37) % N));
    const { kind, train, test, folds } = split({ ...ROWS, times: { column: 't', values } });
    expect(kind).toBe('time');
    const latest = Math.max(...Array.from(train, (i) => values[i]!).filter((time) => !Number.isNaN(time)));
    expect(Math.min(...Array.from(test, (i) => values[i]!))).toBeGreaterThan(latest);
    expect(Array.from(train).filter((i) => Number.isNaN(values[i]!))).toHaveLength(N / 50);
    for (const fold of folds) {
      const before = Math.max(
        ...Array.from(fold.train, (i) => values[i]!).filter((time) => !Number.isNaN(time)),
      );
      const after = Array.from(fold.validation, (i) => values[i]!).filter((time) => !Number.isNaN(time));
      expect(Math.min(...after)).toBeGreaterThan(before);
    }
  });

  it('as the file for testing says, but for rows that it repeats', () => {
    const isTest = Uint8Array.from({ length: N }, (_, i) => Number(i >= 300));
    const groups = alone.slice();
    groups[5] = 301;
    const { kind, train, test } = split({ ...ROWS, isTest }, groups);
    expect(kind).toBe('given');
    expect([...test]).toEqual([...alone.slice(300)]);
    expect(train.includes(5)).toBe(false);
    expect(train).toHaveLength(299);
  });

  it('like the run that is retrained, though the file has grown', () => {
    const first = split(ROWS);
    const numbers = Array.from(first.test, (i) => ROWS.numbers[i]!);
    const grown = customers(N + 100);
    const again = splitTable(
      grown,
      Int32Array.from({ length: N + 100 }, (_, i) => i),
      { random: new Random(9), heldOut: numbers },
    );
    expect(again.kind).toBe('parent');
    expect(Array.from(again.test, (i) => grown.numbers[i]!)).toEqual(numbers);
    expect(again.train).toHaveLength(N + 100 - numbers.length);
    expect(again.isOrdered).toBe(false);
  });

  it('like the run that is retrained, in the order of time where that one was', () => {
    const times = (count: number) => ({
      column: 't',
      values: Float64Array.from({ length: count }, (_, i) => (i % 50 === 7 ? Number.NaN : (i * 37) % count)),
    });
    const first = split({ ...ROWS, times: times(N) });
    const heldOut = Array.from(first.test, (i) => ROWS.numbers[i]!);
    const again = split({ ...ROWS, times: times(N) }, alone, heldOut);
    expect(again.kind).toBe('parent');
    expect(again.isOrdered).toBe(true);
    expect(again.train).toEqual(first.train);
    expect(again.folds).toEqual(first.folds);
  });
});
