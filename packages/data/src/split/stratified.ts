/**
 * Splits rows into training, validation and test data: each with the same mix of classes, and with rows that belong
 * together (duplicates, one customer's) on the same side, so that nothing seen in training is asked in the test.
 */
import type { Random } from '@gradus/base';

export interface Split {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

export interface SplitOptions {
  /** Shares of the rows. */
  readonly test: number;
  readonly validation: number;
  /** Of each row, what it belongs to; default: each row is by itself. */
  readonly groups?: Int32Array;
}

/** @param strata The class of each row. @returns Row numbers, ascending. */
export function stratifiedSplit(
  strata: ArrayLike<number>,
  { test, validation, groups }: SplitOptions,
  random: Random,
): Split {
  const part = assign(strata, groups, [test, validation, 1 - test - validation], random);
  const rows = (wanted: number) =>
    Int32Array.from(Array.from(part.keys()).filter((row) => part[row] === wanted));
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

/** Deals groups out, largest debt first: each goes to the part that lacks most of the group's class. */
function assign(
  strata: ArrayLike<number>,
  groups: Int32Array | undefined,
  shares: readonly number[],
  random: Random,
): Uint8Array {
  const members = new Map<number, number[]>();
  for (let row = 0; row < strata.length; row++) {
    const group = groups?.[row] ?? row;
    const rows = members.get(group);
    if (rows) rows.push(row);
    else members.set(group, [row]);
  }
  const byClass = Map.groupBy(random.shuffle([...members.values()]), (rows) => strata[rows[0]!]!);
  const part = new Uint8Array(strata.length);
  for (const lots of byClass.values()) {
    const total = lots.reduce((sum, rows) => sum + rows.length, 0);
    const given = shares.map(() => 0);
    // Large groups first, while there is room for them everywhere.
    for (const rows of lots.sort((a, b) => b.length - a.length)) {
      const debts = shares.map((share, i) => share * total - given[i]!);
      const to = debts.indexOf(Math.max(...debts));
      given[to]! += rows.length;
      for (const row of rows) part[row] = to;
    }
  }
  return part;
}
