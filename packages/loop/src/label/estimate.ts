/**
 * How often the model would be right on the rows without a label. Cross-validation judges it on the labelled rows, which were
 * chosen because they are hard; so they are weighed: the labelled rows of each degree of confidence count as much as all the
 * rows without a label that the model is so confident of (post-stratification: Holt and Smith, 1979).
 */
import type { Random } from '@gradus/base';
import type { SparseMatrix } from '@gradus/stats';
import { bootstrapInterval, type Interval } from '@gradus/stats';
import { chosen, fitRows, foldsOf, type LabelledRows, scoreRows } from './model.ts';

export interface Estimate {
  readonly accuracy: number;
  /** 95 %. */
  readonly interval: Interval;
}

export interface CurvePoint extends Estimate {
  /** That the model was trained on. */
  readonly labels: number;
}

const STRATA = 5;
/** Labelled rows that a stratum needs. */
const FEWEST = 5;
const SHARES = [1 / 8, 1 / 4, 1 / 2, 1];
const SHORTEST_CURVE = 10;

/**
 * What each labelled row counts.
 *
 * @param confidence Of each labelled row, the highest probability by a model that did not see it.
 * @param unlabelled The same of the rows without a label.
 */
export function strataWeights(confidence: Float64Array, unlabelled: Float64Array): Float64Array {
  if (unlabelled.length === 0) return new Float64Array(confidence.length).fill(1 / confidence.length);
  const sorted = unlabelled.toSorted();
  const bounds = Array.from(
    { length: STRATA - 1 },
    (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / STRATA)]!,
  );
  // A bound goes where a stratum under it would have too few labelled rows.
  const kept: number[] = [];
  const among = (values: Float64Array, low: number, high: number) =>
    values.reduce((count, value) => count + Number(value >= low && value < high), 0);
  for (const bound of bounds) {
    if (among(confidence, kept.at(-1) ?? -1, bound) >= FEWEST) kept.push(bound);
  }
  while (kept.length > 0 && among(confidence, kept.at(-1)!, 2) < FEWEST) kept.pop();
  const stratum = (value: number) => kept.findLastIndex((bound) => value >= bound) + 1;
  const shares = new Float64Array(kept.length + 1);
  const counts = new Float64Array(kept.length + 1);
  for (const value of unlabelled) shares[stratum(value)]! += 1 / unlabelled.length;
  for (const value of confidence) counts[stratum(value)]! += 1;
  return confidence.map((value) => shares[stratum(value)]! / counts[stratum(value)]!);
}

/** @param right 1 for each labelled row that was answered rightly. */
export function weighted(right: Uint8Array, weights: Float64Array, random: Random): Estimate {
  const share = (rows: Int32Array) => {
    let [hits, all] = [0, 0];
    for (const row of rows) {
      hits += weights[row]! * right[row]!;
      all += weights[row]!;
    }
    return hits / all;
  };
  return {
    accuracy: share(Int32Array.from(right.keys())),
    interval: bootstrapInterval(share, right.length, random),
  };
}

/** The estimate with fewer labels: what each doubling has brought. */
export function learningCurve(
  matrix: SparseMatrix,
  labelled: LabelledRows,
  groups: Int32Array,
  weights: Float64Array,
  random: Random,
  signal?: AbortSignal,
): CurvePoint[] {
  const folds = foldsOf(labelled, groups, random.fork('folds'));
  return SHARES.flatMap((share) => {
    const right = new Uint8Array(labelled.labels.length);
    let trained = 0;
    for (const [k, { train, test }] of folds.entries()) {
      // The same order for every share: each part holds the smaller ones.
      const order = random.fork(`part ${k}`).shuffle(train.slice());
      const part = order.slice(0, Math.round(share * order.length));
      trained += part.length / folds.length;
      if (part.length < SHORTEST_CURVE) return [];
      const held = chosen(labelled, test);
      const scores = scoreRows(fitRows(matrix, chosen(labelled, part), signal), matrix, held.rows);
      for (const [i, at] of test.entries()) {
        right[at] = Number(best(scores, i, labelled.classes) === labelled.labels[at]);
      }
    }
    return [{ labels: Math.round(trained), ...weighted(right, weights, random.fork('interval')) }];
  });
}

/** The likeliest class of a row, the first of equals. @param scores [rows, classes] */
export function best(scores: ArrayLike<number>, row: number, classes: number): number {
  let found = 0;
  for (let k = 1; k < classes; k++) {
    if (scores[row * classes + k]! > scores[row * classes + found]!) found = k;
  }
  return found;
}
