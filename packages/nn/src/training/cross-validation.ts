/**
 * k-fold cross-validation (Stone, 1974): every row is tested once, by a model that was not trained on it.
 */
import type { Random } from '@gradus/base';
import type { Interval } from '@gradus/stats';
import { intervalT } from '@gradus/stats';

export interface FoldOptions {
  /** Default 5. */
  readonly folds?: number;
  /** A class for each row: every fold then has the same proportion of each (Kohavi, 1995). */
  readonly classes?: ArrayLike<number>;
  /** A group for each row, such as a person: a group is never in both training and test rows. */
  readonly groups?: ArrayLike<number | string>;
  readonly random: Random;
}

export interface Fold {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** @throws RangeError where there are fewer rows or groups than folds */
export function kFolds(rows: number, { folds = 5, classes, groups, random }: FoldOptions): Fold[] {
  const units = unitsOf(rows, groups);
  if (folds < 2 || units.length < folds) {
    throw new RangeError(
      `${units.length} ${groups ? 'groups' : 'rows'} do not make ${folds} folds; expected 2 to ${units.length}`,
    );
  }
  const foldOf = new Int32Array(rows);
  const sizes = new Array<number>(folds).fill(0);
  const strata = new Map<number, Int32Array[]>();
  for (const at of random.permutation(units.length)) {
    const unit = units[at]!;
    const stratum = classes ? classes[unit[0]!]! : 0;
    strata.set(stratum, [...(strata.get(stratum) ?? []), unit]);
  }
  for (const units of strata.values()) {
    // The largest groups first, each to the fold that has least.
    for (const unit of units.toSorted((a, b) => b.length - a.length)) {
      const fold = sizes.indexOf(Math.min(...sizes));
      for (const row of unit) foldOf[row] = fold;
      sizes[fold]! += unit.length;
    }
  }
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  return sizes.map((_, fold) => ({
    train: all.filter((row) => foldOf[row] !== fold),
    test: all.filter((row) => foldOf[row] === fold),
  }));
}

/** Rows that stay together: the rows of a group, or single rows. */
function unitsOf(rows: number, groups: FoldOptions['groups']): Int32Array[] {
  if (!groups) return Array.from({ length: rows }, (_, row) => Int32Array.of(row));
  const rowsOf = new Map<number | string, number[]>();
  for (let row = 0; row < rows; row++) {
    const known = rowsOf.get(groups[row]!);
    if (known) known.push(row);
    else rowsOf.set(groups[row]!, [row]);
  }
  return [...rowsOf.values()].map((group) => Int32Array.from(group));
}

export interface CrossValidation {
  readonly scores: readonly number[];
  readonly mean: number;
  /**
   * Of the mean, 95 %, by the corrected resampled t-test (Nadeau and Bengio, 2003): folds share their training rows, and
   * the plain interval would be too narrow.
   */
  readonly interval: Interval;
}

/** Trains and scores on each fold in turn. `train` gets a random stream of its own for each. */
export async function crossValidate(
  rows: number,
  train: (fold: Fold, random: Random) => Promise<number>,
  options: FoldOptions,
): Promise<CrossValidation> {
  const folds = kFolds(rows, options);
  const scores: number[] = [];
  for (const [i, fold] of folds.entries()) scores.push(await train(fold, options.random.fork(`fold ${i}`)));
  const mean = scores.reduce((a, b) => a + b, 0) / scores.length;
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / (scores.length - 1);
  const error = Math.sqrt(variance * (1 / folds.length + 1 / (folds.length - 1)));
  const reach = intervalT(0.95, folds.length - 1) * error;
  return { scores, mean, interval: [mean - reach, mean + reach] };
}
