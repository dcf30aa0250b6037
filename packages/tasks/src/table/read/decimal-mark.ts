/**
 * Which mark begins decimals where a column alone does not show it: 61.234 is sixty-one and a bit, or sixty-one thousand. People write
 * one table in one way, so the table's other columns decide.
 */
import { type DecimalMark, parseNumbers, type Table } from '@gradus/data';

/** Rows that are looked at. */
const MOST_ROWS = 1000;
/** One or two digits behind the mark, or more than three: no thousands. */
const CLEAR = {
  '.': /\d\.(?:\d{1,2}|\d{4,})(?!\d|[.,]\d)/,
  ',': /\d,(?:\d{1,2}|\d{4,})(?!\d|[.,]\d)/,
} as const;

/** The comma where some cells show it and none shows the point. */
export function markOfTable({ rows }: Pick<Table, 'rows'>): DecimalMark {
  const some = rows.slice(0, MOST_ROWS);
  const shows = (mark: DecimalMark) =>
    some.some((row) => row.some((cell) => cell.length < 30 && CLEAR[mark].test(cell)));
  return shows(',') && !shows('.') ? ',' : '.';
}

/** @param own What the column alone says; @param ofTable what the table does */
export const markOf = (cells: readonly string[], own: DecimalMark, ofTable: DecimalMark): DecimalMark =>
  ofTable !== own && parseNumbers(cells).assumed ? ofTable : own;
