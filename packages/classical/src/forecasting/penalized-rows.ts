/**
 * Ridge regression of several targets at once, with the strength of the penalty chosen by the latest quarter of the rows: rows of a
 * series come in order, and later ones must not be used to judge earlier ones.
 */
import { cholesky, solveCholesky } from '@gradus/stats';

/** Relative to the mean diagonal of the rows' products. */
const PENALTIES = [1e-3, 1e-2, 0.1, 1, 10];
const JUDGED_SHARE = 0.25;

export interface PenalizedFit {
  /** [columns, targets] */
  readonly weights: Float64Array;
  readonly penalty: number;
}

/**
 * @param x [rows, columns], without an intercept
 * @param y [rows, targets]
 */
export function fitPenalized(x: Float64Array, y: Float64Array, rows: number): PenalizedFit {
  const columns = x.length / rows;
  const targets = y.length / rows;
  const judged = Math.max(1, Math.floor(rows * JUDGED_SHARE));
  const known = rows - judged;
  const gram = new Float64Array(columns * columns);
  const moment = new Float64Array(columns * targets);
  addProducts(x, y, 0, known, gram, moment);
  let best: number = PENALTIES.at(-1)!;
  let least = Number.POSITIVE_INFINITY;
  for (const penalty of PENALTIES) {
    const weights = solvePenalized(gram, moment, penalty);
    const error = squaredError(x, y, columns, weights, known, rows);
    if (error < least) [least, best] = [error, penalty];
  }
  addProducts(x, y, known, rows, gram, moment);
  return { weights: solvePenalized(gram, moment, best), penalty: best };
}

/** Adds the products of rows from `first` to before `end`; of the Gram matrix the lower triangle. */
export function addProducts(
  x: Float64Array,
  y: Float64Array,
  first: number,
  end: number,
  gram: Float64Array,
  moment: Float64Array,
): void {
  const columns = Math.round(Math.sqrt(gram.length));
  const targets = moment.length / columns;
  for (let row = first; row < end; row++) {
    for (let j = 0; j < columns; j++) {
      const value = x[row * columns + j]!;
      if (value === 0) continue;
      for (let k = 0; k <= j; k++) gram[j * columns + k]! += value * x[row * columns + k]!;
      for (let h = 0; h < targets; h++) moment[j * targets + h]! += value * y[row * targets + h]!;
    }
  }
}

/** @param penalty relative to the mean diagonal */
export function solvePenalized(gram: Float64Array, moment: Float64Array, penalty: number): Float64Array {
  const columns = Math.round(Math.sqrt(gram.length));
  let trace = 0;
  for (let j = 0; j < columns; j++) trace += gram[j * columns + j]!;
  const strength = Math.max((penalty * trace) / columns, Number.EPSILON * trace, Number.MIN_VALUE);
  const penalized = gram.slice();
  for (let j = 0; j < columns; j++) penalized[j * columns + j]! += strength;
  return solveCholesky(cholesky(penalized, columns), moment);
}

function squaredError(
  x: Float64Array,
  y: Float64Array,
  columns: number,
  weights: Float64Array,
  first: number,
  end: number,
): number {
  const targets = weights.length / columns;
  const predicted = new Float64Array(targets);
  let sum = 0;
  for (let row = first; row < end; row++) {
    predicted.fill(0);
    for (let j = 0; j < columns; j++) {
      const value = x[row * columns + j]!;
      for (let h = 0; h < targets; h++) predicted[h]! += weights[j * targets + h]! * value;
    }
    for (let h = 0; h < targets; h++) sum += (y[row * targets + h]! - predicted[h]!) ** 2;
  }
  return sum;
}
