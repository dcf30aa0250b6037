/** Tables whose columns stand apart by spaces, as instruments and R write them: the reader of files takes each line as one text. */
import type { EvidenceTable } from './evidence.ts';

export function withSpacesAsColumns(table: EvidenceTable): EvidenceTable {
  const [header] = table.columns;
  const names = header?.trim().split(/\s+/) ?? [];
  if (table.columns.length !== 1 || names.length < 2 || new Set(names).size < names.length) return table;
  const rows = table.rows.map(([line]) => line!.trim().split(/\s+/));
  if (rows.length === 0 || !rows.every(({ length }) => length === names.length)) return table;
  const hasNumbers = names.some((_, at) => rows.every((row) => Number.isFinite(Number(row[at]))));
  return hasNumbers ? { ...table, columns: names, rows } : table;
}
