/** The column that is predicted: its classes or numbers, and the rows that it has none for. */
import { type Localized, UserError } from '@gradus/base';
import { type DecimalMark, isDisguisedMissing, parseNumbers, type TypedCells, typeOf } from '@gradus/data';
import type { Target } from '../columns.ts';
import { labelText } from './cells.ts';
import { markOf } from './decimal-mark.ts';
import { decideNumbers, orderClasses } from './target-kind.ts';
import { FEWEST_OF_CLASS, FEWEST_ROWS, MOST_CLASSES, targetErrors, targetWords } from './target-words.ts';

export type TaskKind = 'classification' | 'regression';

export interface ReadTarget {
  /** Of the rows that have one. */
  readonly target: Target;
  /** Places of these rows, ascending. */
  readonly places: Int32Array;
  /** Of the others the reason, by place. */
  readonly setAside: ReadonlyMap<number, Localized>;
  readonly notes: readonly Localized[];
}

export interface TargetCells {
  readonly name: string;
  /** By place: first the main file, then the file for testing. */
  readonly raw: readonly string[];
  /** Rows of the main file; all that is decided is decided on them. */
  readonly main: number;
  readonly task?: TaskKind | undefined;
  /** That begins decimals in other columns of the table. */
  readonly mark?: DecimalMark;
}

/** More different words than this share of the rows are texts or names. */
const MOST_LABELS_A_ROW = 0.5;
/** Where the user says that they are classes. */
const MOST_ASKED_LABELS_A_ROW = 0.95;

/** @throws UserError where the column can be no target, or too few rows have one */
export function readTarget(cells: TargetCells): ReadTarget {
  const { name, raw, main, task } = cells;
  const known = raw.slice(0, main).map((cell) => {
    const trimmed = cell.trim();
    return isDisguisedMissing(trimmed) ? '' : trimmed;
  });
  const typed = typeOf(name, known, new Set(known.filter(Boolean)).size);
  if (typed.type === 'date') throw new UserError(targetErrors.date(name));
  const isNumbers = typed.decimal !== undefined || (typed.type === 'boolean' && known.includes('0'));
  return isNumbers ? ofNumbers(cells, typed) : ofWords(cells, typed, task);
}

function ofNumbers(cells: TargetCells, { type, decimal: alone = '.' }: TypedCells): ReadTarget {
  const { name, raw, main, task, mark = alone } = cells;
  const decimal = markOf(raw.slice(0, main), alone, mark);
  const setAside = new Map<number, Localized>();
  const values = parseNumbers(raw, decimal).numbers.map((number, place) => {
    if (number !== undefined) return number;
    const cell = raw[place]!.trim();
    const isMissing = cell === '' || isDisguisedMissing(cell);
    setAside.set(place, isMissing ? targetWords.missing(name) : targetWords.noNumber(name, cell));
    return Number.NaN;
  });
  const counts = new Map<number, number>();
  for (const value of values.slice(0, main))
    if (!Number.isNaN(value)) counts.set(value, (counts.get(value) ?? 0) + 1);
  checkCounts(name, counts);
  if (type === 'identifier' && task === undefined) throw new UserError(targetErrors.identifier(name));
  const decision = decideNumbers(name, counts);
  const as = task === undefined ? decision.as : task === 'classification' ? 'classes' : 'numbers';
  const notes =
    task === undefined && counts.size > 2 ? [targetWords.decided(name, decision, [...counts.keys()])] : [];
  const percentage = raw
    .slice(0, main)
    .find((cell) => /^[-+]?[\d.,]+\s*[%％]$/.test(cell.trim()))
    ?.trim();
  if (percentage)
    notes.push(targetWords.percentages(name, percentage, parseNumbers([percentage], decimal).numbers[0]!));
  if (as === 'classes')
    return ofLabels(
      cells,
      values.map((value) => (Number.isNaN(value) ? '' : String(value))),
      setAside,
      notes,
    );
  const places = Int32Array.from(values.keys()).filter((place) => !Number.isNaN(values[place]!));
  const own = Float64Array.from(places, (place) => values[place]!);
  const inMain = own.subarray(0, places.filter((place) => place < main).length);
  const isWhole = inMain.every((value) => Number.isInteger(value) && value >= 0);
  const isShare = inMain.every((value) => value >= 0 && value <= 1);
  const nature = isWhole ? 'count' : isShare ? 'share' : 'number';
  const inTest = own.subarray(inMain.length);
  if (inTest.length > 0 && inTest.every((value) => value === inTest[0]))
    notes.push(targetWords.constantTest(name, String(inTest[0])));
  return { target: { kind: 'numbers', name, values: own, decimal, nature }, places, setAside, notes };
}

