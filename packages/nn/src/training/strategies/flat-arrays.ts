/** An array for each trained parameter, one after another in memory, so that all of them can also be updated as one array. */
import { type HostTensor, sizeOf } from '@gradus/engine';
import type { Shapes } from '../phase.ts';
import { type Allocate, newFloats } from './arrays.ts';
import type { Arrays } from './strategy.ts';

export interface FlatArrays {
  readonly arrays: Arrays;
  /** All arrays, with zeros between them. */
  readonly flat: Float32Array;
}

/** Arrays begin at multiples of a cache line, in elements. */
export const ALIGNMENT = 16;

export function newFlatArrays(shapes: Shapes, allocate: Allocate): FlatArrays {
  const padded = (dims: readonly number[]) => Math.ceil(Number(sizeOf(dims)) / ALIGNMENT) * ALIGNMENT;
  const flat = newFloats(
    [...shapes.values()].reduce((sum, dims) => sum + padded(dims), 0),
    allocate,
  );
  const arrays: Record<string, HostTensor> = {};
  let from = 0;
  for (const [name, dims] of shapes) {
    arrays[name] = { dtype: 'float32', dims, data: flat.subarray(from, from + Number(sizeOf(dims))) };
    from += padded(dims);
  }
  return { flat, arrays };
}
