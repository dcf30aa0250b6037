/**
 * Arrays of the host program: the inputs that a graph is fed and the outputs that it returns.
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
