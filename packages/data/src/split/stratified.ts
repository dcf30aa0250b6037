/**
 * Stratified splits by group: training, validation and test sets with the same mix of classes, and with the rows of a group
 * (duplicates, one customer) in the same set, so that the model is not tested on what it was trained on.
 */
import type { Random } from '@gradus/base';

export interface Split {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

export interface SplitOptions {
  /** Fractions of the rows. */
  readonly test: number;
  readonly validation: number;
  /** The group of each row. Default: each row is its own group. */
  readonly groups?: Int32Array;
}

/** @param strata The class of each row. @returns Row numbers, ascending. */
export function stratifiedSplit(
  strata: ArrayLike<number>,
  { test, validation, groups }: SplitOptions,
  random: Random,
): Split {
  const sets = assign(strata, groups, [test, validation, 1 - test - validation], random);
  const rows = (set: number) => Int32Array.from(Array.from(sets.keys()).filter((row) => sets[row] === set));
  return { test: rows(0), validation: rows(1), train: rows(2) };
}

/** The fold of each row, for cross-validation with `count` folds. */
export function stratifiedFolds(
  strata: ArrayLike<number>,
  { count, groups }: { readonly count: number; readonly groups?: Int32Array },
  random: Random,
): Uint8Array {
  return assign(strata, groups, new Array<number>(count).fill(1 / count), random);
}

/** Assigns groups greedily, the largest first: each to the set that lacks most rows of the group's class. @returns the set of each row */
function assign(
  strata: ArrayLike<number>,
  groups: Int32Array | undefined,
  fractions: readonly number[],
  random: Random,
): Uint8Array {
  const rowsOf = new Map<number, number[]>();
  for (let row = 0; row < strata.length; row++) {
    const group = groups?.[row] ?? row;
    const rows = rowsOf.get(group);
    if (rows) rows.push(row);
    else rowsOf.set(group, [row]);
  }
  const byClass = Map.groupBy(random.shuffle([...rowsOf.values()]), (rows) => strata[rows[0]!]!);
  const sets = new Uint8Array(strata.length);
  for (const groupsOfClass of byClass.values()) {
    const total = groupsOfClass.reduce((sum, rows) => sum + rows.length, 0);
    const assigned = fractions.map(() => 0);
    for (const rows of groupsOfClass.sort((a, b) => b.length - a.length)) {
      const lacking = fractions.map((fraction, i) => fraction * total - assigned[i]!);
      const to = lacking.indexOf(Math.max(...lacking));
      assigned[to]! += rows.length;
      for (const row of rows) sets[row] = to;
    }
  }
  return sets;
}
