/**
 * Ridge regression (Hoerl and Kennard, 1970) and, with no penalty, ordinary least squares, with the uncertainty of each
 * coefficient: minimise ‖y − b − Xw‖² + alpha‖w‖², the intercept b without penalty, as scikit-learn's Ridge does.
 *
 * Standard errors are robust to unequal variance (White, 1980): HC3 (MacKinnon and White, 1985), the better one in small
 * samples, or HC1. For dense problems of up to a few hundred columns. With alpha > 0 coefficients are pulled towards
 * zero, and their intervals describe the pulled ones.
 */
import { checkChoice, checkOptions } from '@gradus/base';
import type { Interval } from '@gradus/stats';
import { intervalT, studentTwoSided } from '@gradus/stats';
import { requireFinite } from './inputs.ts';

export interface RidgeOptions {
  /** Strength of the penalty. Default 0: ordinary least squares. */
  readonly alpha?: number;
  /** `classical` assumes equal variance in all rows. Default HC3. */
  readonly errors?: 'HC3' | 'HC1' | 'classical';
}

export interface Coefficient {
  readonly value: number;
  readonly standardError: number;
  /** 95 %, by Student's t. */
  readonly interval: Interval;
  /** Of no effect, two-sided. */
  readonly pValue: number;
}

export interface Ridge {
  readonly intercept: Coefficient;
  /** By column. */
  readonly coefficients: readonly Coefficient[];
  /** Rows less fitted parameters. */
  readonly freedom: number;
}

/**
 * @param x [rows, columns], row-major
 * @param y [rows]
 * @throws RangeError when there are no more rows than parameters, or when a column is a combination of earlier ones; UserError where a
 *   value is not a number
 */
export function fitRidge(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  columns: number,
  options: RidgeOptions = {},
): Ridge {
  checkOptions('fitRidge', options, { alpha: 0, errors: 'HC3' });
  const { alpha = 0, errors = 'HC3' } = options;
  checkChoice('fitRidge', 'errors', errors, ['HC3', 'HC1', 'classical']);
  const rows = y.length;
  const size = columns + 1; // the intercept comes first
  const freedom = rows - size;
  if (x.length !== rows * columns) {
    throw new RangeError(`Expected ${rows} × ${columns} values, one row for each of y, got ${x.length}`);
  }
  if (freedom < 1) throw new RangeError(`${rows} rows are too few to fit ${size} parameters`);
  requireFinite('fitRidge', 'x', x);
  requireFinite('fitRidge', 'y', y);

  const at = (i: number, j: number): number => (j === 0 ? 1 : x[i * columns + j - 1]!);
  const gram = new Float64Array(size * size);
  const moment = new Float64Array(size);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < size; j++) {
      const value = at(i, j);
      if (value === 0) continue;
      moment[j]! += value * y[i]!;
      for (let k = 0; k <= j; k++) gram[j * size + k]! += value * at(i, k);
    }
  }
  for (let j = 1; j < size; j++) gram[j * size + j]! += alpha;
  const inverse = invert(gram, size);
  const fit = Float64Array.from({ length: size }, (_, j) => {
    let sum = 0;
    for (let k = 0; k < size; k++) sum += inverse[j * size + k]! * moment[k]!;
    return sum;
  });

  const variances = new Float64Array(size);
  const reach = new Float64Array(size); // (XᵀX + αI)⁻¹ x for one row
  let squares = 0;
  for (let i = 0; i < rows; i++) {
    let predicted = 0;
    let leverage = 0;
    for (let j = 0; j < size; j++) {
      predicted += fit[j]! * at(i, j);
      let sum = 0;
      for (let k = 0; k < size; k++) sum += inverse[j * size + k]! * at(i, k);
      reach[j] = sum;
      leverage += sum * at(i, j);
    }
    const residual = y[i]! - predicted;
    squares += residual ** 2;
    // A row that its own parameter fits exactly has leverage 1 and tells nothing about the variance.
    const weight = errors === 'HC3' ? residual / Math.max(1 - leverage, 1e-6) : residual;
    for (let j = 0; j < size; j++) variances[j]! += (reach[j]! * weight) ** 2;
  }
  const scale = errors === 'HC1' ? rows / freedom : 1;
  const reachOfT = intervalT(0.95, freedom);
  const coefficient = (value: number, j: number): Coefficient => {
    const variance =
      errors === 'classical' ? (squares / freedom) * inverse[j * size + j]! : variances[j]! * scale;
    const standardError = Math.sqrt(variance);
    const margin = reachOfT * standardError;
    return {
      value,
      standardError,
      interval: [value - margin, value + margin],
      pValue: standardError === 0 ? Number(value === 0) : studentTwoSided(value / standardError, freedom),
    };
  };
  const all = Array.from(fit, coefficient);
  return { intercept: all[0]!, coefficients: all.slice(1), freedom };
}

/** The inverse of a positive definite matrix given by its lower triangle, through Cholesky's factor. */
function invert(matrix: Float64Array, size: number): Float64Array {
  const factor = Float64Array.from(matrix);
  for (let j = 0; j < size; j++) {
    for (let k = 0; k <= j; k++) {
      let sum = matrix[j * size + k]!;
      for (let l = 0; l < k; l++) sum -= factor[j * size + l]! * factor[k * size + l]!;
      if (k < j) {
        factor[j * size + k] = sum / factor[k * size + k]!;
        continue;
      }
      if (!(sum > 1e-10 * matrix[j * size + j]!)) {
        throw new RangeError(
          `Column ${j - 1} is a combination of the columns before it or the intercept; leave it out or set alpha`,
        );
      }
      factor[j * size + j] = Math.sqrt(sum);
    }
  }
  const inverse = new Float64Array(size * size);
  const solution = new Float64Array(size);
  for (let column = 0; column < size; column++) {
    for (let j = 0; j < size; j++) {
      let sum = j === column ? 1 : 0;
      for (let k = 0; k < j; k++) sum -= factor[j * size + k]! * solution[k]!;
      solution[j] = sum / factor[j * size + j]!;
    }
    for (let j = size - 1; j >= 0; j--) {
      let sum = solution[j]!;
      for (let k = j + 1; k < size; k++) sum -= factor[k * size + j]! * solution[k]!;
      solution[j] = sum / factor[j * size + j]!;
    }
    inverse.set(solution, column * size);
  }
  return inverse;
}
