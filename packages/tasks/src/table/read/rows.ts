/**
 * A table as rows to learn from: which columns are learnt from and as what, what is predicted, which rows belong together.
 *
 *     const { rows, notes } = tableRows(await readTable('loans.csv'), { target: 'repaid' });
 *
 * All that is decided is decided on the main file; a file for testing is read in the same forms.
 */
import { type Localized, UserError } from '@gradus/base';
import { noSuchColumn, type Table } from '@gradus/data';
import type { LeftOut, TableColumn, TableRows } from '../columns.ts';
import { MOST_IMAGES } from '../images/image-column.ts';
import { MOST_TEXTS } from '../texts/text-column.ts';
import { readColumn } from './cells.ts';
import type { ColumnForm } from './column-form.ts';
import { markOfTable } from './decimal-mark.ts';
import { checkColumns } from './forms.ts';
import { kindOf, sayingNothing } from './kind.ts';
import { mostTelling, shorterTexts } from './most-telling.ts';
import { isGroupName, isRecordedTime, isRecurring, readGroups, readTimes, readWeights } from './roles.ts';
import { readTarget, type TaskKind } from './target.ts';
import { readWords, roleErrors } from './words.ts';

/** A table as it was read. */
export type ReadRows = Pick<Table, 'columns' | 'rows' | 'numbers' | 'rowsRead' | 'sampled'>;

export interface TableChoice {
  /** The column that is predicted. */
  readonly target: string;
  /** When rows were recorded; `none` for no use of time. Default: a column of dates that looks like it. */
  readonly time?: string | undefined;
  /** Whose rows they are (a patient, a customer); `none` for nobody's. Default: a column that is called like it and repeats. */
  readonly group?: string | undefined;
  readonly weight?: string | undefined;
  /** Columns that are not learnt from. */
  readonly ignore?: readonly string[] | undefined;
  /** Columns that hold images, or their names. */
  readonly images?: readonly string[] | undefined;
  /** Default: by the target's values. */
  readonly task?: TaskKind | undefined;
}

export interface RowSetAside {
  /** As `TableRows.numbers` counts. */
  readonly row: number;
  readonly reason: Localized;
}

export interface ReadTable {
  readonly rows: TableRows;
  /** What was decided, each with how to decide otherwise. */
  readonly notes: readonly Localized[];
  /** By row. */
  readonly setAside: readonly RowSetAside[];
}

/** More columns are not learnt from. */
export const MOST_COLUMNS = 2000;
const NONE = 'none';

/**
 * @param test Rows to judge the model on: they come behind those of the main file
 * @throws UserError where a column does not exist, or the target cannot be learnt
 */
export function tableRows(main: ReadRows, choice: TableChoice, test?: ReadRows): ReadTable {
  const notes: Localized[] = [];
  for (const table of test ? [main, test] : [main])
    if (table.sampled) notes.push(readWords.sampled(table.rows.length, table.rowsRead));
  const roles = rolesOf(main, choice, notes);
  const { target: name } = choice;
  if (test) checkColumns([{ name }], test.columns, TEST_FILE);
  const cellAt = (column: string): ((place: number) => string) => {
    const at = main.columns.indexOf(column);
    const testAt = test?.columns.indexOf(column);
    // '' where a file for testing lacks a column that is not learnt from.
    return (place) =>
      place < main.rows.length
        ? main.rows[place]![at]!
        : (test!.rows[place - main.rows.length]![testAt!] ?? '');
  };
  const numberOf = (place: number): number =>
    place < main.rows.length
      ? main.numbers[place]!
      : main.rowsRead + test!.numbers[place - main.rows.length]!;
  const raw = Array.from({ length: main.rows.length + (test?.rows.length ?? 0) }, (_, place) => place).map(
    cellAt(name),
  );
  const read = readTarget({
    name,
    raw,
    main: main.rows.length,
    task: choice.task,
    mark: markOfTable(main),
  });
  notes.push(...read.notes);
  const { places } = read;
  const isTest = test && Uint8Array.from(places, (place) => Number(place >= main.rows.length));
  if (isTest && !isTest.includes(1))
    throw new UserError(roleErrors.noTest(name, raw[main.rows.length] ?? '', read.target));
  const picked = (column: string): string[] => {
    const at = cellAt(column);
    return Array.from(places, (place) => at(place));
  };
  const numbers = Int32Array.from(places, numberOf);
  const number = (place: number): number => numbers[place]!;
  const mainCount = isTest ? isTest.indexOf(1) : places.length;
  const { forms, leftOut } = formsOf(main, choice, roles);
  const { time, group, weight } = roles;
  const columns = columnsOf(forms, picked, number, mainCount, leftOut, notes);
  if (test) checkColumns([...columns, ...(weight ? [{ name: weight }] : [])], test.columns, TEST_FILE);
  if (columns.length === 0) throw new UserError(roleErrors.noColumns(name));
  return {
    rows: {
      count: places.length,
      numbers,
      columns,
      target: read.target,
      ...(time && { times: { column: time, ...readTimes(time, picked(time)) } }),
      ...(group && { groups: { column: group, values: readGroups(group, picked(group)) } }),
      ...(weight && { weights: readWeights(weight, picked(weight), number) }),
      ...(isTest && { isTest }),
      leftOut: Object.fromEntries(leftOut),
    },
    notes,
    setAside: [...read.setAside]
      .map(([place, reason]) => ({ row: numberOf(place), reason }))
      .sort((a, b) => a.row - b.row),
  };
}

const TEST_FILE: Localized = { en: 'The test file (--test)', zh: '测试文件（--test）' };

function cellsIn(table: ReadRows, column: string): string[] {
  const at = table.columns.indexOf(column);
  return table.rows.map((row) => row[at]!);
}

