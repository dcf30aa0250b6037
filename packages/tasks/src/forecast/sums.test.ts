/** Errors by which series are found to go together. */
import { expect, it } from 'vitest';
import { cellsOf } from './sums.ts';

it('each time of the past counts once, though several rolls tell it, and a roll that is left out not at all', () => {
  const origins = [10, 12, 14, 16];
  const times = (without: number) => cellsOf(origins, 4, without).map(([r, k]) => origins[r]! + k);
  expect(times(-1).sort((a, b) => a - b)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  expect(cellsOf(origins, 4, 1).some(([r]) => r === 1)).toBe(false);
  // Near and far steps both.
  expect(new Set(cellsOf(origins, 4, -1).map(([, k]) => k)).size).toBeGreaterThan(2);
});
