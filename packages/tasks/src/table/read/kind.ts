/**
 * What a column holds, decided on the rows of the main file: numbers, categories, times or texts; or nothing but what tells one row
 * from the others, which says nothing about rows to come.
 */
import { type DecimalMark, isDisguisedMissing, isTimeName, personalColumn, typeOf } from '@gradus/data';
import type { Cells, LeftOut } from '../columns.ts';
import { categoryOf } from './cells.ts';
import type { ColumnForm } from './column-form.ts';
import { markOf } from './decimal-mark.ts';

/** Fewer rows do not show whether a column's values repeat. */
const FEWEST = 20;
/** Of the cells of a column that names rows, this share is different: names of places and products come twice now and then. */
const UNIQUE = 0.95;
/** Of the cells of a column that names people: a person may have several rows. */
const UNIQUE_PERSONS = 0.5;
/** Numbers from 1 to this many without a gap are hardly ever a measurement. */
const FEWEST_RUNNING = 100;
const ROW_NUMBER_NAMES =
  /^(?:unnamed(?:: ?\d+)?|index|row ?(?:names?|no|num|number|id)?|seqn?|seq(?:uence)?[ _-]?(?:no|num|number)?|序号|行号|编号)$/i;
const RANK_NAMES = /rank|position|order|排名|名次|位次/i;

/**
 * @param raw The column's cells in the main file
 * @param columns The names of all columns
 * @param mark That begins decimals in other columns of the table
 */
export function kindOf(
  name: string,
  raw: readonly string[],
  columns: readonly string[],
  mark: DecimalMark = '.',
): ColumnForm | 'identifier' {
  const cells = raw.map((cell) => {
    const trimmed = cell.trim();
    return isDisguisedMissing(trimmed) ? '' : trimmed;
  });
  const values = new Set(cells);
  values.delete('');
  const distinct = values.size;
  const filled = cells.reduce((sum, cell) => sum + Number(cell !== ''), 0);
  const { type, order, decimal = '.' } = typeOf(name, cells, distinct);
  const isZeroOne = type === 'boolean' && values.has('0');
  if (type === 'category' || type === 'empty' || (type === 'boolean' && !isZeroOne))
    return isUniqueCategory(raw) || isOfPersons(name, cells, distinct, filled, columns)
      ? 'identifier'
      : { kind: 'category', name };
  if (type === 'identifier' || isOfPersons(name, cells, distinct, filled, columns)) return 'identifier';
  if (type === 'date') return { kind: 'time', name, numbers: isTimeName(name), ...(order && { order }) };
  if (type === 'text') return { kind: 'text', name };
  return isRunning(name, cells, distinct, filled)
    ? 'identifier'
    : { kind: 'number', name, decimal: markOf(cells, decimal, mark) };
}

/** Read as categories: "none" is one. */
function isUniqueCategory(raw: readonly string[]): boolean {
  const cells = raw.map(categoryOf).filter((cell) => cell !== '');
  return cells.length >= FEWEST && new Set(cells).size >= UNIQUE * cells.length;
}

/** Names, phone numbers, addresses: they stand for a person, and hardly repeat. */
function isOfPersons(
  name: string,
  cells: readonly string[],
  distinct: number,
  filled: number,
  columns: readonly string[],
): boolean {
  if (filled < FEWEST || distinct < UNIQUE_PERSONS * filled) return false;
  const kinds = personalColumn(name, cells, columns)?.kinds ?? [];
  return kinds.some(({ kind, whole }) => whole && kind !== 'birth date');
}

/** Numbers of rows, also where the rows were shuffled. A rank has the same form, but says something. */
function isRunning(name: string, cells: readonly string[], distinct: number, filled: number): boolean {
  if (filled < FEWEST || distinct < filled || !cells.every((cell) => cell === '' || /^\d+$/.test(cell)))
    return false;
  if (ROW_NUMBER_NAMES.test(name.trim())) return true;
  if (filled < FEWEST_RUNNING || filled < cells.length || RANK_NAMES.test(name)) return false;
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const cell of cells) {
    least = Math.min(least, Number(cell));
    most = Math.max(most, Number(cell));
  }
  return least <= 1 && most - least + 1 === filled;
}

/**
 * Of cells that are all missing, or all one value. Where some are missing beside the one value, that may say something.
 *
 * @param rows So many from the first are looked at @param raw A place's cell as the file has it
 */
export function sayingNothing(
  cells: Cells,
  rows: number,
  raw: (place: number) => string,
): LeftOut | undefined {
  const values = cells.kind === 'category' ? cells.codes : cells.values;
  const [first] = values;
  for (let place = 1; place < rows; place++) if (!Object.is(values[place], first)) return undefined;
  const isMissing = cells.kind === 'category' ? first === -1 : first === '' || Number.isNaN(first);
  return isMissing ? { code: 'empty' } : { code: 'constant', value: raw(0).trim() };
}
