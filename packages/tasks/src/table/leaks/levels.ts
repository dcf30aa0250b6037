/**
 * Values that come (almost) only with the rare one of two classes. Of more classes a value may well decide: what has feathers is a
 * bird. And numbers are no such values: that whoever gained 15,024 earns more is no secret of the outcome.
 */
import type { Cells, ClassTarget, Leak, TableRows } from '../columns.ts';

/** Rows of the value at least, and groups of rows, where rows come in groups. */
const FEWEST_ROWS = 20;
const FEWEST_GROUPS = 5;
/** Of the value's rows, those of the class. */
const SHARE = 0.99;
/** Of all rows, those of the class, at most; and how many times as often it is among the value's. */
const MOST_BASE = 0.25;
const LIFT = 4;
/** Of a class that is not so rare, where the column has two values: how many of its rows have the value, and of how many rows. */
const MOST_COVERED_BASE = 0.4;
const COVERED = 0.6;
const FEWEST_COVERING = 50;

interface Tally {
  rows: number;
  hits: number;
  readonly groups: Set<number>;
}

/** The commonest such value. */
export function rareLevel(cells: Cells, { target, groups }: TableRows, train: Int32Array): Leak | undefined {
  if (target.kind === 'numbers' || target.classes.length !== 2) return undefined;
  const { label, base } = rarer(target, train);
  if (base > MOST_COVERED_BASE) return undefined;
  const ofClass = base * train.length;
  const tally = (): Tally => ({ rows: 0, hits: 0, groups: new Set() });
  const count = (into: Tally, place: number): void => {
    into.rows += 1;
    into.hits += Number(target.labels[place] === label);
    if (groups && into.groups.size < FEWEST_GROUPS) into.groups.add(groups.values[place]!);
  };
  const isSign = ({ rows, hits, groups: own }: Tally): boolean =>
    rows >= FEWEST_ROWS &&
    (!groups || own.size >= FEWEST_GROUPS) &&
    hits >= SHARE * rows &&
    ((base <= MOST_BASE && hits >= LIFT * base * rows) ||
      (isFlag() && rows >= FEWEST_COVERING && hits >= COVERED * ofClass));
  const levelAt = levelsOf(cells, train);
  const isMissing = missingIn(cells);
  const [filled, empty] = [tally(), tally()];
  const levels = new Map<number, Tally>();
  for (const place of train) {
    count(isMissing(place) ? empty : filled, place);
    if (!levelAt || isMissing(place)) continue;
    const value = levelAt(place);
    const level = levels.get(value) ?? tally();
    levels.set(value, level);
    count(level, place);
  }
  const isFlag = (): boolean => levels.size === 2;
  const said = ({ rows, hits }: Tally) => ({ label: target.classes[label]!, rows, share: hits / rows, base });
  for (const [own, missing] of [
    [filled, false],
    [empty, true],
  ] as const)
    if (isSign(own)) return { code: 'presence', isMissing: missing, ...said(own) };
  const [found] = [...levels].filter(([, own]) => isSign(own)).sort(([, a], [, b]) => b.rows - a.rows);
  if (!found) return undefined;
  const level = cells.kind === 'category' ? cells.levels[found[0]]! : String(found[0]);
  return { code: 'level', level, ...said(found[1]) };
}

function rarer({ labels }: ClassTarget, train: Int32Array): { label: number; base: number } {
  let second = 0;
  for (const place of train) second += labels[place]!;
  const share = second / train.length;
  return share <= 0.5 ? { label: 1, base: share } : { label: 0, base: 1 - share };
}

const missingIn = (cells: Cells): ((place: number) => boolean) => {
  switch (cells.kind) {
    case 'category':
      return (place) => cells.codes[place]! < 0;
    case 'text':
      return (place) => cells.values[place] === '';
    case 'image':
      return (place) => cells.values[place] === null;
    case 'number':
    case 'time':
      return (place) => Number.isNaN(cells.values[place]!);
  }
};

/** Of categories, and of numbers where there are two. */
function levelsOf(cells: Cells, train: Int32Array): ((place: number) => number) | undefined {
  if (cells.kind === 'category') return (place) => cells.codes[place]!;
  if (cells.kind !== 'number') return undefined;
  const { values } = cells;
  const seen = new Set<number>();
  for (const place of train) {
    if (!Number.isNaN(values[place]!)) seen.add(values[place]!);
    if (seen.size > 2) return undefined;
  }
  return (place) => values[place]!;
}