interface Roles {
  readonly time?: string | undefined;
  readonly group?: string | undefined;
  readonly weight?: string | undefined;
}

/** Those that the user names, else those that are found. @throws UserError where a named one does not exist */
function rolesOf(main: ReadRows, choice: TableChoice, notes: Localized[]): Roles {
  const { columns } = main;
  const { target, time, group, weight, ignore = [], images = [] } = choice;
  const named = { '--target': target, '--time': time, '--group': group, '--weight': weight };
  const taken = new Map<string, string>();
  for (const [option, name] of Object.entries(named)) {
    const isNone = name === NONE && (option === '--time' || option === '--group');
    if (name === undefined || (isNone && !columns.includes(NONE))) continue;
    if (!columns.includes(name)) throw noSuchColumn(option, name, columns);
    const other = taken.get(name);
    if (other) throw new UserError(roleErrors.twice(name, other, option));
    taken.set(name, option);
  }
  for (const name of ignore) if (!columns.includes(name)) throw noSuchColumn('--ignore', name, columns);
  const free = columns.filter((name) => !taken.has(name) && !ignore.includes(name) && !images.includes(name));
  const find = (
    wish: string | undefined,
    fits: (name: string) => boolean,
    note: (name: string) => Localized,
  ): string | undefined => {
    if (wish !== undefined) return taken.has(wish) ? wish : undefined;
    const found = free.find(fits);
    if (found !== undefined) notes.push(note(found));
    return found;
  };
  const foundTime = find(time, isTimeOfRows(main), readWords.time);
  const recurs = (name: string): boolean =>
    name !== foundTime &&
    isGroupName(name, foundTime !== undefined) &&
    isRecurring(name, cellsIn(main, name));
  return { time: foundTime, group: find(group, recurs, readWords.group), weight };
}

/** Dates are tried on a few rows first: most columns are none. */
const isTimeOfRows =
  (main: ReadRows) =>
  (name: string): boolean => {
    const at = main.columns.indexOf(name);
    const step = Math.max(1, Math.floor(main.rows.length / TRIED));
    const some = main.rows.filter((_, i) => i % step === 0).map((row) => row[at]!);
    return kindOfSome(name, some, main.columns) && isRecordedTime(name, cellsIn(main, name));
  };

const TRIED = 200;

function kindOfSome(name: string, cells: readonly string[], columns: readonly string[]): boolean {
  const form = kindOf(name, cells, columns);
  return form !== 'identifier' && form.kind === 'time';
}

/** How each column is read that may be learnt from, and why the others are not. */
function formsOf(
  main: ReadRows,
  { target, ignore = [], images = [] }: TableChoice,
  { time, group, weight }: Roles,
): { readonly forms: readonly ColumnForm[]; readonly leftOut: Map<string, LeftOut> } {
  const leftOut = new Map<string, LeftOut>();
  const forms: ColumnForm[] = [];
  const mark = markOfTable(main);
  for (const name of main.columns) {
    if (name === target) continue;
    if (ignore.includes(name)) leftOut.set(name, { code: 'asked' });
    else if (name === time) leftOut.set(name, { code: 'time' });
    else if (name === group) leftOut.set(name, { code: 'group' });
    else if (name === weight) leftOut.set(name, { code: 'weight' });
    else if (images.includes(name)) forms.push({ kind: 'image', name });
    else {
      const form = kindOf(name, cellsIn(main, name), main.columns, mark);
      if (form === 'identifier') leftOut.set(name, { code: 'identifier' });
      else forms.push(form);
    }
  }
  return { forms, leftOut };
}

/** The columns that say something of the main file's rows with a target. @param leftOut Gets the others */
function columnsOf(
  forms: readonly ColumnForm[],
  picked: (column: string) => string[],
  number: (place: number) => number,
  mainCount: number,
  leftOut: Map<string, LeftOut>,
  notes: Localized[],
): TableColumn[] {
  const columns = forms.flatMap((form): TableColumn[] => {
    const raw = picked(form.name);
    const { unreadPlaces, ...column } = readColumn(form, raw, number);
    const nothing = sayingNothing(column.cells, mainCount, (place) => raw[place]!);
    if (nothing) leftOut.set(form.name, nothing);
    if (nothing) return [];
    if (unreadPlaces.length > 0) {
      const inTest = unreadPlaces.filter((place) => place >= mainCount);
      const cell = (places: readonly number[]) => raw[places[0]!]!.trim();
      const inMain = unreadPlaces.slice(0, unreadPlaces.length - inTest.length);
      if (inMain.length > 0)
        notes.push(readWords.unread(form, inMain.length, cell(inMain), number(inMain[0]!)));
      if (inTest.length > 0)
        notes.push(readWords.unreadInTest(form, inTest.length, cell(inTest), raw.length - mainCount));
    }
    return [column];
  });
  const spare = shorterTexts(columns, mainCount, MOST_TEXTS);
  for (const name of spare) leftOut.set(name, { code: 'too-many-texts' });
  const images = columns.filter(({ cells }) => cells.kind === 'image').slice(MOST_IMAGES);
  for (const { name } of images) leftOut.set(name, { code: 'too-many-images' });
  const usable = columns.filter((column) => !spare.has(column.name) && !images.includes(column));
  if (usable.length <= MOST_COLUMNS) return usable;
  const kept = mostTelling(usable, mainCount, MOST_COLUMNS);
  for (const { name } of usable) if (!kept.has(name)) leftOut.set(name, { code: 'too-many' });
  notes.push(readWords.tooMany(MOST_COLUMNS, usable.length - MOST_COLUMNS));
  return usable.filter(({ name }) => kept.has(name));
}
