/**
 * Whether a row names the columns below it. What a name looks like says little: survey tools put whole questions into
 * their headers, panels put years. What the cells below look like says more, as in Python's csv.Sniffer.has_header: a
 * word over numbers is a name; a number over numbers is one of them, unless the row counts (2019, 2020, 2021).
 */
import { parseNumbers } from '../table/numbers.ts';
import { parseTimes } from '../table/times.ts';

export type Cells = readonly string[];

/** Column names are short, no sentences, and not numbers or dates; or they are plain identifiers, some left empty. */
export function looksLikeHeader(fields: Cells): boolean {
  const names = fields.map((field) => field.trim());
  return (
    names.every(isName) ||
    (names.some(Boolean) && names.every((name) => name === '' || /^[a-z_][\w ]{0,40}$/i.test(name)))
  );
}

const isName = (name: string): boolean =>
  name.length <= 60 && !/^[\p{N}.,:/ -]*$/u.test(name) && !/[!?，。！？\uFFFD]|[.,] /u.test(name);

/** What each column speaks for: above 0 that the row is a header, below 0 that it is one of the rows. */
export interface Evidence {
  readonly sum: number;
  /** Columns of numbers or dates with a word above them. */
  readonly words: number;
  /** Columns that the row continues: another number over numbers, a value that comes again. */
  readonly continues: number;
}

const WORD = 2;
const HINT = 1;
/** Of a column's cells that hold something, those that make it one of numbers or dates. */
const MOST = 0.9;
/** Rows below that the hints need: what a few cells have in common is chance. */
const FEW = 3;

/**
 * @param first The row that may be a header.
 * @param below Rows under it, as many as there are; they may be shorter.
 */
export function evidenceOf(first: Cells, below: readonly Cells[]): Evidence {
  if (counts(first, below)) return { sum: WORD, words: 0, continues: 0 };
  let sum = 0;
  let words = 0;
  let continues = 0;
  for (const [i, cell] of first.entries()) {
    const column = below.map((row) => row[i] ?? '').filter(isFilled);
    const vote = isFilled(cell) && column.length > 0 ? voteOf(cell, column) : 0;
    sum += vote;
    if (vote === WORD) words += 1;
    if (vote === -WORD) continues += 1;
  }
  return { sum, words, continues };
}

export type Kind = 'number' | 'date' | 'text';

/** What a column's cells are, most of them; undefined of none that hold something. */
export function kindOf(column: Cells): Kind | undefined {
  const filled = column.filter(isFilled);
  if (filled.length === 0) return undefined;
  const most = MOST * filled.length;
  const read = (values: readonly (number | undefined)[]) =>
    values.filter((value) => value !== undefined).length >= most;
  // 20240131 is a number too; 2024-01-31 is not.
  return read(parseNumbers(filled).numbers)
    ? 'number'
    : read(parseTimes(filled, false, Number.NEGATIVE_INFINITY).times)
      ? 'date'
      : 'text';
}

function voteOf(cell: string, column: Cells): number {
  const own = kindOf([cell])!;
  const theirs = kindOf(column)!;
  if (theirs !== 'text') return own === theirs ? -WORD : own === 'number' ? 0 : WORD;
  if (own !== 'text') return 0;
  const distinct = new Set(column);
  if (column.length >= 2 * FEW && distinct.size <= column.length / FEW)
    return distinct.has(cell) ? -WORD : HINT;
  return asks(cell) && column.length >= FEW && column.filter(asks).length < column.length / 10 ? HINT : 0;
}

/** A question, or what an answer is expected behind. */
const asks = (cell: string): boolean => /[?？:：]\s*(?:\([^)]*\)|（[^）]*）|\*)?$/.test(cell);

const isFilled = (cell: string): boolean =>
  !/^(?:|n\/?a|nan|null|none|nil|-+|—+|\\n|无|空)$/i.test(cell.trim());

/**
 * Whether the row's numbers count on by one step (2019, 2020, 2021; 0, 1, 2; 0, 5, 10), beside names, and those of the
 * rows below do not: the columns of a panel.
 */
function counts(first: Cells, below: readonly Cells[]): boolean {
  const at: number[] = [];
  for (const [i, cell] of first.entries()) {
    if (isPlainNumber(cell)) at.push(i);
    else if (cell !== '' && !isName(cell)) return false;
  }
  const names = first.length - at.length;
  if (at.length === 0 || below.length === 0) return false;
  const rows = below.map((row) => at.map((i) => row[i] ?? ''));
  // Years may come again in each group of columns.
  if (at.every((i) => isYear(first[i]!))) {
    const cells = rows.flat().filter(isFilled);
    const known = names > 0 ? cells.length >= (at.length > 1 ? 1 : FEW) : at.length >= FEW;
    return known && cells.filter(isYear).length <= cells.length / 5;
  }
  // Numbers other than years name columns where they are many, or are the columns' own numbers.
  const step = stepOf(at.map((i) => first[i]!));
  if (step === undefined) return false;
  const ordinal = Math.abs(step) === 1 && /^[01]$/.test(first[at[0]!]!);
  const enough = at.length >= (ordinal ? FEW : FEW + 1);
  return enough && rows.filter((row) => stepOf(row) !== undefined).length <= rows.length / 5;
}

/** The difference between each number and the next where it is always the same, not 0. */
function stepOf(cells: Cells): number | undefined {
  if (cells.length < 2 || !cells.every(isPlainNumber)) return undefined;
  const numbers = cells.map(Number);
  const step = numbers[1]! - numbers[0]!;
  const even = numbers.every((number, i) => i === 0 || Math.abs(number - numbers[i - 1]! - step) < 1e-9);
  return step !== 0 && even ? step : undefined;
}

const isPlainNumber = (cell: string): boolean => /^-?\d{1,6}(?:\.\d{1,6})?$/.test(cell);
const isYear = (cell: string): boolean => /^(?:1[89]|20|21)\d\d$/.test(cell);
