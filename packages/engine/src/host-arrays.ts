/** Numbers as people write them (5, [[1, 2], [3, 4]]), as host tensors of a dtype. */
import { DTYPES, type DType, int64Of, isFloat } from './dtype.ts';
import { GraphError } from './errors.ts';
import { halfBits } from './float16.ts';
import type { HostTensor, NumericArray } from './host.ts';

/** A number, a list of numbers, a list of such lists, … */
export type Numbers = number | bigint | boolean | NumericArray | readonly Numbers[];

/** `values` in the host array that `dtype` uses. @throws GraphError where an integer dtype is to hold a fraction */
export function numericArray(values: ArrayLike<number>, dtype: DType): NumericArray {
  const { array } = DTYPES[dtype];
  if (!array) throw new GraphError(`no plain numbers are held as ${dtype}`);
  if (!isFloat(dtype)) {
    for (let i = 0; i < values.length; i++) {
      if (!Number.isInteger(values[i])) {
        throw new GraphError(
          `${values[i]} is no whole number and cannot be held as ${dtype}; cast to a float`,
        );
      }
    }
  }
  if (dtype === 'float16') return Uint16Array.from(values, halfBits);
  if (array === BigInt64Array) return array.from(Array.from(values, int64Of));
  if (array === BigUint64Array) return array.from(Array.from(values, BigInt));
  return (array as Float32ArrayConstructor).from(values);
}

export const isHostTensor = (value: unknown): value is HostTensor =>
  typeof value === 'object' && value !== null && 'dtype' in value && 'dims' in value && 'data' in value;

/**
 * Nested lists as a tensor; how they are nested gives its shape.
 *
 * @throws GraphError naming the place where the lists have other lengths, or hold something else than numbers
 */
export function hostTensorOf(value: Numbers, dtype: DType = 'float32'): HostTensor {
  const dims = dimsOf(value);
  const numbers: number[] = [];
  const collect = (part: unknown, place: readonly number[]): void => {
    const at = place.length > 0 ? ` at [${place.join(', ')}]` : '';
    const expected = dims[place.length];
    if (expected === undefined) {
      if (typeof part === 'number' || typeof part === 'bigint' || typeof part === 'boolean')
        numbers.push(Number(part));
      else throw new GraphError(`expected a number${at}, got ${shown(part)}`);
      return;
    }
    if (!isList(part) || part.length !== expected) {
      const got = isList(part) ? `one of ${part.length}` : shown(part);
      throw new GraphError(`expected a list of ${expected}${at}, as in the first row, got ${got}`);
    }
    for (let i = 0; i < part.length; i++) collect(part[i], [...place, i]);
  };
  collect(value, []);
  return { dtype, dims, data: numericArray(numbers, dtype) };
}

function dimsOf(value: unknown): number[] {
  const dims: number[] = [];
  for (let part = value; isList(part); part = part[0]) dims.push(part.length);
  return dims;
}

export const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

/** A value in an error message. */
export const shown = (value: unknown): string =>
  typeof value === 'string'
    ? `"${value}"`
    : isList(value)
      ? `${Array.isArray(value) ? 'a list' : `a ${value.constructor.name}`} of ${value.length}`
      : typeof value === 'object' && value !== null
        ? `${value.constructor?.name ?? 'Object'} {…}`
        : typeof value === 'function'
          ? 'a function'
          : String(value);
