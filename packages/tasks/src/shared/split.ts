/**
 * Splits of labelled rows for learning: by chance, stratified, with duplicates in one part; or like the run that is
 * retrained, so that the two can be compared. Of the rows that a file has gained since, the newest are held back from both.
 */
import type { Random } from '@gradus/base';
import { stratifiedSplit } from '@gradus/data';

/** Row numbers are those of the file; indices are places in the list of rows. */
export interface SplitRows {
  /** Indices of the rows that have a label. */
  readonly labelled: Int32Array;
  /** By index: the number in the file. */
  readonly numbers: ArrayLike<number>;
  /** By index: the class. */
  readonly labels: ArrayLike<number | undefined>;
  /** By index: rows that repeat each other share a number. */
  readonly groups: Int32Array;
}

/** Indices. */
export interface Divided {
  readonly test: Int32Array;
  readonly train: Int32Array;
}

export const TEST_SHARE = 0.2;

export function splitByChance(
  { labelled, labels, groups }: SplitRows,
  random: Random,
  test = TEST_SHARE,
): Divided {
  const split = stratifiedSplit(
    labelled.map((i) => labels[i]!),
    { test, validation: 0, groups: labelled.map((i) => groups[i]!) },
    random,
  );
  return { test: split.test.map((k) => labelled[k]!), train: split.train.map((k) => labelled[k]!) };
}

/** Holds out the rows that the parent held out, though the file may have grown; nothing that repeats them is learnt. */
export function splitLikeParent(
  { labelled, numbers, groups }: SplitRows,
  heldOut: readonly number[],
): Divided {
  const rows = new Set(heldOut);
  const test = labelled.filter((i) => rows.has(numbers[i]!));
  const tested = new Set(Array.from(test, (i) => groups[i]!));
  return { test, train: labelled.filter((i) => !tested.has(groups[i]!)) };
}

/** The share of the rows gained since the parent's run that is held back, and the fewest that tell anything. */
const RECENT_SHARE = 0.3;
export const FEWEST_RECENT = 30;

/**
 * Of the rows that a file has gained since its parent's run the last ones, unless they repeat one that is learnt from.
 *
 * @param read Rows that the file had then
 */
export function newestRows(
  { numbers, groups }: SplitRows,
  train: Int32Array,
  read: number,
): ReadonlySet<number> {
  const gained = train.filter((i) => numbers[i]! > read);
  const newest = new Set(gained.slice(gained.length - Math.floor(RECENT_SHARE * gained.length)));
  const learnt = new Set(Array.from(train, (i) => (newest.has(i) ? -1 : groups[i]!)));
  for (const i of newest) if (learnt.has(groups[i]!)) newest.delete(i);
  return newest.size < FEWEST_RECENT ? new Set() : newest;
}
