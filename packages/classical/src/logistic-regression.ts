/**
 * Binary logistic regression with an L2 penalty, the linear model that text classifiers are measured against:
 *
 *     minimise  ½‖w‖² + c · Σ weightᵢ · ln(1 + exp(−yᵢ (w·xᵢ + b))),   y = ±1, b without penalty
 *
 * the objective of scikit-learn's LogisticRegression. Solved by truncated Newton steps (Lin, Weng and Keerthi, "Trust
 * region Newton method for large-scale logistic regression", 2008): conjugate gradients find each step from products
 * with the sparse rows alone, and a backtracking line search, done on the margins, keeps the loss falling.
 */
import { checkOptions } from '@gradus/base';
import type { SparseMatrix } from '@gradus/stats';
import { classesOf, requireFinite } from './inputs.ts';
import { multiply, multiplyTransposed } from './sparse.ts';

export interface LogisticModel {
  /** [columns] */
  readonly weights: Float32Array;
  readonly bias: number;
}

export interface LogisticOptions {
  /** Inverse of the penalty's strength. Default 1. */
  readonly c?: number;
  /** By row; default 1 each. */
  readonly sampleWeights?: ArrayLike<number>;
  /** What a row of class 0 and one of class 1 count. `balanced`: both classes the same in all. Default 1 each. */
  readonly classWeights?: readonly [number, number] | 'balanced';
  /** Newton steps at most. Default 100. */
  readonly maxIterations?: number;
  /** Stop when the gradient has shrunk to this fraction of its size at zero weights. Default 1e-5. */
  readonly tolerance?: number;
  readonly signal?: AbortSignal;
}

const OPTIONS = {
  c: 1,
  sampleWeights: true,
  classWeights: [1, 1],
  maxIterations: 100,
  tolerance: 1e-5,
  signal: true,
};

const LONGEST_CG = 100;
const ARMIJO = 1e-4;

/**
 * @param x [rows, columns]
 * @param labels 0 or 1 by row
 * @throws RangeError when rows and labels do not match; UserError where a label is another, or a value is not a number
 */
export function fitLogisticRegression(
  x: SparseMatrix,
  labels: ArrayLike<number>,
  options: LogisticOptions = {},
): LogisticModel {
  checkOptions('fitLogisticRegression', options, OPTIONS);
  const { maxIterations = 100, tolerance = 1e-5, signal } = options;
  if (labels.length !== x.rows)
    throw new RangeError(`Expected ${x.rows} labels, one a row, got ${labels.length}`);
  const y = classesOf('fitLogisticRegression', labels, 2);
  requireFinite('fitLogisticRegression', 'x', x.values);
  const cost = costs(y, options);
  const { rows, columns } = x;
  const size = columns + 1; // the bias comes last

  const point = new Float64Array(size);
  let margins: Float64Array = new Float64Array(rows);
  const gradient = new Float64Array(size);
  const residual = new Float64Array(rows);
  const curvature = new Float64Array(rows);
  let first = 0;

  for (let iteration = 0; iteration < maxIterations; iteration++) {
    signal?.throwIfAborted();
    for (let i = 0; i < rows; i++) {
      const p = sigmoid(margins[i]!);
      residual[i] = cost[i]! * (p - y[i]!);
      curvature[i] = cost[i]! * p * (1 - p);
    }
    transposed(x, residual, gradient);
    for (let j = 0; j < columns; j++) gradient[j]! += point[j]!;
    const size0 = norm(gradient);
    if (iteration === 0) first = size0;
    if (size0 <= tolerance * first) break;

    const step = newtonStep(x, curvature, gradient, size0);
    const change = forward(x, step);
    const slope = dot(gradient, step);
    const now = loss(margins, y, cost) + half(point, columns);
    let length = 1;
    for (; length > 1e-10; length /= 2) {
      const moved = margins.map((margin, i) => margin + length * change[i]!);
      let penalty = 0;
      for (let j = 0; j < columns; j++) penalty += (point[j]! + length * step[j]!) ** 2;
      if (loss(moved, y, cost) + penalty / 2 <= now + ARMIJO * length * slope) {
        margins = moved;
        break;
      }
    }
    if (length <= 1e-10) break; // as low as floating point goes
    for (let j = 0; j < size; j++) point[j]! += length * step[j]!;
  }
  return { weights: Float32Array.from(point.subarray(0, columns)), bias: point[columns]! };
}

