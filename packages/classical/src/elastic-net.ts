/**
 * Linear and logistic regression with an elastic net (Zou and Hastie, 2005), a penalty that leaves columns out (L1) and shares
 * weight among those that say the same (L2):
 *
 *     minimise  Σ weightᵢ · lossᵢ / Σ weightᵢ + alpha · (l1Ratio · ‖w‖₁ + ½ (1 − l1Ratio) · ‖w‖²)
 *
 * with lossᵢ = ½ (yᵢ − b − w·xᵢ)² or ln(1 + exp(−yᵢ (b + w·xᵢ))), y = ±1, and b without penalty: glmnet's objective, scikit-learn's
 * ElasticNet, and its LogisticRegression with C = 1 / (alpha · Σ weightᵢ). Columns should be on one scale.
 *
 * Solved as in glmnet (Friedman, Hastie and Tibshirani, "Regularization Paths for Generalized Linear Models via Coordinate
 * Descent", 2010): Newton steps, each the solution of a penalized quadratic found coordinate by coordinate, over the columns that
 * are in use or ought to be (./elastic-net-quadratic.ts). A path goes from strong penalties to weak ones, each fit from the last.
 */
import { checkChoice, checkOptions, UserError } from '@gradus/base';
import type { SparseMatrix } from '@gradus/stats';
import { type ColumnMatrix, columnMatrix, type DenseMatrix, scores } from './column-matrix.ts';
import { Curvature, type PenalizedQuadratic, type WeightChange } from './elastic-net-quadratic.ts';
import { classesOf, requireFinite } from './inputs.ts';

export interface ElasticNetPathOptions {
  /** `squared`: y are numbers; `logistic`: y are 0 or 1. */
  readonly loss: ElasticNetLoss;
  /** How much of the penalty is L1: 1 leaves out most columns (lasso), 0 none (ridge). Default 0.5. */
  readonly l1Ratio?: number;
  /** By row, none negative; default 1 each. */
  readonly weights?: ArrayLike<number>;
  /** Strengths of the penalty. Default: 20 from the one that leaves out every column to a thousandth of it. */
  readonly alphas?: readonly number[];
  /** Newton steps at most for each alpha. Default 100. */
  readonly maxIterations?: number;
  /** Stop when no gradient is further off than this fraction of the largest that it could be. Default 1e-7. */
  readonly tolerance?: number;
  readonly signal?: AbortSignal;
}

export interface ElasticNetOptions extends Omit<ElasticNetPathOptions, 'alphas'> {
  /** Strength of the penalty. */
  readonly alpha: number;
}

export type ElasticNetLoss = 'squared' | 'logistic';

export interface ElasticNet {
  readonly loss: ElasticNetLoss;
  readonly alpha: number;
  /** [columns] */
  readonly weights: Float64Array;
  readonly bias: number;
}

const PATH = {
  loss: true,
  l1Ratio: 0.5,
  weights: true,
  alphas: true,
  maxIterations: 100,
  tolerance: 1e-7,
  signal: true,
};

const DEFAULT_ALPHAS = 20;
const SMALLEST_ALPHA = 1e-3;
/** Without L1 no penalty leaves out every column; glmnet begins there as if this much of it were. */
const SMALLEST_L1_RATIO = 1e-3;
/** A weighted second derivative of a row at least, so that steps stay finite where the answer is sure. */
const SMALLEST_CURVATURE = 1e-5;
/** How much of the fall that slopes promise a step has to bring. */
const ARMIJO = 1e-4;

/**
 * @param x [rows, columns]
 * @param y by row
 * @throws UserError where y or weights have no place for each row, or a value is not a number
 */
export function fitElasticNet(
  x: SparseMatrix | DenseMatrix,
  y: ArrayLike<number>,
  options: ElasticNetOptions,
): ElasticNet {
  checkOptions<ElasticNetOptions>('fitElasticNet', options, { ...PATH, alpha: true });
  const { alpha, ...others } = options;
  return pathOf('fitElasticNet', x, y, { ...others, alphas: [alpha] })[0]!;
}

