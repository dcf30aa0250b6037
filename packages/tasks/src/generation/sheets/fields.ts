/**
 * What the columns of a table of items or characters are, so that new ones can be designed: numbers, choices, lists of known things, a name
 * that is written letter by letter, and what follows from another column or never changes. Nested JSON becomes columns of its own.
 */
import { type Localized, plural } from '@gradus/base';

export type SheetValue = number | string | boolean | readonly string[] | null;
/** A row by the names of its fields. */
export type Sheet = Readonly<Record<string, SheetValue>>;

/** Plain data. */
export type SheetField =
  | {
      readonly kind: 'number';
      readonly name: string;
      readonly values: readonly number[];
      readonly mayLack: boolean;
    }
  | {
      readonly kind: 'choice';
      readonly name: string;
      readonly values: readonly string[];
      readonly mayLack: boolean;
    }
  | {
      readonly kind: 'list';
      readonly name: string;
      readonly values: readonly string[];
      readonly most: number;
    }
  | { readonly kind: 'text'; readonly name: string; readonly longest: number }
  /** What another field decides: by that one's value as text. */
  | {
      readonly kind: 'derived';
      readonly name: string;
      readonly from: string;
      readonly table: Readonly<Record<string, SheetValue>>;
    };

export interface ReadSheets {
  readonly fields: readonly SheetField[];
  /** Each with all fields. */
  readonly sheets: readonly Sheet[];
  readonly notes: readonly Localized[];
}

/** Choices come up this often on average, and there are no more of them. */
const FEWEST_OF_CHOICE = 2;
const MOST_CHOICES = 120;
const MOST_ELEMENTS = 80;
const MOST_LETTERS = 60;
/** The share of cells that are numbers in a column of numbers. */
const NUMBERS = 0.95;
/** Rows for each value of the field that decides, and the share of them that agree. */
const ROWS_TO_DECIDE = 3;
const AGREE = 0.97;
const DEEPEST = 3;
const MOSTLY = 0.9;
const NAMES = /^(?:name|title|label|名称|名字|名|标题|角色)$/iu;
/** Written for machines: nobody designs them. */
const ADDRESS = /^(?:\/|https?:)/;

/** @param rows Cells by column, as their file has them: nested values as JSON */
export function readSheets(columns: readonly string[], rows: readonly (readonly string[])[]): ReadSheets {
  const isSingle = columns.map((_, i) => isOfOneThing(rows.map((cells) => cells[i] ?? '')));
  const flat = rows.map((cells) => {
    const row = new Map<string, string | readonly string[]>();
    for (const [i, name] of columns.entries()) flatten(name, cells[i] ?? '', row, 0, isSingle[i]!);
    return row;
  });
  const names = [...new Set(flat.flatMap((row) => [...row.keys()]))];
  const order = orderOf(columns, names);
  const left: string[] = [];
  const fields: SheetField[] = [];
  const values = new Map<string, SheetValue[]>();
  const texts = order.filter((name) => isText(flat.map((row) => row.get(name))));
  const name = texts.find((text) => NAMES.test(text)) ?? texts[0];
  for (const column of order) {
    const cells = flat.map((row) => row.get(column));
    const read =
      column === name ? textField(column, cells as (string | undefined)[]) : fieldOf(column, cells);
    if (!read) {
      left.push(column);
      continue;
    }
    fields.push(read.field);
    values.set(column, read.values);
  }
  const decided = withDerived(fields, values);
  const sheets = flat.map((_, i) =>
    Object.fromEntries(decided.map((field) => [field.name, values.get(field.name)![i]!])),
  );
  return { fields: decided, sheets, notes: notesOf(decided, left) };
}

/** Numbers of a row first as their file has them, the name last: it is written knowing the rest. */
function orderOf(columns: readonly string[], names: readonly string[]): string[] {
  const place = (name: string) =>
    columns.findIndex((column) => name === column || name.startsWith(`${column}.`));
  return names.toSorted((a, b) => place(a) - place(b));
}

