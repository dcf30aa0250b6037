/**
 * Plain values on the host's side of a graph: what is fed in and what comes out.
 */
import type { DType } from './dtype.ts';

export type NumericArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** A dense array of numbers (row-major), or of strings. */
export interface HostTensor {
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly data: NumericArray | readonly string[];
}

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
