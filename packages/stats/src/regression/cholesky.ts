/**
 * Cholesky's factor of a symmetric positive definite matrix, A = L Lᵀ (Golub and Van Loan, "Matrix Computations", § 4.2): the short way to
 * solve the normal equations. Matrices are row-major, and of them only the lower triangle is read.
 */

/** A pivot below this share of its diagonal entry: the column is a combination of those before it. */
const DEPENDENT = 1e-10;

export interface Cholesky {
  /** Lower triangle. [size, size] */
  readonly factor: Float64Array;
  readonly size: number;
  /** Columns that are combinations of earlier ones: they are left out, and their solution is 0. */
  readonly dependent: readonly number[];
}

export function cholesky(matrix: Float64Array, size: number): Cholesky {
  const factor = new Float64Array(size * size);
  const dependent: number[] = [];
  for (let j = 0; j < size; j++) {
    for (let k = 0; k <= j; k++) {
      let sum = matrix[j * size + k]!;
      for (let l = 0; l < k; l++) sum -= factor[j * size + l]! * factor[k * size + l]!;
      if (k < j) factor[j * size + k] = factor[k * size + k] ? sum / factor[k * size + k]! : 0;
      else if (sum > DEPENDENT * matrix[j * size + j]!) factor[j * size + j] = Math.sqrt(sum);
      else {
        dependent.push(j);
        factor.fill(0, j * size, (j + 1) * size);
      }
    }
  }
  return { factor, size, dependent };
}

/**
 * X of A X = B.
 *
 * @param right [size], or [size, columns] row-major
 * @returns as `right`; 0 for dependent columns
 */
export function solveCholesky({ factor, size }: Cholesky, right: ArrayLike<number>): Float64Array {
  const x = Float64Array.from(right);
  const columns = x.length / size;
  for (let c = 0; c < columns; c++) {
    for (let j = 0; j < size; j++) {
      let sum = x[j * columns + c]!;
      for (let k = 0; k < j; k++) sum -= factor[j * size + k]! * x[k * columns + c]!;
      x[j * columns + c] = factor[j * size + j] ? sum / factor[j * size + j]! : 0;
    }
    for (let j = size - 1; j >= 0; j--) {
      let sum = x[j * columns + c]!;
      for (let k = j + 1; k < size; k++) sum -= factor[k * size + j]! * x[k * columns + c]!;
      x[j * columns + c] = factor[j * size + j] ? sum / factor[j * size + j]! : 0;
    }
  }
  return x;
}

/** A⁻¹; rows and columns of dependent columns are 0. */
export function inverseCholesky(decomposition: Cholesky): Float64Array {
  const { size } = decomposition;
  const inverse = new Float64Array(size * size);
  const unit = new Float64Array(size);
  for (let j = 0; j < size; j++) {
    unit.fill(0);
    unit[j] = 1;
    inverse.set(solveCholesky(decomposition, unit), j * size);
  }
  for (const j of decomposition.dependent) {
    for (let k = 0; k < size; k++) {
      inverse[j * size + k] = 0;
      inverse[k * size + j] = 0;
    }
  }
  return inverse;
}