/** Whether lists of a column mostly hold one object: then that is what the column is. */
function isOfOneThing(cells: readonly string[]): boolean {
  const lists = cells.filter((cell) => cell.startsWith('[')).map((cell) => parsed(cell));
  const single = lists.filter(
    (list) => Array.isArray(list) && list.length <= 1 && list.every(isObject),
  ).length;
  const filled = lists.filter((list) => Array.isArray(list) && list.length === 1).length;
  return single >= MOSTLY * lists.length && filled >= 0.5 * cells.length;
}

function parsed(cell: string): unknown {
  try {
    return JSON.parse(cell);
  } catch {
    return undefined;
  }
}

function flatten(
  name: string,
  cell: string,
  into: Map<string, string | readonly string[]>,
  depth: number,
  isSingle = false,
): void {
  const value = cell[0] === '{' || cell[0] === '[' ? parsed(cell) : undefined;
  if (value === undefined) {
    if (cell !== '') into.set(name, cell);
  } else if (Array.isArray(value)) {
    if (isSingle && isObject(value[0])) flattenObject(name, value[0], into, depth);
    else
      into.set(
        name,
        value.map(calledBy).filter((element) => element !== ''),
      );
  } else if (isObject(value) && depth < DEEPEST) flattenObject(name, value, into, depth);
}

