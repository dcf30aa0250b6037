/** The forms of a table's columns, kept by a model; rows of requests and of files read in them. */
import { type Localized, UserError } from '@gradus/base';
import { closestName, isTimeName } from '@gradus/data';
import type { RawRow, TableColumn } from '../columns.ts';
import { readColumn } from './cells.ts';
import type { ColumnForm } from './column-form.ts';

/** How later cells of a column are to be read so that they have the values they would have had in training. */
export function columnForm({ name, cells }: TableColumn): ColumnForm {
  switch (cells.kind) {
    case 'number':
      return { kind: 'number', name, decimal: cells.decimal };
    case 'time':
      return { kind: 'time', name, numbers: isTimeName(name), ...(cells.order && { order: cells.order }) };
    case 'category':
    case 'text':
    case 'image':
      return { kind: cells.kind, name };
  }
}

/** A cell that holds something which its column cannot have; it counts as missing. Rows count from 0. */
export interface UnreadCell {
  readonly row: number;
  readonly column: string;
  readonly cell: string;
}

/**
 * @param rows With cells as a file has them (texts), or as JSON has them. Of a column of times, numbers are milliseconds since 1970,
 *   or what the column's own numbers are (seconds). What a row lacks is missing; columns of other names are passed over.
 */
export function cellsOf(
  forms: readonly ColumnForm[],
  rows: readonly RawRow[],
): { readonly columns: TableColumn[]; readonly unread: UnreadCell[] } {
  const read = forms.map((form) =>
    readColumn(
      form,
      rows.map((row) => (Object.hasOwn(row, form.name) ? row[form.name] : null)),
      (place) => place + 1,
    ),
  );
  return {
    columns: read.map(({ unreadPlaces: _, ...column }) => column),
    unread: read
      .flatMap(({ name, unreadPlaces }) =>
        unreadPlaces.map((row) => ({ row, column: name, cell: String(rows[row]![name]).trim() })),
      )
      .sort((a, b) => a.row - b.row),
  };
}

/**
 * @param what has the columns
 * @throws UserError naming the columns that are missing, with the nearest name that is there
 */
export function checkColumns(
  forms: readonly Pick<ColumnForm, 'name'>[],
  columns: readonly string[],
  what: Localized = THE_TABLE,
): void {
  const there = new Set(columns);
  const missing = forms.filter(({ name }) => !there.has(name)).map(({ name }) => name);
  if (missing.length === 0) return;
  const needed = new Set(forms.map(({ name }) => name));
  const free = columns.filter((name) => !needed.has(name));
  const nearest = missing.map((name) => closestName(name, free));
  const shown = missing.slice(0, MOST_NAMED);
  const more = missing.length - shown.length;
  throw new UserError({
    en: `${what.en} lacks ${missing.length === 1 ? 'the column' : `${missing.length} columns`} ${shown
      .map((name, i) => `"${name}"${nearest[i] ? ` (it has "${nearest[i]}": is it that one?)` : ''}`)
      .join(
        ', ',
      )}${more > 0 ? ` and ${more} more` : ''}. Columns need the names that they had in training: rename ${missing.length === 1 ? 'it' : 'them'} in the header, or add ${missing.length === 1 ? 'it' : 'them'}, with empty cells where nothing is known.`,
    zh: `${what.zh}缺少${missing.length === 1 ? '列' : ` ${missing.length} 列：`}${shown
      .map((name, i) => `“${name}”${nearest[i] ? `（现有“${nearest[i]}”，是否指它？）` : ''}`)
      .join('、')}${more > 0 ? `等` : ''}。列名须与训练时一致：请修改表头，或补上这些列，未知的单元格留空。`,
  });
}

const THE_TABLE: Localized = { en: 'The table', zh: '表格' };
const MOST_NAMED = 10;
/** More names are not compared: each pair takes time. */
const MOST_COMPARED = 200;

/**
 * Refuses rows in which a column seems to have been renamed: it is in none of them, and a column that nobody asked for has nearly its
 * name. Answered without it, the rows would get answers that look like any other.
 *
 * @throws UserError naming both
 */
export function checkRenamed(forms: readonly Pick<ColumnForm, 'name'>[], rows: readonly RawRow[]): void {
  const there = new Set(rows.flatMap(Object.keys));
  const known = new Set(forms.map(({ name }) => name));
  const others = [...there].filter((name) => !known.has(name)).slice(0, MOST_COMPARED);
  if (others.length === 0) return;
  for (const name of [...known].filter((name) => !there.has(name)).slice(0, MOST_COMPARED)) {
    const nearest = closestName(name, others);
    if (nearest !== undefined) throw new UserError(renamed(name, nearest));
  }
}

const renamed = (name: string, nearest: string): Localized => ({
  en: `No row has the column "${name}", but there is "${nearest}": is it that one? Columns need the names that they had in training. Where "${name}" is not known, send it as null.`,
  zh: `没有一行含有列“${name}”，但有“${nearest}”，是否指它？列名须与训练时一致。如果“${name}”未知，请传 null。`,
});
