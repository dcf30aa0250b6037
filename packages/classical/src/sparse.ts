/** Products of a sparse matrix (compressed rows) with vectors, the inner loop of linear models and decompositions. */
import type { SparseMatrix } from '@gradus/stats';

/** x·v. @param v [columns] or longer @returns [rows] */
export function multiply(x: SparseMatrix, v: ArrayLike<number>): Float64Array {
  const out = new Float64Array(x.rows);
  const { offsets, indices, values } = x;
  for (let i = 0; i < x.rows; i++) {
    let sum = 0;
    for (let k = offsets[i]!; k < offsets[i + 1]!; k++) sum += values[k]! * v[indices[k]!]!;
    out[i] = sum;
  }
  return out;
}

/** xᵀ·v, written over the first `columns` places of `out`. @param v [rows] */
export function multiplyTransposed(x: SparseMatrix, v: ArrayLike<number>, out: Float64Array): Float64Array {
  out.fill(0);
  const { offsets, indices, values } = x;
  for (let i = 0; i < x.rows; i++) {
    const scale = v[i]!;
    for (let k = offsets[i]!; k < offsets[i + 1]!; k++) out[indices[k]!]! += values[k]! * scale;
  }
  return out;
}

/** x·m for a dense matrix. @param m [columns, width], row-major @returns [rows, width] */
export function multiplyDense(x: SparseMatrix, m: Float32Array, width: number): Float32Array {
  const out = new Float32Array(x.rows * width);
  const { offsets, indices, values } = x;
  for (let i = 0; i < x.rows; i++) {
    const to = i * width;
    for (let k = offsets[i]!; k < offsets[i + 1]!; k++) {
      const from = indices[k]! * width;
      const value = values[k]!;
      for (let j = 0; j < width; j++) out[to + j]! += value * m[from + j]!;
    }
  }
  return out;
}
