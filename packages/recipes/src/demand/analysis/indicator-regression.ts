/**
 * Least squares on indicators: y ≈ intercept + the sum of the coefficients of a row's indicators.
 *
 * A review mentions a few of a hundred themes, so a row is the short list of its indicators rather than a hundred
 * zeros and ones, which makes one fit cheap enough to repeat hundreds of times in a bootstrap. Errors are robust to
 * unequal spread (HC3; MacKinnon and White, 1985): ratings of the same reviews vary more where opinions differ.
 */
import { studentTwoSided } from '@gradus/stats';

export interface IndicatorDesign {
  /** By row: the columns, 0 … columns − 1, whose indicator is 1, each at most once. */
  readonly rows: readonly Int32Array[];
  readonly y: ArrayLike<number>;
  readonly columns: number;
}

export interface Coefficient {
  readonly value: number;
  readonly error: number;
  readonly pValue: number;
  /** Degrees of freedom: rows less fitted parameters. */
  readonly freedom: number;
}

/** A nudge, in rows' worth of weight, that keeps two indicators that always go together from breaking the fit. */
const JITTER = 1e-6;

/** The coefficients alone, by column; `weights` says how often each row counts. */
export function fitIndicators(design: IndicatorDesign, weights?: ArrayLike<number>): Float64Array {
  return solve(factorize(gram(design, weights)), moment(design, weights)).subarray(1);
}

/** The coefficients with robust errors, by column. */
export function regressIndicators(design: IndicatorDesign): Coefficient[] {
  const size = design.columns + 1;
  const factor = factorize(gram(design));
  const fit = solve(factor, moment(design));
  const inverse = Array.from({ length: size }, (_, column) => {
    const unit = new Float64Array(size);
    unit[column] = 1;
    return solve(factor, unit);
  });
  const variances = new Float64Array(size);
  design.rows.forEach((row, i) => {
    const reach = Float64Array.from(inverse[0]!); // (XᵀX)⁻¹ x for this row
    let predicted = fit[0]!;
    for (const column of row) {
      predicted += fit[column + 1]!;
      for (let j = 0; j < size; j++) reach[j]! += inverse[column + 1]![j]!;
    }
    let leverage = reach[0]!;
    for (const column of row) leverage += reach[column + 1]!;
    const residual = (design.y[i]! - predicted) / Math.max(1 - leverage, 1e-6);
    for (let j = 0; j < size; j++) variances[j]! += (reach[j]! * residual) ** 2;
  });
  const freedom = design.rows.length - size;
  return Array.from(fit.subarray(1), (value, column) => {
    const error = Math.sqrt(variances[column + 1]!);
    return { value, error, freedom, pValue: studentTwoSided(value / error, freedom) };
  });
}

/** XᵀWX as the lower triangle of a square matrix; row and column 0 are the intercept's. */
function gram({ rows, columns }: IndicatorDesign, weights?: ArrayLike<number>): Float64Array[] {
  const matrix = Array.from({ length: columns + 1 }, () => new Float64Array(columns + 1));
  rows.forEach((row, i) => {
    const weight = weights ? weights[i]! : 1;
    if (weight === 0) return;
    matrix[0]![0]! += weight;
    for (const a of row) {
      matrix[a + 1]![0]! += weight;
      for (const b of row) if (b <= a) matrix[a + 1]![b + 1]! += weight;
    }
  });
  matrix.forEach((line, j) => {
    line[j]! += JITTER;
  });
  return matrix;
}

/** XᵀWy. */
function moment({ rows, y, columns }: IndicatorDesign, weights?: ArrayLike<number>): Float64Array {
  const vector = new Float64Array(columns + 1);
  rows.forEach((row, i) => {
    const value = (weights ? weights[i]! : 1) * y[i]!;
    vector[0]! += value;
    for (const column of row) vector[column + 1]! += value;
  });
  return vector;
}

/** Cholesky's lower factor, in place. */
function factorize(matrix: Float64Array[]): Float64Array[] {
  for (let j = 0; j < matrix.length; j++) {
    const line = matrix[j]!;
    for (let k = 0; k < j; k++) {
      const other = matrix[k]!;
      let sum = line[k]!;
      for (let l = 0; l < k; l++) sum -= line[l]! * other[l]!;
      line[k] = sum / other[k]!;
    }
    let rest = line[j]!;
    for (let k = 0; k < j; k++) rest -= line[k]! ** 2;
    line[j] = Math.sqrt(Math.max(rest, JITTER));
  }
  return matrix;
}

function solve(factor: readonly Float64Array[], right: Float64Array): Float64Array {
  const x = Float64Array.from(right);
  for (let j = 0; j < x.length; j++) {
    for (let k = 0; k < j; k++) x[j]! -= factor[j]![k]! * x[k]!;
    x[j]! /= factor[j]![j]!;
  }
  for (let j = x.length - 1; j >= 0; j--) {
    x[j]! /= factor[j]![j]!;
    for (let k = 0; k < j; k++) x[k]! -= factor[j]![k]! * x[j]!;
  }
  return x;
}