function ofWords(cells: TargetCells, { type }: TypedCells, task: TaskKind | undefined): ReadTarget {
  const { name, raw, main } = cells;
  const setAside = new Map<number, Localized>();
  const labels = raw.map((cell, place) => {
    const label = labelText(cell);
    if (label === '') setAside.set(place, targetWords.missing(name));
    return label;
  });
  const counts = countsOf(labels.slice(0, main));
  checkCounts(name, counts);
  const rows = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (task === 'regression') throw new UserError(targetErrors.noNumbers(name, [...counts.keys()][0]!));
  const isTextOrIds =
    task === undefined
      ? type === 'text' || type === 'identifier' || counts.size >= MOST_LABELS_A_ROW * rows
      : counts.size >= MOST_ASKED_LABELS_A_ROW * rows;
  if (isTextOrIds) throw new UserError(targetErrors.textOrIds(name, counts.size, rows));
  return ofLabels(cells, labels, setAside, []);
}

/** @throws UserError where there are no values, only one, or too few rows with one */
function checkCounts(name: string, counts: ReadonlyMap<unknown, number>): void {
  const rows = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (rows === 0) throw new UserError(targetErrors.empty(name));
  if (rows < FEWEST_ROWS) throw new UserError(targetErrors.fewRows(name, rows));
  if (counts.size === 1) throw new UserError(targetErrors.oneClass(name, String([...counts.keys()][0])));
}

function countsOf(labels: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const label of labels) if (label !== '') counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

/** @param labels By place; '' where there is none, with a reason in `setAside` */
function ofLabels(
  { name, raw, main }: TargetCells,
  labels: readonly string[],
  setAside: Map<number, Localized>,
  notes: Localized[],
): ReadTarget {
  const counts = countsOf(labels.slice(0, main));
  if (counts.size > MOST_CLASSES) throw new UserError(targetErrors.manyClasses(name, counts.size));
  const rare = [...counts].filter(([, count]) => count < FEWEST_OF_CLASS);
  for (const [label] of rare) counts.delete(label);
  if (rare.length > 0) notes.push(targetWords.rare(rare));
  const [only] = counts.keys();
  if (counts.size <= 1) throw new UserError(targetErrors.oneLeft(name, only, rare.length));
  const { classes, second } = orderClasses(counts);
  if (second) notes.push(targetWords.second(classes[1]!, second));
  const isRare = new Set(rare.map(([label]) => label));
  const read = labelReader(classes);
  const respelt = new Map<string, string>();
  const codes = labels.map((label, place) => {
    if (label === '') return -1;
    const code = place < main || isRare.has(label) ? classes.indexOf(label) : read(label);
    if (code < 0)
      setAside.set(place, isRare.has(label) ? targetWords.rareRow(label) : targetWords.unknown(label));
    else if (classes[code] !== label) respelt.set(raw[place]!.trim(), classes[code]!);
    return code;
  });
  if (respelt.size > 0) notes.push(targetWords.respelt([...respelt]));
  const places = Int32Array.from(codes.keys()).filter((place) => codes[place]! >= 0);
  const inMain = places.filter((place) => place < main).length;
  if (inMain < FEWEST_ROWS) throw new UserError(targetErrors.fewRows(name, inMain));
  const own = Int32Array.from(places, (place) => codes[place]!);
  const inTest = own.subarray(inMain);
  if (inTest.length > 0 && inTest.every((code) => code === inTest[0]))
    notes.push(targetWords.constantTest(name, classes[inTest[0]!]!));
  return { target: { kind: 'classes', name, classes, labels: own }, places, setAside, notes };
}

/**
 * Reads labels of later files as the classes that are known: a label that is none of them, but would be without a full stop at its
 * end, in other case or as another way to write the number, is that one.
 *
 * @returns the class's place; −1 where the label is none
 */
export function labelReader(classes: readonly string[]): (cell: string) => number {
  const exact = new Map(classes.map((label, i) => [label, i]));
  const folded = new Map<string, number>();
  // Two classes that differ in case only are told apart by nothing else.
  for (const [i, label] of classes.entries()) folded.set(fold(label), folded.has(fold(label)) ? -1 : i);
  return (cell) => {
    const label = labelText(cell);
    return exact.get(label) ?? folded.get(fold(label)) ?? -1;
  };
}

function fold(label: string): string {
  const plain = label
    .toLowerCase()
    .replace(/[.。]+$/, '')
    .trim();
  const number = /^[-+]?[\d.,]+$/.test(label) ? parseNumbers([label], '.').numbers[0] : undefined;
  return number === undefined ? plain : String(number);
}
