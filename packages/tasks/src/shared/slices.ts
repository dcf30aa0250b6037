/** Parts of held-out rows that are worth a figure of their own: each frequent value of a column, and the newest rows. */
import type { Localized } from '@gradus/base';

/** What slices are made of: values of columns by name, null where missing, and moments. */
export interface Sliceable {
  readonly rows: ArrayLike<number>;
  readonly slices: Readonly<Record<string, readonly (string | null)[]>>;
  readonly times?: readonly (number | null)[] | undefined;
}

export interface RowsOfSlice {
  readonly name: Localized;
  readonly isNewest: boolean;
  /** Places among the held-out rows. */
  readonly rows: readonly number[];
}

/** A value's name, for people to read. Default: `column: value`. */
export type SliceName = (column: string, value: string) => Localized;

/** Fewer rows than this say too little of a slice. */
const FEWEST_ROWS = 30;
/** Of one column. */
const MOST_VALUES = 20;
const NEWEST_SHARE = 0.25;

export function slicesOf(
  { rows, slices, times = [] }: Sliceable,
  nameOf: SliceName = (column, value) => ({ en: `${column}: ${value}`, zh: `${column}：${value}` }),
): RowsOfSlice[] {
  const columns = Object.entries(slices).flatMap(([column, values]) => {
    const known = [...values.keys()].filter((i) => values[i] !== null);
    const byValue = [...Map.groupBy(known, (i) => values[i]!)];
    const largest = new Set(byValue.toSorted(([, a], [, b]) => b.length - a.length).slice(0, MOST_VALUES));
    return byValue
      .filter((entry) => largest.has(entry))
      .map(([value, rows]) => ({ name: nameOf(column, value), isNewest: false, rows }));
  });
  const dated = [...times.keys()].filter((i) => times[i] !== null).sort((a, b) => times[a]! - times[b]!);
  const newest = {
    name: { en: 'the newest quarter', zh: '最新的四分之一' },
    isNewest: true,
    rows: dated.slice(Math.ceil((1 - NEWEST_SHARE) * dated.length)),
  };
  return [...columns, newest].filter(
    (slice) => slice.rows.length >= FEWEST_ROWS && slice.rows.length < rows.length,
  );
}
