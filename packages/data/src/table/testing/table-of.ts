/** A table of a test, as a reader of CSV would give it. */
import type { Table } from '../table.ts';

export const tableOf = (columns: string[], rows: string[][]): Table => ({
  columns,
  rows,
  numbers: rows.map((_, i) => i + 1),
  rowsRead: rows.length,
  sampled: false,
  setAside: { count: 0, rows: [] },
  format: 'csv',
  encoding: 'utf-8',
  delimiter: ',',
  foreignLines: 0,
  bytes: 0,
});