/**
 * Fits for several strengths of the penalty, the strongest first, each from the one before: little more work than a single one.
 *
 * @param x [rows, columns]
 * @param y by row
 * @returns by alpha, falling
 * @throws UserError where y or weights have no place for each row, or a value is not a number
 */
export function elasticNetPath(
  x: SparseMatrix | DenseMatrix,
  y: ArrayLike<number>,
  options: ElasticNetPathOptions,
): ElasticNet[] {
  checkOptions<ElasticNetPathOptions>('elasticNetPath', options, PATH);
  return pathOf('elasticNetPath', x, y, options);
}

/** b + w·x by row: the number, or the log-odds of class 1. @throws UserError where the matrix has other columns than the model */
export function elasticNetScores(model: ElasticNet, x: SparseMatrix | DenseMatrix): Float64Array {
  const columns = model.weights.length;
  if (x.columns !== columns) {
    throw new UserError({
      en: `elasticNetScores: the model has ${columns} columns, the matrix ${x.columns}.`,
      zh: `elasticNetScores：模型有 ${columns} 列，而矩阵有 ${x.columns} 列。`,
    });
  }
  return scores(x, model.weights, model.bias);
}

function pathOf(
  where: string,
  x: SparseMatrix | DenseMatrix,
  y: ArrayLike<number>,
  options: ElasticNetPathOptions,
): ElasticNet[] {
  const { loss, l1Ratio = 0.5, maxIterations = 100, tolerance = 1e-7, signal } = options;
  checkChoice(where, 'loss', loss, ['squared', 'logistic']);
  checkNumbers(where, { l1Ratio, ...options });
  const target = targetOf(where, x.rows, y, options);
  requireFinite(where, 'x', x.values);
  const matrix = columnMatrix(x);
  const fit = new Fit(matrix, target, loss, { l1Ratio, maxIterations, tolerance, signal });
  const alphas = options.alphas ? [...options.alphas].sort((a, b) => b - a) : fit.alphas();
  return alphas.map((alpha) => fit.at(alpha));
}

interface FitTarget {
  readonly y: Float64Array;
  /** Of the rows; their sum is 1. */
  readonly shares: Float64Array;
}

interface Settings {
  readonly l1Ratio: number;
  readonly maxIterations: number;
  readonly tolerance: number;
  readonly signal: AbortSignal | undefined;
}

/** A fit that goes from alpha to alpha. */
class Fit {
  readonly #x: ColumnMatrix;
  readonly #target: FitTarget;
  readonly #loss: ElasticNetLoss;
  readonly #settings: Settings;
  readonly #weights: Float64Array;
  #bias: number;
  /** b + w·x, by row. */
  #scores: Float64Array;
  /** The largest that the gradient of a column could be: by which tolerance counts. */
  readonly #reach: Float64Array;
  #curvature: Curvature | undefined;

