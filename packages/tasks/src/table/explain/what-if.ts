/**
 * What would change the answer to one row: each column is set to values that are common in the training rows, one column at a
 * time, and the model is asked again (counterfactuals: Wachter, Mittelstadt and Russell, 2017). It tells what the model would
 * answer, not what would happen.
 */
import { decide, probabilityOf } from '../../shared/probabilities.ts';
import type { Answered } from '../answers.ts';
import { type Cells, shownCell, type TableColumn } from '../columns.ts';
import { isFixedColumn } from './fixed-columns.ts';
import { answersTo, type Predict } from './variants.ts';

/** Values worth trying by column: of numbers ascending, of categories the most frequent level first. Plain data. */
export type Candidates = Readonly<Record<string, readonly (number | string)[]>>;

/** Another value in one column. */
export interface Change {
  readonly column: string;
  /** null where missing */
  readonly from: number | string | null;
  readonly to: number | string;
  /** With the change: the probability of the class that is spoken of, or the number. */
  readonly answer: number;
  /** By how much the answer moves. */
  readonly change: number;
  /** Nobody can change the column: age, sex, where somebody was born. */
  readonly isFixed: boolean;
}

export interface DecidingChange extends Change {
  /** The likeliest class then. */
  readonly decision: string;
  /** From above 0 to 1: of a number the share of the training rows that it passes by, of a category 1 (Gower, 1971). */
  readonly size: number;
}

/** Plain data. Each list has one change a column at most, and those that nobody can make last. */
export interface WhatIf {
  /** As the row is. */
  readonly answer: number;
  /** Whose probability the answers are: of two classes the second, of more the one that is decided on. Absent of numbers. */
  readonly speaksOf?: string;
  /** Those that raise the answer most, and lower it most. */
  readonly raising: readonly Change[];
  readonly lowering: readonly Change[];
  /** The smallest ones after which another class is the likeliest. */
  readonly deciding: readonly DecidingChange[];
}

