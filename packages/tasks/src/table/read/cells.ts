/**
 * Cells of a column, read in the form that the column has. Training and service read by this file alone, so that the same cell
 * has the same value in both.
 *
 * What stands for a missing value depends on what the column holds: among numbers and dates "none" says nothing, but as a category
 * ("marital status: none", 无) it may say much. So categories are missing where nothing is written, or what programs write for it.
 */
import {
  cleanText,
  EARLIEST_DATE,
  halfWidth,
  isDisguisedMissing,
  parseNumbers,
  parseTimes,
} from '@gradus/data';
import type { Cells, RawRow, TableColumn } from '../columns.ts';
import type { ColumnForm } from './column-form.ts';

type RawCell = RawRow[string] | undefined;
type Form<K extends ColumnForm['kind']> = Extract<ColumnForm, { kind: K }>;

/** What programs write for a missing value. */
const NO_CATEGORY = new Set(
  '? ?? - -- --- — —— – . \\n na n/a n.a. #n/a nan null <na> <null> (null) (blank) #null! #value! #ref! #div/0!'.split(
    ' ',
  ),
);
const LONGEST_NO_CATEGORY = 8;

/** @param cell Trimmed */
const isNoCategory = (cell: string): boolean =>
  cell === '' || (cell.length <= LONGEST_NO_CATEGORY && NO_CATEGORY.has(halfWidth(cell).toLowerCase()));

/** A class as its cells write it: one form of each character, single spaces; '' where missing. */
export function labelText(cell: string): string {
  const text = cell.normalize('NFC').replace(/\s+/gu, ' ').trim();
  return isNoCategory(text) ? '' : text;
}

/** A category as it is compared: as `labelText`, and with one way to write true and false, which JSON has as values. */
export function categoryOf(cell: string): string {
  const text = labelText(cell);
  return /^(?:true|false)$/i.test(text) ? text.toLowerCase() : text;
}

/** Whether a cell of numbers, dates or texts holds nothing. */
export const isBlank = (cell: string): boolean => {
  const trimmed = cell.trim();
  return trimmed === '' || isDisguisedMissing(trimmed);
};

/** By place: what the column's cells say; `unread` are places of cells that hold something which is no value of the column. */
interface ReadCells {
  readonly cells: Cells;
  readonly unread: readonly number[];
}

/** Reads each different cell once: columns repeat themselves. */
function byCell<T>(raw: readonly RawCell[], read: (cell: RawCell) => T): T[] {
  const seen = new Map<RawCell, T>();
  return raw.map((cell) => {
    const known = seen.get(cell);
    if (known !== undefined) return known;
    const value = read(cell);
    seen.set(cell, value);
    return value;
  });
}

/** A number that is none: the cell holds something else. A missing one is NaN. */
const UNREAD = null;
/** What a float32 holds, as which models compute. A number beyond it is an error of who wrote it, and would make means infinite. */
const LARGEST = 2 ** 127 * (2 - 2 ** -23);

function readNumber(cell: RawCell, { decimal }: Form<'number'>): number | null {
  if (cell === null || cell === undefined) return Number.NaN;
  if (typeof cell === 'boolean') return Number(cell);
  if (typeof cell === 'string' && isBlank(cell)) return Number.NaN;
  const value = typeof cell === 'number' ? cell : parseNumbers([cell], decimal).numbers[0];
  return value === undefined || Math.abs(value) > LARGEST ? UNREAD : value;
}

function readTime(cell: RawCell, { order, numbers }: Form<'time'>): number | null {
  if (cell === null || cell === undefined) return Number.NaN;
  if (typeof cell === 'boolean') return UNREAD;
  if (typeof cell === 'number' && !Number.isFinite(cell)) return Number.isNaN(cell) ? cell : UNREAD;
  const text = String(cell);
  if (isBlank(text)) return Number.NaN;
  const time = parseTimes([text], numbers, EARLIEST_DATE, order).times[0];
  if (time !== undefined) return time;
  return typeof cell === 'number' ? cell : UNREAD;
}

/** `column` of some rows; cells may be of any kind that JSON has. */
function readCells(form: ColumnForm, raw: readonly RawCell[]): ReadCells {
  switch (form.kind) {
    case 'number':
    case 'time': {
      const values = byCell(raw, (cell) =>
        form.kind === 'number' ? readNumber(cell, form) : readTime(cell, form),
      );
      const numbers = Float64Array.from(values, (value) => value ?? Number.NaN);
      return {
        cells:
          form.kind === 'number'
            ? { kind: 'number', values: numbers, decimal: form.decimal }
            : { kind: 'time', values: numbers, ...(form.order && { order: form.order }) },
        unread: values.flatMap((value, i) => (value === UNREAD ? [i] : [])),
      };
    }
    case 'category':
      return { cells: categories(byCell(raw, (cell) => categoryOf(textOf(cell)))), unread: [] };
    case 'image':
      return {
        cells: {
          kind: 'image',
          values: raw.map((cell) => {
            const source = textOf(cell).trim();
            return source === '' ? null : { source };
          }),
        },
        unread: [],
      };
    case 'text':
      return {
        cells: {
          kind: 'text',
          values: byCell(raw, (cell) => {
            const text = textOf(cell);
            return isBlank(text) ? '' : cleanText(text);
          }),
        },
        unread: [],
      };
  }
}

const textOf = (cell: RawCell): string => (cell === null || cell === undefined ? '' : String(cell));

function categories(texts: readonly string[]): Cells {
  const codes = new Map<string, number>();
  return {
    kind: 'category',
    codes: Int32Array.from(texts, (text) => {
      if (text === '') return -1;
      const code = codes.get(text) ?? codes.size;
      codes.set(text, code);
      return code;
    }),
    levels: [...codes.keys()],
  };
}

/**
 * @param raw The column's cells, by place
 * @param numberOf A place's row in the file, from 1
 */
export function readColumn(
  form: ColumnForm,
  raw: readonly RawCell[],
  numberOf: (place: number) => number,
): TableColumn & { readonly unreadPlaces: readonly number[] } {
  const { cells, unread } = readCells(form, raw);
  const [first] = unread;
  return {
    name: form.name,
    cells,
    ...(first !== undefined && {
      unread: { count: unread.length, row: numberOf(first), cell: textOf(raw[first]).trim() },
    }),
    unreadPlaces: unread,
  };
}
