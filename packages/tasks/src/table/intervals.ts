/**
 * Intervals of numbers that keep a promise: conformal prediction (Vovk, Gammerman and Shafer, 2005; cross-conformal: Vovk, 2015) from
 * the errors on rows that folds did not see, in units of how far off the model usually is for such a row (Papadopoulos et al., 2011;
 * Lei et al., 2018), where that makes intervals narrower.
 */

import type { Random } from '@gradus/base';
import { type BoostedTrees, boostedTrees, predictTrees, type TreeColumn } from '@gradus/classical';
import { stratifiedFolds } from '@gradus/data';
import { quantile } from '@gradus/stats';
import { pickTreeColumns } from './encoding.ts';

/** Plain data. The interval is from value + low × scale to value + high × scale. */
export interface Intervals {
  readonly promise: number;
  readonly low: number;
  readonly high: number;
  /** How far off the model usually is, by the columns of a row; null where it is the same for all. */
  readonly scale: BoostedTrees | null;
}

/** The share of true values that intervals hold. */
const PROMISE = 0.9;
const FEWEST_FOR_SCALE = 300;
const MOST_FOR_SCALE = 60_000;
const FOLDS = 5;
/** Of errors in the order of time, what is forgotten. */
const EARLIER = 2 / 3;
/** What the intervals must become narrower by. */
const WORTH_IT = 0.97;
const SCALE_TREES = {
  loss: 'gamma',
  rounds: 60,
  learningRate: 0.1,
  leaves: 8,
  minRows: 30,
  l2: 5,
  columnShare: 0.7,
} as const;

export interface IntervalRows {
  /** Encoded for trees. */
  readonly columns: readonly TreeColumn[];
  /** True values less those that folds predicted. */
  readonly residuals: Float64Array;
  readonly groups: Int32Array;
  /** Rows are in the order of time, and later ones are to be predicted. */
  readonly isOrdered: boolean;
}

export async function fitIntervals(
  rows: IntervalRows,
  { random, signal }: { readonly random: Random; readonly signal?: AbortSignal | undefined },
): Promise<Intervals> {
  if (rows.isOrdered) return recentIntervals(rows.residuals);
  const same = bounds(rows.residuals, new Float64Array(rows.residuals.length).fill(1));
  const constant = { promise: PROMISE, ...same, scale: null };
  if (rows.residuals.length < FEWEST_FOR_SCALE || rows.columns.length === 0) return constant;
  const scaled = thinned(rows);
  const sizes = sizesOf(scaled.residuals);
  const seed = random.uint32();
  const fold = stratifiedFolds(
    new Int32Array(sizes.length),
    { count: FOLDS, groups: scaled.groups },
    random.fork('folds'),
  );
  const scales = new Float64Array(sizes.length);
  for (let k = 0; k < FOLDS; k++) {
    const inside = Int32Array.from(fold.keys()).filter((i) => fold[i] === k);
    const outside = Int32Array.from(fold.keys()).filter((i) => fold[i] !== k);
    if (inside.length === 0 || outside.length === 0) return constant;
    const model = await fitScale(
      pickTreeColumns(scaled.columns, outside),
      pickNumbers(sizes, outside),
      seed,
      signal,
    );
    const predicted = predictTrees(model, pickTreeColumns(scaled.columns, inside));
    for (const [i, row] of inside.entries()) scales[row] = predicted[i]!;
  }
  const varied = bounds(scaled.residuals, scales);
  const meanScale = scales.reduce((sum, scale) => sum + scale, 0) / scales.length;
  const narrower = (varied.high - varied.low) * meanScale < WORTH_IT * (same.high - same.low);
  if (!narrower) return constant;
  return { promise: PROMISE, ...varied, scale: await fitScale(scaled.columns, sizes, seed, signal) };
}

/**
 * Of later rows than any that are known, neither the direction of errors nor where they are large can be taken from the past: the sizes of
 * the latest third of errors are (Barber et al., "Conformal prediction beyond exchangeability", 2023, weigh later errors more).
 */
function recentIntervals(residuals: Float64Array): Intervals {
  const recent = residuals.subarray(Math.floor(residuals.length * EARLIER));
  const sizes = recent.map(Math.abs).sort();
  const rank = Math.ceil((sizes.length + 1) * PROMISE) - 1;
  const reach = sizes[Math.min(sizes.length - 1, rank)]!;
  return { promise: PROMISE, low: -reach, high: reach, scale: null };
}

const fitScale = (
  columns: readonly TreeColumn[],
  values: Float64Array,
  seed: number,
  signal: AbortSignal | undefined,
): Promise<BoostedTrees> =>
  boostedTrees(columns, { values }, { ...SCALE_TREES, seed, ...(signal && { signal }) });

/** Errors' sizes, none of which is 0. */
function sizesOf(residuals: Float64Array): Float64Array {
  const sizes = residuals.map(Math.abs);
  const least = 1e-3 * (quantile(sizes, 0.5) || 1);
  return sizes.map((size) => Math.max(size, least));
}

/** Between which multiples of the scale the promised share of errors lies; with few rows a little wider, as each of them counts. */
function bounds(residuals: Float64Array, scales: Float64Array): { low: number; high: number } {
  const ratios = residuals.map((residual, i) => residual / scales[i]!).sort();
  const n = ratios.length;
  const side = (1 - PROMISE) / 2;
  const rank = Math.ceil((n + 1) * (1 - side)) - 1;
  return { low: ratios[Math.max(0, n - 1 - rank)]!, high: ratios[Math.min(n - 1, rank)]! };
}

function thinned(rows: IntervalRows): IntervalRows {
  const { length } = rows.residuals;
  if (length <= MOST_FOR_SCALE) return rows;
  const places = Int32Array.from({ length: MOST_FOR_SCALE }, (_, i) =>
    Math.floor((i * length) / MOST_FOR_SCALE),
  );
  return {
    columns: pickTreeColumns(rows.columns, places),
    residuals: pickNumbers(rows.residuals, places),
    groups: places.map((i) => rows.groups[i]!),
    isOrdered: rows.isOrdered,
  };
}

const pickNumbers = (values: Float64Array, rows: Int32Array): Float64Array =>
  Float64Array.from(rows, (i) => values[i]!);