  constructor(x: ColumnMatrix, target: FitTarget, loss: ElasticNetLoss, settings: Settings) {
    this.#x = x;
    this.#target = target;
    this.#loss = loss;
    this.#settings = settings;
    this.#weights = new Float64Array(x.columns);
    const { y, shares } = target;
    const mean = y.reduce((sum, value, i) => sum + shares[i]! * value, 0);
    // Where all rows are of one class, its log-odds have no bound.
    const share = Math.min(1 - 1e-9, Math.max(1e-9, mean));
    this.#bias = loss === 'squared' ? mean : Math.log(share / (1 - share));
    this.#scores = new Float64Array(x.rows).fill(this.#bias);
    const spread = Math.sqrt(y.reduce((sum, value, i) => sum + shares[i]! * (value - mean) ** 2, 0));
    this.#reach = Float64Array.from(
      { length: x.columns },
      (_, column) => spread * Math.sqrt(x.square(column, shares)),
    );
  }

  /** From the smallest alpha at which no column is in use, downwards. */
  alphas(): number[] {
    const gradient = this.#x.products(this.#residuals());
    const largest = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const first = Math.max(largest / Math.max(this.#settings.l1Ratio, SMALLEST_L1_RATIO), Number.MIN_VALUE);
    return Array.from(
      { length: DEFAULT_ALPHAS },
      (_, i) => first * SMALLEST_ALPHA ** (i / (DEFAULT_ALPHAS - 1)),
    );
  }

  at(alpha: number): ElasticNet {
    const { l1Ratio, maxIterations, tolerance, signal } = this.#settings;
    const [l1, l2] = [alpha * l1Ratio, alpha * (1 - l1Ratio)];
    const x = this.#x;
    const used = new Set<number>();
    for (const [j, weight] of this.#weights.entries()) if (weight !== 0) used.add(j);
    let before = Number.POSITIVE_INFINITY;
    for (let iteration = 0; iteration < maxIterations; iteration++) {
      signal?.throwIfAborted();
      const residuals = this.#residuals();
      const slopes = x.products(residuals).map((product) => -product); // of the loss alone
      const slope = -residuals.reduce((sum, value) => sum + value, 0);
      let furthest = Math.abs(slope);
      for (let j = 0; j < x.columns; j++) {
        const off = distance(slopes[j]!, this.#weights[j]!, l1, l2);
        if (!(off > 0) || this.#reach[j] === 0) continue;
        furthest = Math.max(furthest, off / this.#reach[j]!);
        if (off > tolerance * this.#reach[j]!) used.add(j);
      }
      if (furthest <= tolerance) break;
      // The curvature at an earlier point does while steps come nearer fast; computing it anew costs more than a step.
      if (this.#loss === 'logistic' && furthest > before / 4) this.#curvature = undefined;
      before = furthest;
      const isNew = !this.#curvature;
      this.#curvature ??= new Curvature(x, this.#curvatures());
      const columns = Int32Array.from(used);
      const quadratic = { slopes, slope, weights: this.#weights, l1, l2 };
      if (this.#move(columns, this.#curvature.minimise(columns, quadratic), quadratic)) continue;
      if (isNew) break; // as low as floating point goes
      this.#curvature = undefined;
    }
    return { loss: this.#loss, alpha, weights: this.#weights.slice(), bias: this.#bias };
  }

  /** −∂ loss / ∂ score, by row. */
  #residuals(): Float64Array {
    const { y, shares } = this.#target;
    const isLogistic = this.#loss === 'logistic';
    return this.#scores.map((score, i) => shares[i]! * (y[i]! - (isLogistic ? sigmoid(score) : score)));
  }

  /** ∂² loss / ∂ score², by row. */
  #curvatures(): Float64Array {
    const { shares } = this.#target;
    if (this.#loss === 'squared') return shares;
    return this.#scores.map((score, i) => {
      const p = sigmoid(score);
      return shares[i]! * Math.max(p * (1 - p), SMALLEST_CURVATURE);
    });
  }

  #objective(scores: Float64Array): number {
    const { y, shares } = this.#target;
    let sum = 0;
    if (this.#loss === 'squared') {
      for (let i = 0; i < scores.length; i++) sum += (shares[i]! * (y[i]! - scores[i]!) ** 2) / 2;
      return sum;
    }
    for (let i = 0; i < scores.length; i++) {
      const z = y[i] === 1 ? scores[i]! : -scores[i]!;
      sum += shares[i]! * (z > 0 ? Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z)) - z);
    }
    return sum;
  }

  /** Takes the step, or the longest half, quarter, … of it that lowers the objective. @returns false where none does */
  #move(columns: Int32Array, step: WeightChange, { slopes, slope, l1, l2 }: PenalizedQuadratic): boolean {
    const change = new Float64Array(this.#x.rows).fill(step.bias);
    let fall = slope * step.bias;
    for (const [k, j] of columns.entries()) {
      if (step.weights[k] === 0) continue;
      this.#x.add(j, step.weights[k]!, change);
      fall += slopes[j]! * step.weights[k]!;
    }
    const penalty = (length: number) => {
      let sum = 0;
      for (const [k, j] of columns.entries()) {
        const weight = this.#weights[j]! + length * step.weights[k]!;
        sum += l1 * Math.abs(weight) + (l2 / 2) * weight ** 2;
      }
      return sum;
    };
    const now = this.#objective(this.#scores);
    const [first, whole] = [penalty(0), penalty(1)];
    fall += whole - first;
    for (let length = 1; length > 1e-6; length /= 2) {
      const moved = this.#scores.map((score, i) => score + length * change[i]!);
      const rise = this.#objective(moved) - now + ((length === 1 ? whole : penalty(length)) - first);
      // Near the optimum a fall is lost in the last digits of the sums.
      if (rise > ARMIJO * length * fall + 1e-14 * Math.abs(now)) continue;
      this.#scores = moved;
      this.#bias += length * step.bias;
      for (const [k, j] of columns.entries()) this.#weights[j]! += length * step.weights[k]!;
      return true;
    }
    return false;
  }
}

/** How far a column's gradient is from one at which its weight may stay. */
function distance(slope: number, weight: number, l1: number, l2: number): number {
  if (weight !== 0) return Math.abs(slope + l2 * weight + Math.sign(weight) * l1);
  return Math.max(0, Math.abs(slope) - l1);
}

const sigmoid = (z: number): number => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)));

function targetOf(
  where: string,
  rows: number,
  y: ArrayLike<number>,
  { loss, weights }: ElasticNetPathOptions,
): FitTarget {
  for (const [name, zh, values] of [
    ['y', 'y', y],
    ['weights', '权重', weights],
  ] as const) {
    if (!values || (values.length === rows && rows > 0)) continue;
    throw new UserError({
      en: `${where}: x has ${rows} rows and ${name} ${values.length}; expected one for each row, and rows to learn from.`,
      zh: `${where}：x 有 ${rows} 行，${zh}有 ${values.length} 个；应逐行对应，且至少有一行。`,
    });
  }
  const values = loss === 'logistic' ? Float64Array.from(classesOf(where, y, 2)) : Float64Array.from(y);
  requireFinite(where, 'y', values);
  const total = weights ? Array.from(weights).reduce((sum, weight) => sum + weight, 0) : rows;
  const unfit = weights && Array.from(weights).findIndex((weight) => !(weight >= 0));
  if (!(total > 0 && total < Number.POSITIVE_INFINITY) || (unfit !== undefined && unfit >= 0)) {
    throw new UserError({
      en: `${where}: weights are numbers from 0 up, at least one of them above 0.`,
      zh: `${where}：权重应为不小于 0 的数值，且至少有一个大于 0。`,
    });
  }
  return { y: values, shares: Float64Array.from(values, (_, i) => (weights ? weights[i]! : 1) / total) };
}

function checkNumbers(where: string, { l1Ratio, alphas }: { l1Ratio: number; alphas?: readonly number[] }) {
  if (!(l1Ratio >= 0 && l1Ratio <= 1)) {
    throw new UserError({
      en: `${where}: l1Ratio is ${l1Ratio}; expected a number from 0 to 1.`,
      zh: `${where}：l1Ratio 为 ${l1Ratio}；应为 0 到 1 之间的数。`,
    });
  }
  const unfit = alphas?.find((alpha) => !(alpha >= 0 && alpha < Number.POSITIVE_INFINITY));
  if (unfit === undefined) return;
  throw new UserError({
    en: `${where}: the penalty's strength alpha is ${unfit}; expected a number from 0 up.`,
    zh: `${where}：惩罚强度 alpha 为 ${unfit}；应为不小于 0 的数。`,
  });
}
