/** Of too many columns those that are fullest and vary most; of too many texts the longest. */
import type { Cells, TableColumn } from '../columns.ts';

/** Rows that are looked at. */
const LOOKED_AT = 2000;

/** @param rows The first so many are looked at evenly @returns the names of `most` columns */
export function mostTelling(columns: readonly TableColumn[], rows: number, most: number): Set<string> {
  const step = Math.max(1, Math.floor(rows / LOOKED_AT));
  const ranked = columns
    .map(({ name, cells }) => ({ name, worth: entropyOf(cells, rows, step) }))
    .sort((a, b) => b.worth - a.worth);
  return new Set(ranked.slice(0, most).map(({ name }) => name));
}

/** Names of the columns of texts beside those `most` whose texts are longest on average. @param rows The first so many are looked at */
export function shorterTexts(columns: readonly TableColumn[], rows: number, most: number): Set<string> {
  const lengths = columns.flatMap(({ name, cells }) => {
    if (cells.kind !== 'text') return [];
    return [{ name, length: cells.values.slice(0, rows).reduce((sum, text) => sum + text.length, 0) }];
  });
  return new Set(
    lengths
      .sort((a, b) => b.length - a.length)
      .slice(most)
      .map(({ name }) => name),
  );
}

/** Shannon's, of the cells that hold something, times their share: bits that a cell gives on average. */
function entropyOf(cells: Cells, rows: number, step: number): number {
  const values: ArrayLike<number | string> =
    cells.kind === 'category'
      ? cells.codes
      : cells.kind === 'image'
        ? cells.values.map((cell) => cell?.source ?? '')
        : cells.values;
  const counts = new Map<number | string, number>();
  let [looked, filled] = [0, 0];
  for (let row = 0; row < rows; row += step) {
    looked += 1;
    const value = values[row]!;
    if (value === '' || Number.isNaN(value) || (cells.kind === 'category' && value === -1)) continue;
    filled += 1;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  let bits = 0;
  for (const own of counts.values()) bits -= (own / filled) * Math.log2(own / filled);
  return (bits * filled) / looked;
}
