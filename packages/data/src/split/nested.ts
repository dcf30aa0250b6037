/**
 * Nested cross-validation (Varma and Simon, 2006): within the training rows of each outer fold, inner folds choose the
 * options; the outer test rows, which took no part in the choice, judge it.
 */
import type { Random } from '@gradus/base';
import { stratifiedFolds } from './stratified.ts';

export interface Fold {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

export interface NestedFold extends Fold {
  /** Folds of the rows of `train`, by their row numbers in the whole. */
  readonly inner: readonly Fold[];
}

export interface NestedOptions {
  /** Folds outside and inside. */
  readonly outer: number;
  readonly inner: number;
  /** The group of each row. Default: each row is its own group. */
  readonly groups?: Int32Array;
}

/** @param strata The class of each row: folds have the same mix of them. */
export function nestedFolds(
  strata: ArrayLike<number>,
  { outer, inner, groups }: NestedOptions,
  random: Random,
): NestedFold[] {
  const all = Int32Array.from(strata, (_, row) => row);
  return foldsOf(all, strata, outer, groups, random.fork('outer')).map((fold, i) => ({
    ...fold,
    inner: foldsOf(fold.train, strata, inner, groups, random.fork(`inner ${i}`)),
  }));
}

function foldsOf(
  rows: Int32Array,
  strata: ArrayLike<number>,
  count: number,
  groups: Int32Array | undefined,
  random: Random,
): Fold[] {
  const own = groups && rows.map((row) => groups[row]!);
  const fold = stratifiedFolds(
    Array.from(rows, (row) => strata[row]!),
    { count, ...(own && { groups: own }) },
    random,
  );
  return Array.from({ length: count }, (_, k) => ({
    train: rows.filter((_, i) => fold[i] !== k),
    test: rows.filter((_, i) => fold[i] === k),
  }));
}