function flattenObject(
  name: string,
  value: Readonly<Record<string, unknown>>,
  into: Map<string, string | readonly string[]>,
  depth: number,
): void {
  for (const [key, inner] of Object.entries(value)) {
    const cell = typeof inner === 'object' && inner !== null ? JSON.stringify(inner) : String(inner ?? '');
    flatten(`${name}.${key}`, cell, into, depth + 1);
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A thing of a list by its name, its own or that of what it holds. */
function calledBy(value: unknown): string {
  if (!isObject(value)) return typeof value === 'object' ? '' : String(value);
  if (typeof value.name === 'string') return value.name;
  for (const inner of Object.values(value)) {
    const name = isObject(inner) ? calledBy(inner) : '';
    if (name !== '') return name;
  }
  return '';
}

type Cell = string | readonly string[] | undefined;

function isText(cells: readonly Cell[]): boolean {
  const texts = cells.filter((cell): cell is string => typeof cell === 'string');
  if (texts.length < 0.9 * cells.length) return false;
  const letters = texts.filter(
    (text) => /\p{L}/u.test(text) && !ADDRESS.test(text) && [...text].length <= MOST_LETTERS,
  );
  return letters.length >= NUMBERS * texts.length && new Set(texts).size > 0.8 * texts.length;
}

function textField(name: string, cells: readonly (string | undefined)[]) {
  const values = cells.map((cell) =>
    cell ? [...cell.normalize('NFC')].slice(0, MOST_LETTERS).join('') : null,
  );
  const longest = Math.max(...values.map((value) => (value ? [...value].length : 0)));
  return { field: { kind: 'text', name, longest } satisfies SheetField, values };
}

function fieldOf(
  name: string,
  cells: readonly Cell[],
): { field: SheetField; values: SheetValue[] } | undefined {
  const present = cells.filter((cell): cell is string | readonly string[] => cell !== undefined);
  if (present.length === 0) return undefined;
  if (present.some((cell) => typeof cell !== 'string')) return listField(name, cells);
  const texts = present as string[];
  const mayLack = texts.length < cells.length;
  // A field that few have tells little, and what many lack is not designed.
  if (texts.length < FEWEST_PRESENT * cells.length) return undefined;
  const numbers = texts.map(Number).filter((value) => Number.isFinite(value));
  if (numbers.length >= NUMBERS * texts.length && new Set(numbers).size > 1) {
    const values = [...new Set(numbers)].sort((a, b) => a - b);
    const own = cells.map((cell) =>
      cell === undefined || !Number.isFinite(Number(cell)) ? null : Number(cell),
    );
    return { field: { kind: 'number', name, values, mayLack: own.includes(null) }, values: own };
  }
  const values = [...new Set(texts)].sort();
  if (values.length > MOST_CHOICES || texts.length < FEWEST_OF_CHOICE * values.length) return undefined;
  if (values.some((value) => value.length > MOST_LETTERS || ADDRESS.test(value))) return undefined;
  return {
    field: { kind: 'choice', name, values, mayLack },
    values: cells.map((cell) => (cell as string) ?? null),
  };
}

const FEWEST_PRESENT = 0.2;

function listField(
  name: string,
  cells: readonly Cell[],
): { field: SheetField; values: SheetValue[] } | undefined {
  const lists = cells.map((cell) =>
    cell === undefined ? [] : typeof cell === 'string' ? [cell] : [...new Set(cell)],
  );
  const counts = new Map<string, number>();
  for (const element of lists.flat()) counts.set(element, (counts.get(element) ?? 0) + 1);
  const known = [...counts]
    .filter(([element, count]) => count >= FEWEST_OF_CHOICE && element.length <= MOST_LETTERS)
    .toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, MOST_ELEMENTS)
    .map(([element]) => element)
    .sort();
  if (known.length === 0) return undefined;
  const values = lists.map((list) => list.filter((element) => known.includes(element)).sort());
  const most = Math.max(...values.map(({ length }) => length));
  return { field: { kind: 'list', name, values: known, most }, values };
}

/** Fields that another one decides are not drawn but looked up. */
function withDerived(fields: readonly SheetField[], values: ReadonlyMap<string, SheetValue[]>): SheetField[] {
  const derived = new Map<string, SheetField>();
  for (const field of fields) {
    if (field.kind === 'text') continue;
    const own = values.get(field.name)!;
    const source = fields.find(({ name, kind }) => {
      if (name === field.name || derived.has(name) || (kind !== 'number' && kind !== 'choice')) return false;
      // Of two that decide each other the first in the file is drawn.
      const isBefore = fields.findIndex((each) => each.name === name) < fields.indexOf(field);
      return decides(values.get(name)!, own) && (isBefore || !decides(own, values.get(name)!));
    });
    if (source) {
      const table = Object.fromEntries(tableOf(values.get(source.name)!, own));
      derived.set(field.name, { kind: 'derived', name: field.name, from: source.name, table });
    }
  }
  return fields.map((field) => derived.get(field.name) ?? field);
}

function decides(from: readonly SheetValue[], own: readonly SheetValue[]): boolean {
  const distinct = new Set(from.map(String)).size;
  // What never changes follows from anything, and is kept as it is.
  if (distinct * ROWS_TO_DECIDE > own.length || distinct < 2) return false;
  // What hardly changes is foretold by anything.
  const counts = new Map<string, number>();
  for (const value of own) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  if (Math.max(...counts.values()) > MOSTLY * own.length && counts.size > 1) return false;
  const table = tableOf(from, own);
  const agreeing = own.filter((value, i) => String(table.get(String(from[i]))) === String(value)).length;
  return agreeing >= AGREE * own.length;
}

function tableOf(from: readonly SheetValue[], own: readonly SheetValue[]): Map<string, SheetValue> {
  const counts = new Map<string, Map<string, { value: SheetValue; count: number }>>();
  for (const [i, value] of own.entries()) {
    const of = counts.get(String(from[i])) ?? new Map();
    const known = of.get(String(value)) ?? { value, count: 0 };
    known.count++;
    of.set(String(value), known);
    counts.set(String(from[i]), of);
  }
  return new Map(
    [...counts].map(([key, of]) => [
      key,
      [...of.values()].reduce((a, b) => (b.count > a.count ? b : a)).value,
    ]),
  );
}

function notesOf(fields: readonly SheetField[], left: readonly string[]): Localized[] {
  const derived = fields.filter((field) => field.kind === 'derived');
  const shown = (names: readonly string[]): string =>
    names.slice(0, 8).join(', ') + (names.length > 8 ? ', …' : '');
  const notes: Localized[] = [];
  if (derived.length > 0) {
    const pairs = derived.map(({ name, from }) => `${name} ← ${from}`);
    notes.push({
      en: `Looked up, since another field decides it: ${shown(pairs)}.`,
      zh: `由其他字段决定，直接查得：${shown(pairs)}。`,
    });
  }
  if (left.length > 0) {
    notes.push({
      en: `${plural(left.length, 'field')} left out, as long texts, addresses, or values that hardly repeat cannot be learnt from so few: ${shown(left)}.`,
      zh: `略去 ${left.length} 个字段（长文本、地址，或取值几乎不重复，无法从这些数据中学会）：${shown(left)}。`,
    });
  }
  return notes;
}
