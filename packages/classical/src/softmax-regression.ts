/**
 * Logistic regression over any number of classes (multinomial, or softmax, regression) with an L2 penalty:
 *
 *     minimise  ½‖W‖² + c · Σ −ln softmax(W xᵢ + b)[yᵢ],   b without penalty
 *
 * the objective of scikit-learn's LogisticRegression. Solved as the binary one is, by truncated Newton steps (Lin, Weng
 * and Keerthi, 2008): the Hessian appears only in products, (diag(p) − p pᵀ) applied to each row's margins.
 */
import { checkOptions } from '@gradus/base';
import type { SparseMatrix } from '@gradus/stats';
import { classesOf, requireFinite } from './inputs.ts';

export interface SoftmaxModel {
  readonly classes: number;
  /** [columns, classes] */
  readonly weights: Float32Array;
  /** [classes] */
  readonly bias: Float32Array;
}

export interface SoftmaxOptions {
  readonly classes: number;
  /** Inverse of the penalty's strength. Default 1. */
  readonly c?: number;
  /** By row; default 1 each. */
  readonly sampleWeights?: ArrayLike<number>;
  /** Newton steps at most. Default 50. */
  readonly maxIterations?: number;
  /** Stop when the gradient has shrunk to this fraction of its size at zero weights. Default 1e-4. */
  readonly tolerance?: number;
  readonly signal?: AbortSignal | undefined;
}

const OPTIONS = {
  classes: true,
  c: 1,
  sampleWeights: true,
  maxIterations: 50,
  tolerance: 1e-4,
  signal: true,
};

const LONGEST_CG = 50;
const ARMIJO = 1e-4;
const SHORTEST_STEP = 1e-10;

/**
 * @param x [rows, columns]
 * @param labels A class from 0 by row
 * @throws RangeError when rows and labels do not match; UserError where a label is no class, or a value is not a number
 */
export function fitSoftmaxRegression(
  x: SparseMatrix,
  labels: ArrayLike<number>,
  options: SoftmaxOptions,
): SoftmaxModel {
  checkOptions('fitSoftmaxRegression', options, OPTIONS);
  const { classes, c = 1, sampleWeights, maxIterations = 50, tolerance = 1e-4, signal } = options;
  if (labels.length !== x.rows)
    throw new RangeError(`Expected ${x.rows} labels, one a row, got ${labels.length}`);
  const y = classesOf('fitSoftmaxRegression', labels, classes);
  requireFinite('fitSoftmaxRegression', 'x', x.values);
  const costs = Float64Array.from({ length: x.rows }, (_, i) => c * (sampleWeights?.[i] ?? 1));
  const penalized = x.columns * classes;
  const point = new Float64Array(penalized + classes); // the biases come last
  const gradient = new Float64Array(point.length);
  let margins = new Float64Array(x.rows * classes);
  const residual = new Float64Array(margins.length);
  let first = 0;
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    signal?.throwIfAborted();
    const probabilities = softmaxRows(margins, classes);
    for (let k = 0; k < residual.length; k++)
      residual[k] = costs[Math.floor(k / classes)]! * probabilities[k]!;
    for (let i = 0; i < x.rows; i++) residual[i * classes + y[i]!]! -= costs[i]!;
    backward(x, residual, classes, gradient);
    for (let j = 0; j < penalized; j++) gradient[j]! += point[j]!;
    const size = norm(gradient);
    if (iteration === 0) first = size;
    if (size <= tolerance * first) break;

    const step = newtonStep(x, probabilities, gradient, size, classes, costs);
    const change = forward(x, step, classes);
    const slope = dot(gradient, step);
    const now = loss(margins, y, classes, costs) + squares(point, step, 0, penalized) / 2;
    let length = 1;
    for (; length > SHORTEST_STEP; length /= 2) {
      const moved = margins.map((margin, k) => margin + length * change[k]!);
      const then = loss(moved, y, classes, costs) + squares(point, step, length, penalized) / 2;
      if (then <= now + ARMIJO * length * slope) {
        margins = moved;
        break;
      }
    }
    if (length <= SHORTEST_STEP) break; // as low as floating point goes
    for (let j = 0; j < point.length; j++) point[j]! += length * step[j]!;
  }
  return {
    classes,
    weights: Float32Array.from(point.subarray(0, penalized)),
    bias: Float32Array.from(point.subarray(penalized)),
  };
}

/** The logits of each class. @returns [rows, classes]; throws RangeError when the matrix has other columns than the model */
export function softmaxScores({ classes, weights, bias }: SoftmaxModel, x: SparseMatrix): Float32Array {
  if (x.columns * classes !== weights.length) {
    throw new RangeError(`The model has ${weights.length / classes} columns, the matrix ${x.columns}`);
  }
  const both = new Float64Array(weights.length + classes);
  both.set(weights);
  both.set(bias, weights.length);
  return Float32Array.from(forward(x, both, classes));
}

/** Probabilities by row. @param scores [rows, classes] */
export function softmaxRows(scores: ArrayLike<number>, classes: number): Float64Array {
  const probabilities = Float64Array.from(scores);
  for (let from = 0; from < probabilities.length; from += classes) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let k = from; k < from + classes; k++) largest = Math.max(largest, probabilities[k]!);
    let total = 0;
    for (let k = from; k < from + classes; k++) {
      probabilities[k] = Math.exp(probabilities[k]! - largest);
      total += probabilities[k]!;
    }
    for (let k = from; k < from + classes; k++) probabilities[k]! /= total;
  }
  return probabilities;
}

