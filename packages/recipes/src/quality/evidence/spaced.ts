/**
 * Tables whose columns stand apart by spaces, as instruments and R write them: the reader of files takes each line as one text. Without a
 * header all cells are numbers, as in the `.dat` files of simulators.
 */
import type { Localized } from '@gradus/base';
import type { EvidenceTable } from './evidence.ts';

export function withSpacesAsColumns(table: EvidenceTable): EvidenceTable {
  const [header] = table.columns;
  if (table.rows.length === 0) return table;
  // Lines that begin with a space begin with an empty cell.
  if (table.columns.length > 1 && NAMELESS.test(header!) && table.rows.every(([cell]) => cell === ''))
    return {
      ...table,
      columns: table.columns.slice(1).map((_, at) => `column ${at + 1}`),
      rows: table.rows.map((row) => row.slice(1)),
    };
  if (table.columns.length !== 1) return table;
  const names = header!.trim().split(/\s+/);
  const rows = table.rows.map(([line]) => line!.trim().split(/\s+/));
  const width = rows[0]!.length;
  if (width < 2 || !rows.every(({ length }) => length === width)) return table;
  const isNumber = (cell: string) => Number.isFinite(Number(cell));
  if (names.length === width && new Set(names).size === width) {
    const hasNumbers = names.some((_, at) => rows.every((row) => isNumber(row[at]!)));
    return hasNumbers ? { ...table, columns: names, rows } : table;
  }
  return NAMELESS.test(header!) && rows.every((row) => row.every(isNumber))
    ? { ...table, columns: rows[0]!.map((_, at) => `column ${at + 1}`), rows }
    : table;
}

/** What the reader of files calls columns of a file without a header. */
const NAMELESS = /^column \d+$/;

/**
 * Tables of nothing but numbers without a header, of which one has a row for each column of the others: it lies on its side, as the rows in
 * control of Tennessee Eastman's simulator do (`d00.dat`).
 */
export function turnedUpright(tables: readonly EvidenceTable[]): {
  readonly tables: EvidenceTable[];
  readonly notes: readonly Localized[];
} {
  const nameless = tables.filter(({ columns }) => columns.every((name) => NAMELESS.test(name)));
  const notes: Localized[] = [];
  const turned = tables.map((table) => {
    const isOnSide =
      nameless.includes(table) &&
      nameless.some(
        ({ columns, rows }) =>
          columns.length === table.rows.length &&
          columns.length !== table.columns.length &&
          rows.length !== columns.length,
      );
    if (!isOnSide) return table;
    notes.push({
      en: `${table.file} has ${table.rows.length} rows of ${table.columns.length} values where other files have ${table.rows.length} columns: it lies on its side, and was turned.`,
      zh: `${table.file} 有 ${table.rows.length} 行、每行 ${table.columns.length} 个值，而其他文件有 ${table.rows.length} 列：行列颠倒，已转置。`,
    });
    return {
      ...table,
      columns: table.rows.map((_, at) => `column ${at + 1}`),
      rows: table.columns.map((_, at) => table.rows.map((row) => row[at]!)),
      numbers: table.columns.map((_, at) => at + 1),
    };
  });
  return { tables: turned, notes };
}
