/**
 * What a model of a table uses its columns for, measured on rows that nothing was fitted on:
 *
 * - importance: by how much the loss grows when a column's cells are shuffled among the rows (`shuffled.ts`). Columns that say much
 *   the same hide each other, since each stands in for the other; they are shuffled together too.
 * - dependence: the answer as one column changes and all others stay (`dependence.ts`)
 *
 * The model is asked about some 300,000 rows at most, however wide the table: of many columns a first pass over few rows finds those
 * that are worth the second.
 */
import type { Random } from '@gradus/base';
import type { Answered, Judged } from '../answers.ts';
import { pickColumns, type TableColumn, type Target } from '../columns.ts';
import { type AssociatedColumns, associatedColumns } from './associated.ts';
import { type Dependence, dependenceOf } from './dependence.ts';
import { type LossName, probabilityOf, rowLosses } from './row-losses.ts';
import { type Importance, type JudgedRows, shuffledLosses } from './shuffled.ts';
import type { Predict } from './variants.ts';

/** Plain data that survives JSON. */
export interface Explanation {
  /** Its name. */
  readonly target: string;
  /** The class whose probability the answers are; absent where they are numbers. */
  readonly speaksOf?: string;
  readonly lossName: LossName;
  /** The model's mean loss on the rows that were looked at, nothing shuffled. */
  readonly loss: number;
  /** How many rows that were. */
  readonly rows: number;
  /** The most important first. */
  readonly importance: readonly ColumnImportance[];
  /** Columns that hide each other, shuffled together. The most important first. */
  readonly together: readonly JointImportance[];
  /** Of the columns that are seen to matter, the most important first. */
  readonly dependence: readonly Dependence[];
  /** Of a wide table: columns that the first pass found less important than all that are listed. */
  readonly leftOut: number;
}

export interface ColumnImportance extends Importance {
  readonly column: string;
}

export type JointImportance = AssociatedColumns & Importance;

