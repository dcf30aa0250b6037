/**
 * What a model of a table uses its columns for, measured on rows that nothing was fitted on:
 *
 * - importance: by how much the loss grows when a column's cells are shuffled among the rows (`shuffled.ts`). Columns that say much
 *   the same hide each other, since each stands in for the other; they are shuffled together too.
 * - dependence: the answer as one column changes and all others stay (`dependence.ts`)
 *
 * The model is asked about some 300,000 rows at most, and fewer of a wide table, whose rows take longer: a first look finds the
 * columns that are worth a closer one (`promising.ts`).
 */
import type { Random } from '@gradus/base';
import { probabilityOf } from '../../shared/probabilities.ts';
import type { Answered, Judged } from '../answers.ts';
import { pickColumns, type TableColumn, type Target } from '../columns.ts';
import { ERRORS, logLosses } from '../losses.ts';
import { type AssociatedColumns, associatedColumns } from './associated.ts';
import { type Dependence, dependenceOf } from './dependence.ts';
import { promisingColumns, shufflesOf } from './promising.ts';
import { type Importance, type JudgedRows, shuffledLosses } from './shuffled.ts';
import type { Predict } from './variants.ts';

/** Log loss is in nats, the squared error in the square of the target's unit. */
export type LossName = 'log loss' | 'squared error' | 'absolute error';

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
  /** Of a wide table: columns that a first look found less important than all that are listed. */
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
/** Of more columns than this a first look finds the most important. */
const MOST_COLUMNS = 40;
/** Rows that each look asks about at most: so many, or so many cells of a wide table, but not too few. */
const BUDGET = { rows: 200_000, cells: 20_000_000, fewest: 60_000 };
const DEPENDENCE_COLUMNS = 6;
/** Points of a column, about. */
const DEPENDENCE_POINTS = 15;
/** Fewer than for importance: means over rows need fewer. */
const DEPENDENCE_SHARE = 1 / 200;

/** Something was seen of it beyond chance. */
export const isSeen = ({ interval }: Importance): boolean => interval[0] > 0;

/** @throws what `predict` throws, and the signal's reason */
export async function explainTable(options: ExplainOptions): Promise<Explanation> {
  const { columns, judged, error = 'squared', random, onProgress } = options;
  const { target } = judged;
  const rows = target.kind === 'classes' ? target.labels.length : target.values.length;
  const lossName: LossName = target.kind === 'classes' ? 'log loss' : `${error} error`;
  const width = columns.length;
  const isWide = width > MOST_COLUMNS;
  const budget = Math.min(BUDGET.rows, Math.max(BUDGET.fewest, Math.floor(BUDGET.cells / width)));
  const most = (asked: number) => Math.max(1, Math.min(rows, MOST_ROWS, Math.floor(asked)));
  const ofFirst = isWide ? most(budget / shufflesOf(width, MOST_COLUMNS)) : 0;
  const compared = Math.min(MOST_COLUMNS, width);
  const ofSecond = most(budget / (REPEATS * compared));
  const ofDependence = most(budget * DEPENDENCE_SHARE);

  let done = 0;
  const total =
    (isWide ? shufflesOf(width, MOST_COLUMNS) * ofFirst : 0) +
    REPEATS * compared * ofSecond +
    DEPENDENCE_COLUMNS * DEPENDENCE_POINTS * ofDependence;
  const onAnswered = (answered: number) => {
    done = Math.min(total, done + answered);
    onProgress?.(done, total);
  };
  const sample = (most: number, label: string) =>
    sampled({
      ...options,
      onAnswered,
      picked: random.fork(label).permutation(rows).subarray(0, most).sort(),
    });

  const all = columns.map(({ name }) => name);
  const names = isWide
    ? await promisingColumns(sample(ofFirst, 'first rows'), all, MOST_COLUMNS, random.fork('first shuffles'))
    : all;
  const second = sample(ofSecond, 'rows');
  const alike = associatedColumns(second.asking.columns.filter(({ name }) => names.includes(name)));
  const sets = [...names.map((name) => [name]), ...alike.map((of) => of.columns)];
  const shuffled = await shuffledLosses(second, sets, REPEATS, random.fork('shuffles'));
  const importance = strongest(names.map((column, i) => ({ column, ...shuffled.importance[i]! })));
  const together = strongest(alike.map((of, i) => ({ ...of, ...shuffled.importance[names.length + i]! })));

  const spoken = spokenClass(target);
  const answerOf = (answers: Answered, row: number) =>
    spoken ? probabilityOf(answers, row, spoken.label, spoken.classes) : answers[row]!;
  const { asking } = sample(ofDependence, 'dependence');
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
    rows: ofSecond,
    importance,
    together,
    dependence,
    leftOut: width - names.length,
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
  readonly onAnswered: (rows: number) => void;
}

function sampled({
  columns,
  judged,
  predict,
  signal,
  onAnswered,
  picked,
  error = 'squared',
}: SampleOptions): JudgedRows {
  const { target, groups, weights } = judged;
  const ofPicked: Target =
    target.kind === 'classes'
      ? { ...target, labels: Int32Array.from(picked, (row) => target.labels[row]!) }
      : { ...target, values: Float64Array.from(picked, (row) => target.values[row]!) };
  return {
    asking: { columns: pickColumns(columns, picked), rows: picked.length, predict, signal, onAnswered },
    losses: (answers) =>
      ofPicked.kind === 'classes'
        ? logLosses({ classes: ofPicked.classes.length, truth: ofPicked.labels, answers })
        : ERRORS[error]({ truth: ofPicked.values, answers }),
    groups: groups && Int32Array.from(picked, (row) => groups[row]!),
    weights: weights && Float64Array.from(picked, (row) => weights[row]!),
  };
}
