/**
 * Splits by time, for forecasts: a model that predicts tomorrow must not have learnt from the day after. Rows of the same
 * moment stay together.
 */
import { UserError } from '@gradus/base';
import type { Fold } from './nested.ts';
import type { Split } from './stratified.ts';

export interface TimeSplitOptions {
  /** Fractions of the rows: the latest for the test, those before them for validation. */
  readonly test: number;
  readonly validation: number;
  /** Rows nearer than this before a later set are left out, in the unit of `times`, so that later knowledge does not leak. Default 0. */
  readonly gap?: number;
}

/**
 * @param times Of each row; NaN where unknown: such rows are in no part
 * @returns Row numbers, the earliest first
 * @throws UserError where the times are too few or too alike for three parts
 */
export function timeSplit(times: ArrayLike<number>, { test, validation, gap = 0 }: TimeSplitOptions): Split {
  const rows = inOrder(times);
  const testFrom = momentAt(times, rows, 1 - test);
  const validationFrom = validation > 0 ? momentAt(times, rows, 1 - test - validation) : testFrom;
  const within = (from: number, to: number) => rows.filter((row) => times[row]! >= from && times[row]! < to);
  const split = {
    train: within(Number.NEGATIVE_INFINITY, validationFrom - gap),
    validation: within(validationFrom, testFrom - gap),
    test: within(testFrom, Number.POSITIVE_INFINITY),
  };
  const empty = (['train', 'test', ...(validation > 0 ? (['validation'] as const) : [])] as const).find(
    (part) => split[part].length === 0,
  );
  if (empty) {
    throw new UserError({
      en: `${rows.length} rows with a time do not make a split by time: nothing is left for ${empty}. Too many rows are of the same moment, or the gap of ${gap} is too long.`,
      zh: `${rows.length} 个带时间的行无法按时间划分：${SETS[empty]}没有数据。可能同一时刻的行过多，或间隔 ${gap} 过长。`,
    });
  }
  return split;
}

const SETS = { train: '训练集', validation: '验证集', test: '测试集' } as const;

/**
 * Folds that walk forward (Tashman, 2000): each is tested on the stretch of time after all that it trains on.
 *
 * @throws UserError where there are fewer moments than folds
 */
export function timeFolds(
  times: ArrayLike<number>,
  { count, gap = 0 }: { readonly count: number; readonly gap?: number },
): Fold[] {
  const rows = inOrder(times);
  const starts = Array.from({ length: count }, (_, i) => momentAt(times, rows, (i + 1) / (count + 1)));
  const folds = starts.map((from, i) => ({
    train: rows.filter((row) => times[row]! < from - gap),
    test: rows.filter(
      (row) => times[row]! >= from && times[row]! < (starts[i + 1] ?? Number.POSITIVE_INFINITY),
    ),
  }));
  if (folds.every(({ train, test }) => train.length > 0 && test.length > 0)) return folds;
  throw new UserError({
    en: `the times of ${rows.length} rows do not make ${count} folds; give fewer folds`,
    zh: `${rows.length} 行的时间不足以分成 ${count} 折；请减少折数`,
  });
}

function inOrder(times: ArrayLike<number>): Int32Array {
  return Int32Array.from(times, (_, row) => row)
    .filter((row) => !Number.isNaN(times[row]!))
    .sort((a, b) => times[a]! - times[b]! || a - b);
}

/** The time before which this fraction of the rows lies. */
const momentAt = (times: ArrayLike<number>, rows: Int32Array, fraction: number): number =>
  times[rows[Math.min(rows.length - 1, Math.round(fraction * rows.length))]!] ?? Number.NaN;
