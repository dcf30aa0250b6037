/** Columns of a table as a pipeline takes them: its cells are texts, of which numbers and times are read in the form that each column has. */
import { UserError } from '@gradus/base';
import { parseNumbers } from '../table/numbers.ts';
import type { Table } from '../table/table.ts';
import { parseTimes } from '../table/times.ts';
import { type ColumnType, KINDS, type RawKind } from './block.ts';
import type { ColumnData } from './raw.ts';

export interface TableColumns {
  readonly columns: Readonly<Record<string, ColumnData>>;
  /** Cells that hold something, but not what their column should; they count as missing. */
  readonly unread: readonly UnreadCells[];
}

export interface UnreadCells {
  readonly column: string;
  readonly kind: RawKind;
  readonly count: number;
  /** The first of them, with the row's number in the source. */
  readonly first: { readonly row: number; readonly cell: string };
}

/** @throws UserError naming a column that the table lacks, or that tables have no cells for */
export function tableColumns(table: Table, types: readonly ColumnType[]): TableColumns {
  const unread: UnreadCells[] = [];
  const columns = types.map(({ name, kind }): [string, ColumnData] => {
    const at = table.columns.indexOf(name);
    if (at < 0) {
      throw new UserError({
        en: `the table has no column "${name}"; it has ${table.columns.map((column) => `"${column}"`).join(', ')}`,
        zh: `表格没有列“${name}”；已有的列：${table.columns.map((column) => `“${column}”`).join('、')}`,
      });
    }
    const read = READERS[kind as keyof typeof READERS];
    if (!read)
      throw new UserError({
        en: `column "${name}": ${KINDS[kind].en} columns are not read from tables`,
        zh: `列“${name}”：不能从表格读取${KINDS[kind].zh}列`,
      });
    const cells = table.rows.map((row) => row[at]!.trim());
    const values = read(cells);
    const bad = cells.flatMap((cell, i) => (cell !== '' && values[i] === undefined ? [i] : []));
    if (bad.length > 0) {
      const [first] = bad as [number];
      unread.push({
        column: name,
        kind,
        count: bad.length,
        first: { row: table.numbers[first]!, cell: cells[first]! },
      });
    }
    return [name, values as ColumnData];
  });
  return { columns: Object.fromEntries(columns), unread };
}

const READERS: Readonly<
  Record<'number' | 'text' | 'time', (cells: readonly string[]) => readonly (string | number | undefined)[]>
> = {
  number: (cells) => parseNumbers(cells).numbers,
  text: (cells) => cells,
  time: (cells) => parseTimes(cells, true, EARLIEST).times,
};

/** The first day of the Gregorian calendar everywhere it was adopted first. */
const EARLIEST = Date.UTC(1582, 9, 15);
