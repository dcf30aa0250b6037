/** Arrays of a training step, in memory that a strategy chooses. */
import type { HostTensor } from '@gradus/engine';
import type { Arrays } from './strategy.ts';

/** Where arrays get their memory. */
export type Allocate = (bytes: number) => { readonly buffer: ArrayBufferLike; readonly offset: number };

export const allocatePrivate: Allocate = (bytes) => ({ buffer: new ArrayBuffer(bytes), offset: 0 });

export function newFloats(size: number, allocate: Allocate): Float32Array {
  const { buffer, offset } = allocate(4 * size);
  return new Float32Array(buffer, offset, size);
}

export const newScalar = (allocate: Allocate): HostTensor => ({
  dtype: 'float32',
  dims: [],
  data: newFloats(1, allocate),
});

/** An array of the same type and size. */
export function newLike({ dtype, dims, data }: HostTensor, allocate: Allocate): HostTensor {
  const like = data as Float32Array;
  const { buffer, offset } = allocate(like.byteLength);
  const Kind = like.constructor as Float32ArrayConstructor;
  return { dtype, dims, data: new Kind(buffer, offset, like.length) };
}

export const mapped = (arrays: Arrays, change: (value: HostTensor) => HostTensor): Arrays =>
  Object.fromEntries(Object.entries(arrays).map(([name, value]) => [name, change(value)]));

export const renamed = (arrays: Arrays, rename: (name: string) => string): Arrays =>
  Object.fromEntries(Object.entries(arrays).map(([name, value]) => [rename(name), value]));