/** The log-odds of class 1, by row. Throws RangeError when the matrix has other columns than the model. */
export function logisticScores(model: LogisticModel, x: SparseMatrix): Float32Array {
  if (x.columns !== model.weights.length) {
    throw new RangeError(`The model has ${model.weights.length} columns, the matrix ${x.columns}`);
  }
  return Float32Array.from(multiply(x, model.weights), (margin) => margin + model.bias);
}

/** The probability of class 1, by row. Throws RangeError when the matrix has other columns than the model. */
export function predictLogistic(model: LogisticModel, x: SparseMatrix): Float32Array {
  return logisticScores(model, x).map(sigmoid);
}

/** c times the weight of each row. */
function costs(y: ArrayLike<number>, { c = 1, sampleWeights, classWeights }: LogisticOptions): Float64Array {
  const weights = Float64Array.from(y, (_, i) => sampleWeights?.[i] ?? 1);
  let ofClass: readonly number[] = [1, 1];
  if (classWeights === 'balanced') {
    const ones = Array.from(y).reduce((sum, label) => sum + label, 0);
    ofClass = [y.length - ones, ones].map((count) => y.length / (2 * Math.max(count, 1)));
  } else if (classWeights) ofClass = classWeights;
  return weights.map((weight, i) => c * weight * ofClass[y[i]!]!);
}

/** Solves H step = −gradient roughly, by conjugate gradients with the diagonal as preconditioner. */
function newtonStep(x: SparseMatrix, curvature: Float64Array, gradient: Float64Array, size: number) {
  const diagonal = diagonalOf(x, curvature);
  const columns = x.columns;
  const step = new Float64Array(columns + 1);
  const left = gradient.map((g) => -g);
  const scaled = left.map((r, j) => r / diagonal[j]!);
  const direction = Float64Array.from(scaled);
  const product = new Float64Array(columns + 1);
  let rho = dot(left, scaled);
  const enough = Math.min(0.1, Math.sqrt(size)) * size;
  for (let k = 0; k < LONGEST_CG && norm(left) > enough; k++) {
    const along = forward(x, direction);
    for (let i = 0; i < along.length; i++) along[i]! *= curvature[i]!;
    transposed(x, along, product);
    for (let j = 0; j < columns; j++) product[j]! += direction[j]!;
    const alpha = rho / dot(direction, product);
    if (!Number.isFinite(alpha)) break;
    for (let j = 0; j <= columns; j++) {
      step[j]! += alpha * direction[j]!;
      left[j]! -= alpha * product[j]!;
      scaled[j] = left[j]! / diagonal[j]!;
    }
    const next = dot(left, scaled);
    for (let j = 0; j <= columns; j++) direction[j] = scaled[j]! + (next / rho) * direction[j]!;
    rho = next;
  }
  return step;
}

function diagonalOf(x: SparseMatrix, curvature: Float64Array): Float64Array {
  const diagonal = new Float64Array(x.columns + 1).fill(1);
  diagonal[x.columns] = 1e-12;
  for (let i = 0; i < x.rows; i++) {
    const h = curvature[i]!;
    for (let k = x.offsets[i]!; k < x.offsets[i + 1]!; k++) {
      diagonal[x.indices[k]!]! += h * x.values[k]! ** 2;
    }
    diagonal[x.columns]! += h;
  }
  return diagonal;
}

/** x·w + b, the bias in w's last place. */
function forward(x: SparseMatrix, w: Float64Array): Float64Array {
  const bias = w[x.columns]!;
  const out = multiply(x, w);
  for (let i = 0; i < out.length; i++) out[i]! += bias;
  return out;
}

function transposed(x: SparseMatrix, r: Float64Array, out: Float64Array): void {
  multiplyTransposed(x, r, out);
  let bias = 0;
  for (const value of r) bias += value;
  out[x.columns] = bias;
}

function loss(margins: Float64Array, y: ArrayLike<number>, cost: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < margins.length; i++) {
    const z = y[i] === 1 ? margins[i]! : -margins[i]!;
    sum += cost[i]! * (z > 0 ? Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z)) - z);
  }
  return sum;
}

function half(point: Float64Array, columns: number): number {
  let sum = 0;
  for (let j = 0; j < columns; j++) sum += point[j]! ** 2;
  return sum / 2;
}

const sigmoid = (z: number): number => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)));

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}

const norm = (a: Float64Array): number => Math.sqrt(dot(a, a));