/** Solves H step = −gradient roughly, by conjugate gradients with the diagonal as preconditioner. */
function newtonStep(
  x: SparseMatrix,
  probabilities: Float64Array,
  gradient: Float64Array,
  size: number,
  classes: number,
  costs: Float64Array,
): Float64Array {
  const penalized = x.columns * classes;
  const diagonal = diagonalOf(x, probabilities, classes, costs);
  const step = new Float64Array(gradient.length);
  const left = gradient.map((g) => -g);
  const scaled = left.map((r, j) => r / diagonal[j]!);
  const direction = Float64Array.from(scaled);
  const product = new Float64Array(gradient.length);
  let rho = dot(left, scaled);
  const enough = Math.min(0.1, Math.sqrt(size)) * size;
  for (let k = 0; k < LONGEST_CG && norm(left) > enough; k++) {
    const along = curved(forward(x, direction, classes), probabilities, classes, costs);
    backward(x, along, classes, product);
    for (let j = 0; j < penalized; j++) product[j]! += direction[j]!;
    const alpha = rho / dot(direction, product);
    if (!Number.isFinite(alpha)) break;
    for (let j = 0; j < step.length; j++) {
      step[j]! += alpha * direction[j]!;
      left[j]! -= alpha * product[j]!;
      scaled[j] = left[j]! / diagonal[j]!;
    }
    const next = dot(left, scaled);
    for (let j = 0; j < step.length; j++) direction[j] = scaled[j]! + (next / rho) * direction[j]!;
    rho = next;
  }
  return step;
}

/** cost (diag(p) − p pᵀ) times each row, in place. */
function curved(
  rows: Float64Array,
  probabilities: Float64Array,
  classes: number,
  costs: Float64Array,
): Float64Array {
  for (let from = 0; from < rows.length; from += classes) {
    const cost = costs[from / classes]!;
    let mean = 0;
    for (let k = from; k < from + classes; k++) mean += probabilities[k]! * rows[k]!;
    for (let k = from; k < from + classes; k++) rows[k] = cost * probabilities[k]! * (rows[k]! - mean);
  }
  return rows;
}

function diagonalOf(
  x: SparseMatrix,
  probabilities: Float64Array,
  classes: number,
  costs: Float64Array,
): Float64Array {
  const penalized = x.columns * classes;
  const diagonal = new Float64Array(penalized + classes).fill(1);
  diagonal.fill(1e-12, penalized);
  for (let i = 0; i < x.rows; i++) {
    for (let k = 0; k < classes; k++) {
      const p = probabilities[i * classes + k]!;
      const h = costs[i]! * p * (1 - p);
      for (let e = x.offsets[i]!; e < x.offsets[i + 1]!; e++) {
        diagonal[x.indices[e]! * classes + k]! += h * x.values[e]! ** 2;
      }
      diagonal[penalized + k]! += h;
    }
  }
  return diagonal;
}

/** W x + b by row. @returns [rows, classes] */
function forward(x: SparseMatrix, w: Float64Array, classes: number): Float64Array {
  const out = new Float64Array(x.rows * classes);
  const bias = x.columns * classes;
  for (let i = 0; i < x.rows; i++) {
    const to = i * classes;
    for (let k = 0; k < classes; k++) out[to + k] = w[bias + k]!;
    for (let e = x.offsets[i]!; e < x.offsets[i + 1]!; e++) {
      const [value, from] = [x.values[e]!, x.indices[e]! * classes];
      for (let k = 0; k < classes; k++) out[to + k]! += value * w[from + k]!;
    }
  }
  return out;
}

/** xᵀ r, and the sums of r for the biases. @param r [rows, classes] */
function backward(x: SparseMatrix, r: Float64Array, classes: number, out: Float64Array): void {
  out.fill(0);
  const bias = x.columns * classes;
  for (let i = 0; i < x.rows; i++) {
    const from = i * classes;
    for (let k = 0; k < classes; k++) out[bias + k]! += r[from + k]!;
    for (let e = x.offsets[i]!; e < x.offsets[i + 1]!; e++) {
      const [value, to] = [x.values[e]!, x.indices[e]! * classes];
      for (let k = 0; k < classes; k++) out[to + k]! += value * r[from + k]!;
    }
  }
}

function loss(margins: Float64Array, y: ArrayLike<number>, classes: number, costs: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < y.length; i++) {
    const from = i * classes;
    let largest = Number.NEGATIVE_INFINITY;
    for (let k = from; k < from + classes; k++) largest = Math.max(largest, margins[k]!);
    let total = 0;
    for (let k = from; k < from + classes; k++) total += Math.exp(margins[k]! - largest);
    sum += costs[i]! * (Math.log(total) + largest - margins[from + y[i]!]!);
  }
  return sum;
}

/** ‖point + length · step‖² over the first `count` places. */
function squares(point: Float64Array, step: Float64Array, length: number, count: number): number {
  let sum = 0;
  for (let j = 0; j < count; j++) sum += (point[j]! + length * step[j]!) ** 2;
  return sum;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}

const norm = (a: Float64Array): number => Math.sqrt(dot(a, a));
