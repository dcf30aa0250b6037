/** Tables for tests, from rows of cells. */
import type { Table } from '@gradus/data';

export const tableOf = (columns: readonly string[], rows: readonly (readonly string[])[]): Table => ({
  columns,
  rows,
  numbers: rows.map((_, i) => i + 1),
  rowsRead: rows.length,
  sampled: false,
  setAside: { count: 0, rows: [] },
  format: 'csv',
  foreignLines: 0,
  bytes: 0,
});

/** By columns: a name, and the cell of each row. */
export const tableFrom = (rows: number, columns: Readonly<Record<string, (row: number) => string>>): Table =>
  tableOf(
    Object.keys(columns),
    Array.from({ length: rows }, (_, row) => Object.values(columns).map((cell) => cell(row))),
  );
