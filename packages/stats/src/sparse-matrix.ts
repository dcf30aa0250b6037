/**
 * A sparse matrix in compressed sparse row form: row i holds `values[k]` in column `indices[k]` for
 * `offsets[i] ≤ k < offsets[i + 1]`.
 */
export interface SparseMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly offsets: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float32Array;
}
