/**
 * Bins of a column: what trees see of it. Numbers are sorted into at most 255 ranges of about equally many rows, as LightGBM does
 * (Ke et al., 2017): a value that is common enough has a range of its own. Categories have a bin each, the commonest first.
 */

import { MOST_THRESHOLDS } from '@gradus/engine';
import type { CategoryColumn, NumberColumn, TreeColumn } from './columns.ts';
import { sortedFloats } from './sort-floats.ts';

export interface NumberBins {
  readonly kind: 'number';
  /** Float32, ascending. A value is in bin b where it is at most threshold b and above threshold b − 1. */
  readonly thresholds: Float32Array;
  /** The bin of NaN, behind the others. */
  readonly missing: number;
  /** Bins that rows can be in, `missing` included. */
  readonly count: number;
}

export interface CategoryBins {
  readonly kind: 'category';
  /** By code. Categories without a bin of their own, and codes that are none, are in bin `other`. */
  readonly bins: Uint8Array;
  readonly other: number;
  readonly count: number;
}

export type Bins = NumberBins | CategoryBins;

/** One bin is for what is missing. */
const MOST_RANGES = MOST_THRESHOLDS - 1;
/** Bins are made from so many rows at most, taken evenly. */
const SAMPLE = 200_000;
/** A range holds at least so many rows of the sample. */
const FEWEST_IN_RANGE = 3;

export const binsOf = (column: TreeColumn, most = MOST_RANGES): Bins =>
  column.kind === 'number' ? numberBins(column, most) : categoryBins(column, most);

function numberBins({ values }: NumberColumn, most: number): NumberBins {
  const step = Math.max(1, values.length / SAMPLE);
  const sample = new Float32Array(Math.floor(values.length / step));
  let size = 0;
  for (let i = 0; i < sample.length; i++) {
    const value = values[Math.floor(i * step)]!;
    if (!Number.isNaN(value)) sample[size++] = value;
  }
  const thresholds = thresholdsOf(sortedFloats(sample.subarray(0, size)), Math.min(most, MOST_RANGES));
  const missing = thresholds.length + 1;
  return { kind: 'number', thresholds, missing, count: missing + 1 };
}

/** @param sorted without NaN @param most ranges */
function thresholdsOf(sorted: Float32Array, most: number): Float32Array {
  const values = new Float32Array(sorted.length);
  const counts = new Int32Array(sorted.length);
  let distinct = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (i === 0 || sorted[i] !== values[distinct - 1]) values[distinct++] = sorted[i]!;
    counts[distinct - 1]!++;
  }
  const fewest = Math.min(FEWEST_IN_RANGE, sorted.length / most);
  // Values that fill a range alone have one; the others share what is left.
  let rest = sorted.length;
  let ranges = Math.min(most, distinct);
  const share = rest / ranges;
  for (let i = 0; i < distinct; i++) {
    if (counts[i]! < share) continue;
    rest -= counts[i]!;
    ranges--;
  }
  let size = Math.max(rest / Math.max(ranges, 1), fewest);
  const thresholds: number[] = [];
  let inRange = 0;
  for (let i = 0; i + 1 < distinct && thresholds.length + 1 < most; i++) {
    const alone = counts[i]! >= share;
    inRange += counts[i]!;
    if (!alone) rest -= counts[i]!;
    const full = distinct <= most ? inRange >= fewest : inRange >= size;
    const nextIsAlone = counts[i + 1]! >= share;
    if (!(alone || full || (nextIsAlone && inRange >= Math.max(1, size / 2)))) continue;
    thresholds.push(between(values[i]!, values[i + 1]!));
    inRange = 0;
    if (alone) continue;
    ranges--;
    size = Math.max(rest / Math.max(ranges, 1), fewest);
  }
  return Float32Array.from(thresholds);
}

/** A float32 from `low` up, and below `high`: their middle where there is one. */
function between(low: number, high: number): number {
  const middle = Math.fround(low / 2 + high / 2);
  return middle >= low && middle < high ? middle : low;
}

function categoryBins({ codes, categories }: CategoryColumn, most: number): CategoryBins {
  const counts = new Float64Array(categories);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (isCategory(code, categories)) counts[code]!++;
  }
  const common = Array.from({ length: categories }, (_, code) => code)
    .filter((code) => counts[code]! > 0)
    .sort((a, b) => counts[b]! - counts[a]! || a - b)
    .slice(0, most);
  const other = common.length;
  const bins = new Uint8Array(categories).fill(other);
  for (const [bin, code] of common.entries()) bins[code] = bin;
  return { kind: 'category', bins, other, count: other + 1 };
}

export const isCategory = (code: number, categories: number): boolean =>
  Number.isInteger(code) && code >= 0 && code < categories;

/** The bin of one value. */
export function binOf(bins: Bins, value: number): number {
  if (bins.kind === 'category') {
    return isCategory(value, bins.bins.length) ? bins.bins[value]! : bins.other;
  }
  if (Number.isNaN(value)) return bins.missing;
  const single = Math.fround(value);
  let [low, high] = [0, bins.thresholds.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (single > bins.thresholds[middle]!) low = middle + 1;
    else high = middle;
  }
  return low;
}
