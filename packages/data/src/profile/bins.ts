/**
 * A column as few bins: those of numbers hold about as many rows each, those of categories are its levels; missing cells
 * have one of their own.
 */
import { quantileSorted } from '@gradus/stats';
import { sorted } from './distribution.ts';
import type { Feature } from './feature.ts';

export interface Bins {
  readonly count: number;
  /** The bin of each row; all kinds of rows, whether they were among those the bins were made from or not. */
  readonly of: Uint16Array;
}

/**
 * @param rows Those the bins are made from.
 * @param most Of numbers.
 */
export function binned(feature: Feature, rows: Uint32Array, most: number): Bins {
  if (feature.kind === 'category') {
    const count = feature.levels.length + 1;
    return { count, of: Uint16Array.from(feature.codes, (code) => (code < 0 ? count - 1 : code)) };
  }
  const { numbers } = feature;
  const ascending = sorted(Float64Array.from(rows, (row) => numbers[row]!));
  const cuts = ascending.length === 0 ? [] : cutsOf(ascending, most);
  const count = cuts.length + 2;
  return { count, of: Uint16Array.from(numbers, (x) => (Number.isNaN(x) ? count - 1 : binOf(x, cuts))) };
}

/** Each value is a bin of its own where there are few, else quantiles cut; a bin holds what is at most its cut. */
function cutsOf(ascending: Float64Array, most: number): number[] {
  const values = new Set<number>();
  for (const x of ascending) {
    values.add(x);
    if (values.size > most) break;
  }
  const cuts =
    values.size <= most
      ? [...values].slice(0, -1)
      : Array.from({ length: most - 1 }, (_, i) => quantileSorted(ascending, (i + 1) / most));
  return [...new Set(cuts)];
}

function binOf(x: number, cuts: readonly number[]): number {
  let [low, high] = [0, cuts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x <= cuts[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function countsOf(bins: Bins, rows: Uint32Array): Float64Array {
  const counts = new Float64Array(bins.count);
  for (const row of rows) counts[bins.of[row]!]! += 1;
  return counts;
}