export interface ExplainOptions {
  /** Of the held-out rows. */
  readonly columns: readonly TableColumn[];
  /** Of the same rows. */
  readonly judged: Pick<Judged, 'target' | 'groups' | 'weights'>;
  readonly predict: Predict;
  /** What numbers are judged by. Default squared. */
  readonly error?: 'squared' | 'absolute';
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
  /** Rows that were answered, of about how many. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

const MOST_ROWS = 2000;
const REPEATS = 5;
/** Rows that a pass over the columns asks about at most. */
const BUDGET = 200_000;
/** More columns than this are looked at twice. */
const MOST_COLUMNS = 40;
const FEWEST_OF_FIRST_PASS = 200;
const DEPENDENCE_ROWS = 1000;
const DEPENDENCE_COLUMNS = 6;
/** Points of a column, about. */
const DEPENDENCE_POINTS = 15;

/** Something was seen of it beyond chance. */
export const isSeen = ({ interval }: Importance): boolean => interval[0] > 0;

/** @throws what `predict` throws, and the signal's reason */
export async function explainTable(options: ExplainOptions): Promise<Explanation> {
  const { columns, judged, error = 'squared', random, onProgress } = options;
  const { target } = judged;
  const rows = target.kind === 'classes' ? target.labels.length : target.values.length;
  const lossName: LossName = target.kind === 'classes' ? 'log loss' : `${error} error`;
  const ofFirstPass = Math.max(FEWEST_OF_FIRST_PASS, Math.floor(BUDGET / columns.length));
  const isWide = columns.length > MOST_COLUMNS;
  const compared = Math.min(MOST_COLUMNS, columns.length);
  const ofPass = Math.min(rows, MOST_ROWS, Math.floor(BUDGET / (REPEATS * compared)));

  let done = 0;
  const total =
    (isWide ? columns.length * Math.min(rows, ofFirstPass) : 0) +
    REPEATS * compared * ofPass +
    DEPENDENCE_COLUMNS * DEPENDENCE_POINTS * Math.min(rows, DEPENDENCE_ROWS);
  const onAnswered = (answered: number) => {
    done = Math.min(total, done + answered);
    onProgress?.(done, total);
  };
  const sample = (most: number, label: string) =>
    sampled({
      ...options,
      onAnswered,
      lossName,
      picked: random.fork(label).permutation(rows).subarray(0, most).sort(),
    });

  let looked = columns;
  if (isWide) {
    const first = await shuffledLosses(
      sample(ofFirstPass, 'first rows'),
      columns.map(({ name }) => [name]),
      1,
      random.fork('first shuffles'),
    );
    const ranked = strongest(columns.map((column, i) => ({ column, ...first.importance[i]! })));
    looked = ranked.slice(0, MOST_COLUMNS).map(({ column }) => column);
  }
  const second = sample(ofPass, 'rows');
  const names = looked.map(({ name }) => name);
  const alike = associatedColumns(second.asking.columns.filter(({ name }) => names.includes(name)));
  const sets = [...names.map((name) => [name]), ...alike.map((of) => of.columns)];
  const shuffled = await shuffledLosses(second, sets, REPEATS, random.fork('shuffles'));
  const importance = strongest(names.map((column, i) => ({ column, ...shuffled.importance[i]! })));
  const together = strongest(alike.map((of, i) => ({ ...of, ...shuffled.importance[names.length + i]! })));

  const spoken = spokenClass(target);
  const answerOf = (answers: Answered, row: number) =>
    spoken ? probabilityOf(answers, row, spoken.label, spoken.classes) : answers[row]!;
  const { asking } = sample(DEPENDENCE_ROWS, 'dependence');
  const dependence: Dependence[] = [];
  for (const of of importance) {
    if (dependence.length === DEPENDENCE_COLUMNS) break;
    if (!isSeen(of) && !together.some((set) => isSeen(set) && set.columns.includes(of.column))) continue;
    const found = await dependenceOf(asking, columns.find(({ name }) => name === of.column)!, answerOf);
    if (found) dependence.push(found);
  }
  onProgress?.(total, total);
  return {
    target: target.name,
    ...(spoken && { speaksOf: spoken.name }),
    lossName,
    loss: shuffled.loss,
    rows: ofPass,
    importance,
    together,
    dependence,
    leftOut: columns.length - looked.length,
  };
}

const strongest = <Of extends Importance>(all: readonly Of[]): Of[] =>
  all.toSorted((a, b) => b.loss - a.loss);

/** Of two classes the second, as probabilities are; of more the most frequent. */
function spokenClass(target: Target): { label: number; classes: number; name: string } | undefined {
  if (target.kind === 'numbers') return undefined;
  const { classes, labels } = target;
  const counts = new Float64Array(classes.length);
  for (const label of labels) counts[label]!++;
  const label = classes.length === 2 ? 1 : counts.indexOf(Math.max(...counts));
  return { label, classes: classes.length, name: classes[label]! };
}

interface SampleOptions extends ExplainOptions {
  readonly picked: Int32Array;
  readonly lossName: LossName;
  readonly onAnswered: (rows: number) => void;
}

function sampled({
  columns,
  judged,
  predict,
  signal,
  onAnswered,
  picked,
  lossName,
}: SampleOptions): JudgedRows {
  const { target, groups, weights } = judged;
  const ofPicked: Target =
    target.kind === 'classes'
      ? { ...target, labels: Int32Array.from(picked, (row) => target.labels[row]!) }
      : { ...target, values: Float64Array.from(picked, (row) => target.values[row]!) };
  return {
    asking: { columns: pickColumns(columns, picked), rows: picked.length, predict, signal, onAnswered },
    losses: (answers) => rowLosses(ofPicked, lossName, answers),
    groups: groups && Int32Array.from(picked, (row) => groups[row]!),
    weights: weights && Float64Array.from(picked, (row) => weights[row]!),
  };
}
