/**
 * Ridge regression of sparse rows: minimise Σ weightᵢ (yᵢ − b − w·xᵢ)² + alpha‖w‖², the intercept b without penalty, by
 * conjugate gradients on the normal equations with their diagonal as preconditioner (Hestenes and Stiefel, 1952). `fitRidge` is for
 * fewer columns, and gives intervals.
 */
import { checkOptions } from '@gradus/base';
import type { SparseMatrix } from '@gradus/stats';
import { requireFinite } from './inputs.ts';
import { multiply, multiplyTransposed } from './sparse.ts';

export interface SparseRidge {
  /** [columns] */
  readonly weights: Float32Array;
  readonly bias: number;
}

export interface SparseRidgeOptions {
  /** Strength of the penalty, above 0. Default 1. */
  readonly alpha?: number;
  /** By row; default 1 each. */
  readonly sampleWeights?: ArrayLike<number> | undefined;
  readonly signal?: AbortSignal | undefined;
}

const MOST_STEPS = 300;
/** The residual, of its size at zero weights. */
const TOLERANCE = 1e-8;

/**
 * @param x [rows, columns]
 * @param y [rows]
 * @throws RangeError where rows and numbers do not match; UserError where a value is not a number
 */
export function fitSparseRidge(
  x: SparseMatrix,
  y: ArrayLike<number>,
  options: SparseRidgeOptions = {},
): SparseRidge {
  checkOptions('fitSparseRidge', options, { alpha: 1, sampleWeights: true, signal: true });
  const { alpha = 1, sampleWeights, signal } = options;
  if (y.length !== x.rows) throw new RangeError(`Expected ${x.rows} numbers, one a row, got ${y.length}`);
  requireFinite('fitSparseRidge', 'x', x.values);
  requireFinite('fitSparseRidge', 'y', y);
  const { rows, columns } = x;
  const weight = (row: number) => sampleWeights?.[row] ?? 1;
  const size = columns + 1; // the intercept comes last
  /** (XᵀWX + alpha) v */
  const product = (v: Float64Array, out: Float64Array) => {
    const along = multiply(x, v);
    for (let i = 0; i < rows; i++) along[i] = weight(i) * (along[i]! + v[columns]!);
    transposed(x, along, out);
    for (let j = 0; j < columns; j++) out[j]! += alpha * v[j]!;
  };
  const diagonal = new Float64Array(size).fill(alpha);
  diagonal[columns] = Number.MIN_VALUE;
  for (let i = 0; i < rows; i++) {
    for (let k = x.offsets[i]!; k < x.offsets[i + 1]!; k++)
      diagonal[x.indices[k]!]! += weight(i) * x.values[k]! ** 2;
    diagonal[columns]! += weight(i);
  }
  const point = new Float64Array(size);
  const left = transposed(
    x,
    Float64Array.from({ length: rows }, (_, i) => weight(i) * y[i]!),
    new Float64Array(size),
  );
  const enough = TOLERANCE * norm(left);
  const scaled = left.map((value, j) => value / diagonal[j]!);
  const direction = Float64Array.from(scaled);
  const moved = new Float64Array(size);
  let rho = dot(left, scaled);
  for (let step = 0; step < MOST_STEPS && norm(left) > enough; step++) {
    signal?.throwIfAborted();
    product(direction, moved);
    const length = rho / dot(direction, moved);
    if (!Number.isFinite(length)) break;
    for (let j = 0; j < size; j++) {
      point[j]! += length * direction[j]!;
      left[j]! -= length * moved[j]!;
      scaled[j] = left[j]! / diagonal[j]!;
    }
    const next = dot(left, scaled);
    for (let j = 0; j < size; j++) direction[j] = scaled[j]! + (next / rho) * direction[j]!;
    rho = next;
  }
  return { weights: Float32Array.from(point.subarray(0, columns)), bias: point[columns]! };
}

/** xᵀ·v, and behind it the sum of v. */
function transposed(x: SparseMatrix, v: Float64Array, out: Float64Array): Float64Array {
  multiplyTransposed(x, v, out);
  out[x.columns] = v.reduce((sum, value) => sum + value, 0);
  return out;
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, j) => sum + value * b[j]!, 0);
const norm = (a: Float64Array): number => Math.sqrt(dot(a, a));
