import { expect, test } from 'vitest';
import { sliceColumns } from './slice-columns.ts';

const slices = (values: readonly number[]) => {
  const column = {
    name: 'x',
    cells: { kind: 'number', values: Float64Array.from(values), decimal: '.' },
  } as const;
  return [...new Set(sliceColumns([column], Int32Array.from(values.keys())).x)];
};

test('whole numbers are cut between whole numbers', () => {
  expect(slices(Array.from({ length: 30 }, (_, i) => i))).toEqual(['≤ 9', '10 – 19', '≥ 20']);
});

test('where most are the least, that is a slice of its own', () => {
  expect(slices([0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7])).toEqual(['0', '1 – 3', '≥ 4']);
  expect(slices([0, 0, 0, 0, 0, 0, 0, 0, 0.1, 0.2, 0.3, 0.4, 0.5])).toEqual(['0', '0 – 0.1', '> 0.1']);
});

test('other numbers are cut in thirds, each value below or at its edge', () => {
  expect(slices(Array.from({ length: 7 }, (_, i) => i + 0.5))).toEqual(['≤ 2.5', '2.5 – 4.5', '> 4.5']);
});

test('few different numbers stand for themselves; missing ones are no slice', () => {
  expect(slices([3, 1.5, Number.NaN, 3])).toEqual(['3', '1.5', null]);
});