export interface WhatIfOptions {
  /** One row. */
  readonly row: readonly TableColumn[];
  readonly candidates: Candidates;
  readonly predict: Predict;
  /** By label, where the model answers with classes. */
  readonly classes?: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

const MOST_CHANGES = 5;
const MOST_LEVELS = 20;
/** Of the training rows that a level is known in. */
const FEWEST_OF_LEVEL = 0.01;
/** In percent. */
const QUANTILES = Array.from({ length: 19 }, (_, i) => 5 * (i + 1));

/** @param columns of the training rows; of numbers from the 5th to the 95th percentile, of categories the frequent levels */
export function whatIfCandidates(columns: readonly TableColumn[]): Candidates {
  return Object.fromEntries(
    columns.flatMap(({ name, cells }): [string, (number | string)[]][] => {
      if (cells.kind === 'number') {
        const sorted = cells.values.filter((value) => !Number.isNaN(value)).sort();
        if (sorted.length === 0) return [];
        const ranks = QUANTILES.map((percent) => Math.round((percent / 100) * (sorted.length - 1)));
        return [[name, [...new Set(ranks.map((rank) => sorted[rank]!))]]];
      }
      return cells.kind === 'category' ? [[name, frequentLevels(cells)]] : [];
    }),
  );
}

function frequentLevels({ codes, levels }: Extract<Cells, { kind: 'category' }>): string[] {
  const counts = new Float64Array(levels.length);
  for (const code of codes) if (code >= 0) counts[code]!++;
  const known = counts.reduce((sum, count) => sum + count, 0);
  return [...levels.keys()]
    .filter((code) => counts[code]! > 0 && counts[code]! >= FEWEST_OF_LEVEL * known)
    .sort((a, b) => counts[b]! - counts[a]! || a - b)
    .slice(0, MOST_LEVELS)
    .map((code) => levels[code]!);
}

/** @throws what `predict` throws, and the signal's reason */
export async function whatIf({ row, candidates, predict, classes, signal }: WhatIfOptions): Promise<WhatIf> {
  // A column may be called like a property that every object has.
  const tried = (name: string) => (Object.hasOwn(candidates, name) ? candidates[name]! : []);
  const columns = row.map((column) => withLevels(column, tried(column.name)));
  const trials = columns.flatMap(({ name, cells }) =>
    tried(name).flatMap((to) => {
      const changed = cellsWith(cells, to);
      return changed ? [{ name, cells, to, changed }] : [];
    }),
  );
  const variants = [
    new Map<string, Cells>(),
    ...trials.map(({ name, changed }) => new Map([[name, changed]])),
  ];
  const [before, ...after] = await answersTo({ columns, rows: 1, predict, signal }, variants, (answers) =>
    answers.slice(),
  );
  const decision = (answers: Answered) => (classes ? decide(answers, classes.length)[0]! : 0);
  const spoken = classes?.length === 2 ? 1 : decision(before!);
  const answerOf = (answers: Answered) =>
    classes ? probabilityOf(answers, 0, spoken, classes.length) : answers[0]!;
  const answer = answerOf(before!);
  const changes = trials.map(({ name, cells, to }, i): Change & { readonly decided: number } => ({
    column: name,
    from: ownValue(cells),
    to,
    answer: answerOf(after[i]!),
    change: answerOf(after[i]!) - answer,
    isFixed: isFixedColumn(name),
    decided: decision(after[i]!),
  }));
  const plain = ({ decided: _, ...change }: (typeof changes)[number]): Change => change;
  const deciding = changes
    .filter(({ decided }) => decided !== decision(before!))
    .map((change) => ({
      ...plain(change),
      decision: classes![change.decided]!,
      size: sizeOf(change, candidates[change.column]!),
    }));
  const moving = (way: 1 | -1) =>
    bestByColumn(
      changes.filter(({ change }) => way * change > 0).map(plain),
      (a, b) => way * (b.change - a.change),
    );
  return {
    answer,
    ...(classes && { speaksOf: classes[spoken]! }),
    raising: moving(1),
    lowering: moving(-1),
    // Of those of one size the one that moves the answer most.
    deciding: bestByColumn(deciding, (a, b) => a.size - b.size || Math.abs(b.change) - Math.abs(a.change)),
  };
}

/** The best change of each column, those that can be made first. @param order The better one first. */
function bestByColumn<Of extends Change>(changes: readonly Of[], order: (a: Of, b: Of) => number): Of[] {
  const best = new Map<string, Of>();
  for (const change of changes.toSorted(order)) {
    if (!best.has(change.column)) best.set(change.column, change);
  }
  return [...best.values()].sort((a, b) => Number(a.isFixed) - Number(b.isFixed)).slice(0, MOST_CHANGES);
}

function sizeOf({ from, to }: Change, candidates: readonly (number | string)[]): number {
  if (typeof from !== 'number' || typeof to !== 'number') return 1;
  // Candidates are as many training rows apart.
  const passed = candidates
    .map(Number)
    .filter((at) => (from < to ? at > from && at <= to : at >= to && at < from));
  return passed.length / candidates.length;
}

/** A row knows its own level alone: with those that are tried. */
function withLevels({ name, cells }: TableColumn, tried: readonly (number | string)[]): TableColumn {
  if (cells.kind !== 'category') return { name, cells };
  const levels = new Set([...cells.levels, ...tried.filter((to) => typeof to === 'string')]);
  return { name, cells: { ...cells, levels: [...levels] } };
}

/** The cells of the row with another value; undefined where it has it already, or cannot have it. */
function cellsWith(cells: Cells, to: number | string): Cells | undefined {
  if (cells.kind === 'number' && typeof to === 'number') {
    return cells.values[0] === to ? undefined : { ...cells, values: Float64Array.of(to) };
  }
  if (cells.kind !== 'category' || typeof to !== 'string' || shownCell(cells, 0) === to) return undefined;
  return { ...cells, codes: Int32Array.of(cells.levels.indexOf(to)) };
}

function ownValue(cells: Cells): number | string | null {
  const shown = shownCell(cells, 0);
  if (shown === '') return null;
  return cells.kind === 'number' ? cells.values[0]! : shown;
}
