/**
 * Which rows of a table are learnt from and which judge: by chance, with the same mix of classes; by group, where rows of one
 * patient or customer stay together; by time, where the latest judge; by the file that was given for it; or like the run that is
 * retrained. The training rows are divided into folds in the same way, so that what is chosen by them holds for rows like those that
 * come later.
 */
import type { Random } from '@gradus/base';
import { stratifiedFolds, stratifiedSplit, timeFolds, timeSplit } from '@gradus/data';
import { quantileEdges } from '@gradus/stats';
import type { TableRows, Target } from './columns.ts';

/** Places among the rows. */
export interface TableFold {
  readonly train: Int32Array;
  readonly validation: Int32Array;
}

export type SplitKind = 'chance' | 'group' | 'time' | 'given' | 'parent';

export interface TableSplit {
  readonly kind: SplitKind;
  /** Rows to come are later than all of these: folds walk forward, and `train` is in the order of time. */
  readonly isOrdered: boolean;
  readonly train: Int32Array;
  readonly test: Int32Array;
  /** Of `train`. */
  readonly folds: readonly TableFold[];
}

export interface SplitOptions {
  /** Row numbers that the retrained run held out. */
  readonly heldOut?: readonly number[] | undefined;
  readonly random: Random;
}

const TEST_SHARE = 0.2;
/** Rows of the test at most: more make intervals no narrower in any way that matters. */
const MOST_TEST = 100_000;

/**
 * @param groups By place: rows that share a number stay together (equal rows; one patient)
 */
export function splitTable(
  rows: TableRows,
  groups: Int32Array,
  { heldOut, random }: SplitOptions,
): TableSplit {
  const strata = strataOf(rows.target);
  const { kind, train, test } = divided(rows, strata, groups, heldOut, random.fork('split'));
  // A retrained run is judged as its parent was, and what its parent was split by has not changed.
  const isOrdered = kind === 'time' || (kind === 'parent' && rows.times !== undefined);
  const learnt = isOrdered ? inOrder(train, rows.times!.values) : train.toSorted();
  return {
    kind,
    isOrdered,
    train: learnt,
    test: test.length > MOST_TEST ? random.fork('test').shuffle(test).slice(0, MOST_TEST).sort() : test,
    folds: foldsOf(rows, learnt, strata, groups, isOrdered, random.fork('folds')),
  };
}

function divided(
  { count, numbers, isTest, times, groups: named }: TableRows,
  strata: Int32Array,
  groups: Int32Array,
  heldOut: readonly number[] | undefined,
  random: Random,
): Pick<TableSplit, 'kind' | 'train' | 'test'> {
  const all = Int32Array.from({ length: count }, (_, i) => i);
  if (isTest) {
    const test = all.filter((i) => isTest[i] === 1);
    // A row that is in both files was learnt by heart.
    return { kind: 'given', test, train: withoutGroupsOf(all, test, groups) };
  }
  if (heldOut) {
    const held = new Set(heldOut);
    const test = all.filter((i) => held.has(numbers[i]!));
    return { kind: 'parent', test, train: withoutGroupsOf(all, test, groups) };
  }
  if (times) {
    const { values } = times;
    const split = timeSplit(values, { test: TEST_SHARE, validation: 0 });
    const undated = all.filter((i) => Number.isNaN(values[i]!));
    const train = withoutGroupsOf(Int32Array.from([...undated, ...split.train]), split.test, groups);
    return { kind: 'time', test: split.test, train };
  }
  const { test, train } = stratifiedSplit(strata, { test: TEST_SHARE, validation: 0, groups }, random);
  return { kind: named ? 'group' : 'chance', test, train };
}

/** Rows without a time come first, as the earliest ones. */
function inOrder(rows: Int32Array, times: Float64Array): Int32Array {
  const at = (row: number) => (Number.isNaN(times[row]!) ? Number.NEGATIVE_INFINITY : times[row]!);
  return rows.toSorted((a, b) => (at(a) < at(b) ? -1 : at(a) > at(b) ? 1 : a - b));
}

/** Rows that neither are nor repeat one of the test. */
function withoutGroupsOf(rows: Int32Array, test: Int32Array, groups: Int32Array): Int32Array {
  const tested = new Set(Array.from(test, (i) => groups[i]!));
  return rows.filter((i) => !tested.has(groups[i]!));
}

/** Fewer rows need more folds: each model then learns from nearly all of them. */
const foldCount = (rows: number): number => (rows < 1000 ? 10 : rows <= 60_000 ? 5 : rows <= 200_000 ? 3 : 1);
const TIME_FOLDS = 4;

function foldsOf(
  { times }: TableRows,
  train: Int32Array,
  strata: Int32Array,
  groups: Int32Array,
  isOrdered: boolean,
  random: Random,
): TableFold[] {
  if (isOrdered) {
    const count = train.length > 200_000 ? 1 : TIME_FOLDS;
    const values = Float64Array.from(train, (i) => times!.values[i]!);
    const first = values.reduce((least, value) => (value < least ? value : least), Number.POSITIVE_INFINITY);
    const folds = timeFolds(
      values.map((value) => (Number.isNaN(value) ? first : value)),
      { count },
    );
    return folds.map((fold) => ({
      train: withoutGroupsOf(placed(fold.train, train), placed(fold.test, train), groups),
      validation: placed(fold.test, train),
    }));
  }
  const different = new Set(Array.from(train, (i) => groups[i]!)).size;
  const count = Math.min(foldCount(train.length), different);
  const own = { count: Math.min(different, Math.max(count, 5)), groups: train.map((i) => groups[i]!) };
  const fold = stratifiedFolds(
    train.map((i) => strata[i]!),
    own,
    random,
  );
  // Of very many rows one fold tells enough.
  return Array.from({ length: Math.max(1, count) }, (_, k) => ({
    train: train.filter((_, i) => fold[i] !== k),
    validation: train.filter((_, i) => fold[i] === k),
  })).filter(({ train, validation }) => train.length > 0 && validation.length > 0);
}

const placed = (inner: Int32Array, rows: Int32Array): Int32Array => inner.map((i) => rows[i]!);

const STRATA_OF_NUMBERS = 10;

/** Classes, or tenths of the numbers, so that each part has the same mix. */
export function strataOf(target: Target): Int32Array {
  if (target.kind === 'classes') return target.labels;
  const edges = quantileEdges(target.values, STRATA_OF_NUMBERS);
  return Int32Array.from(target.values, (value) => {
    let stratum = 0;
    while (stratum < edges.length && value > edges[stratum]!) stratum++;
    return stratum;
  });
}
