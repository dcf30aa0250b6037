/** Dense numbers of rows, standardized so that a row is about 1 long: what scores are stacked of (`stacked-scores.ts`). */
import type { SparseMatrix } from '@gradus/stats';
import { spreadOf } from './stacked-scores.ts';

/** Plain data. */
export interface Standardization {
  /** Of each number over the rows that are learnt from. */
  readonly center: readonly number[];
  /** Spreads, times the root of how many numbers there are. */
  readonly scale: readonly number[];
}

/** @param rows at least one, each [width] */
export function standardizationOf(rows: readonly Float32Array[]): Standardization {
  const width = rows[0]!.length;
  const joined = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) joined.set(row, i * width);
  const { means: center, spreads } = spreadOf(joined, width);
  return { center, scale: spreads.map((spread) => spread * Math.sqrt(width)) };
}

/** Standardized numbers of each row; a row without any is empty. */
export function standardizedRows(
  { center, scale }: Standardization,
  rows: readonly (Float32Array | undefined)[],
): SparseMatrix {
  const columns = center.length;
  const offsets = new Int32Array(rows.length + 1);
  for (const [row, numbers] of rows.entries()) offsets[row + 1] = offsets[row]! + (numbers ? columns : 0);
  const indices = new Int32Array(offsets.at(-1)!);
  const values = new Float32Array(offsets.at(-1)!);
  for (const [row, numbers] of rows.entries()) {
    if (!numbers) continue;
    for (let k = 0; k < columns; k++) {
      indices[offsets[row]! + k] = k;
      values[offsets[row]! + k] = (numbers[k]! - center[k]!) / scale[k]!;
    }
  }
  return { rows: rows.length, columns, offsets, indices, values };
}
