/**
 * k-fold cross-validation (Stone, 1974): every row is tested once, by a model that was not trained on it.
 */
import { checkOptions, type Random, UserError } from '@gradus/base';
import type { Interval } from '@gradus/stats';
import { intervalT } from '@gradus/stats';
import { checkWhole } from '../check-number.ts';
import { checkRandom } from './check-options.ts';

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

/** @throws UserError where there are fewer rows or groups than folds */
export function kFolds(rows: number, options: FoldOptions): Fold[] {
  checkFolds('kFolds', rows, options);
  const { folds = 5, classes, groups, random } = options;
  const units = unitsOf(rows, groups);
  if (units.length < folds) {
    const [en, zh] = groups ? ['groups', '组'] : ['rows', '行'];
    throw new UserError({
      en: `${units.length} ${en} do not make ${folds} folds; expected 2 to ${units.length}`,
      zh: `${units.length} ${zh}不足以分成 ${folds} 折；折数应为 2 至 ${units.length}`,
    });
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

function checkFolds(where: string, rows: number, options: FoldOptions): void {
  checkOptions(where, options ?? {}, { folds: true, classes: true, groups: true, random: true });
  const { folds = 5, classes, groups, random } = options ?? {};
  checkWhole(where, 'rows', rows, { least: 0 });
  checkWhole(where, 'folds', folds, { least: 2 });
  checkRandom(where, random);
  for (const [name, values] of Object.entries({ classes, groups })) {
    if (values === undefined || values.length === rows) continue;
    throw new UserError({
      en: `${where}: "${name}" has ${values.length} entries for ${rows} rows; expected one for each row`,
      zh: `${where} 的“${name}”有 ${values.length} 项，而数据有 ${rows} 行；每行应有一项`,
    });
  }
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

/**
 * Trains and scores on each fold in turn. `train` gets a random stream of its own for each; `subset(data, fold.train)` is the
 * fold's data.
 *
 * @throws UserError where a score is no number
 */
export async function crossValidate(
  rows: number,
  train: (fold: Fold, random: Random) => Promise<number>,
  options: FoldOptions,
): Promise<CrossValidation> {
  checkFolds('crossValidate', rows, options);
  const folds = kFolds(rows, options);
  const scores: number[] = [];
  for (const [i, fold] of folds.entries()) {
    const score: unknown = await train(fold, options.random.fork(`fold ${i}`));
    if (typeof score !== 'number' || Number.isNaN(score)) {
      throw new UserError({
        en: `crossValidate: the score of fold ${i + 1} is ${String(score)}; "train" is to return a number`,
        zh: `crossValidate：第 ${i + 1} 折的得分为 ${String(score)}；“train”应返回一个数`,
      });
    }
    scores.push(score);
  }
  const mean = scores.reduce((a, b) => a + b, 0) / scores.length;
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / (scores.length - 1);
  const error = Math.sqrt(variance * (1 / folds.length + 1 / (folds.length - 1)));
  const reach = intervalT(0.95, folds.length - 1) * error;
  return { scores, mean, interval: [mean - reach, mean + reach] };
}
