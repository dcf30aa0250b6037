/** A column made ready for statistics. */
import type { ColumnType } from './vocabulary.ts';

export type Feature =
  | {
      readonly kind: 'number';
      readonly name: string;
      readonly type: ColumnType;
      /** NaN where missing. */
      readonly numbers: Float64Array;
    }
  | {
      readonly kind: 'category';
      readonly name: string;
      readonly type: ColumnType;
      /** Index into levels; -1 where missing. */
      readonly codes: Int32Array;
      /** The most frequent first; the last may stand for all others together (`null`). */
      readonly levels: readonly (string | null)[];
    };

/** Values beyond the most frequent count as one: each would have too few rows to say anything. */
export const MOST_LEVELS = 50;

/** @param counts How often each value comes. */
export function categoryFeature(
  name: string,
  type: ColumnType,
  cells: readonly string[],
  counts: ReadonlyMap<string, number>,
): Feature {
  const ordered = byCount(counts).map(([value]) => value);
  const levels: (string | null)[] = ordered.slice(0, MOST_LEVELS);
  const index = new Map(levels.map((value, i) => [value, i]));
  if (ordered.length > MOST_LEVELS) levels.push(null);
  const codes = Int32Array.from(cells, (cell) => (cell === '' ? -1 : (index.get(cell) ?? MOST_LEVELS)));
  return { kind: 'category', name, type, codes, levels };
}

/** The most frequent first; of equal counts the one that sorts first. */
export const byCount = (counts: ReadonlyMap<string, number>): [string, number][] =>
  [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));

export const isMissing = (feature: Feature, row: number): boolean =>
  feature.kind === 'number' ? Number.isNaN(feature.numbers[row]!) : feature.codes[row]! < 0;

export const rowsOf = (feature: Feature): number =>
  feature.kind === 'number' ? feature.numbers.length : feature.codes.length;
