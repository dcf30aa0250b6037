/**
 * Tensors as the Open Inference Protocol writes them (github.com/kserve/open-inference-protocol, version 2): as JSON, or by
 * its binary extension as the raw bytes behind the JSON, little-endian, which large images and sounds need.
 */
import { count } from '@gradus/base';
import { DTYPES, type DType, type HostTensor } from '@gradus/engine';
import { z } from 'zod';
import type { TensorType } from '../model-file.ts';

/** The protocol's names of element types. */
export const DATATYPES: Readonly<Record<DType, string>> = {
  bool: 'BOOL',
  uint8: 'UINT8',
  uint16: 'UINT16',
  uint32: 'UINT32',
  uint64: 'UINT64',
  int8: 'INT8',
  int16: 'INT16',
  int32: 'INT32',
  int64: 'INT64',
  float16: 'FP16',
  float32: 'FP32',
  float64: 'FP64',
  string: 'BYTES',
};

/** Elements of one tensor of a request. */
const MOST_ELEMENTS = 64 * 2 ** 20;

export const TensorJson = z.strictObject({
  name: z.string(),
  shape: z.array(z.int().min(0)),
  datatype: z.string(),
  parameters: z.record(z.string(), z.unknown()).optional(),
  /** Nested by axes, or flat; absent where `parameters.binary_data_size` says how many bytes follow the JSON. */
  data: z.custom<readonly unknown[]>(Array.isArray, 'expected a list').meta({ type: 'array' }).optional(),
});
export type TensorJson = z.infer<typeof TensorJson>;

/** What is wrong with a request; answered with status 400. */
export class RequestError extends Error {}

/**
 * @param bytes What follows the JSON, from where this tensor's bytes begin
 * @returns the tensor, and how many of `bytes` are its own
 * @throws RequestError naming the input and what is expected of it
 */
export function readTensor(
  { name, shape, datatype, parameters, data }: TensorJson,
  expected: TensorType,
  bytes: Uint8Array,
): { tensor: HostTensor; taken: number } {
  const { dtype } = expected;
  if (datatype !== DATATYPES[dtype]) {
    throw new RequestError(`input "${name}" has datatype ${datatype}; expected ${DATATYPES[dtype]}`);
  }
  requireShape(name, shape, expected);
  const length = shape.reduce((a, b) => a * b, 1);
  if (length > MOST_ELEMENTS) {
    throw new RequestError(
      `input "${name}" has ${count(length)} elements; expected at most ${count(MOST_ELEMENTS)}`,
    );
  }
  const size = parameters?.binary_data_size;
  if (size === undefined) {
    if (!data) throw new RequestError(`input "${name}" has no data`);
    return { tensor: { dtype, dims: shape, data: fromJson(name, expected, data, length) }, taken: 0 };
  }
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 0 || size > bytes.length) {
    throw new RequestError(
      `input "${name}" says that it has ${String(size)} bytes behind the JSON; there are ${bytes.length}`,
    );
  }
  return {
    tensor: { dtype, dims: shape, data: fromBytes(name, expected, bytes.subarray(0, size), length) },
    taken: size,
  };
}

function requireShape(name: string, shape: readonly number[], { shape: expected }: TensorType): void {
  const fits =
    shape.length === expected.length &&
    shape.every((size, i) => typeof expected[i] !== 'number' || expected[i] === size);
  if (fits) return;
  throw new RequestError(
    `input "${name}" has shape [${shape.join(', ')}]; expected [${expected.map((size) => (typeof size === 'number' ? size : `any (${size})`)).join(', ')}]`,
  );
}

/** Whole numbers' least and greatest. */
const RANGES: Partial<Record<DType, readonly [number, number]>> = {
  bool: [0, 1],
  uint8: [0, 2 ** 8 - 1],
  uint16: [0, 2 ** 16 - 1],
  uint32: [0, 2 ** 32 - 1],
  int8: [-(2 ** 7), 2 ** 7 - 1],
  int16: [-(2 ** 15), 2 ** 15 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  // Larger ones have lost digits when JSON was parsed.
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  uint64: [0, Number.MAX_SAFE_INTEGER],
};

function fromJson(
  name: string,
  { dtype, takesMissing = false }: TensorType,
  nested: readonly unknown[],
  length: number,
): HostTensor['data'] {
  const flat = typeof nested[0] === 'object' ? (nested.flat(8) as unknown[]) : nested;
  if (flat.length !== length) {
    throw new RequestError(`input "${name}" has ${flat.length} values; its shape asks for ${length}`);
  }
  const wrong = (i: number, expectation: string) =>
    new RequestError(`input "${name}", value ${i}: ${shown(flat[i])} is not ${expectation}`);
  if (dtype === 'string') {
    for (let i = 0; i < length; i++) if (typeof flat[i] !== 'string') throw wrong(i, 'a text');
    return flat as string[];
  }
  if (dtype === 'float16')
    throw new RequestError(`input "${name}": FP16 has no form in JSON; send it as binary data`);
  const array = new (DTYPES[dtype].array as unknown as Float32ArrayConstructor)(length);
  const range = RANGES[dtype];
  for (let i = 0; i < length; i++) {
    const value = flat[i];
    if (dtype === 'bool' && typeof value === 'boolean') {
      array[i] = value ? 1 : 0;
      continue;
    }
    if (takesMissing && value === null) {
      array[i] = Number.NaN;
      continue;
    }
    if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(i, 'a number');
    if (range) {
      if (!Number.isInteger(value) || value < range[0] || value > range[1]) {
        throw wrong(i, `a whole number from ${range[0]} to ${range[1]}`);
      }
      if (dtype === 'int64' || dtype === 'uint64') {
        (array as unknown as BigInt64Array)[i] = BigInt(value);
        continue;
      }
    }
    array[i] = value;
    if (!range && !Number.isFinite(array[i]!)) throw wrong(i, `within the range of ${DATATYPES[dtype]}`);
  }
  return array;
}

/** Lists may be nested deeper than a stack is. */
function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return String(JSON.stringify(value)).slice(0, 60);
}

function fromBytes(
  name: string,
  { dtype, takesMissing = false }: TensorType,
  bytes: Uint8Array,
  length: number,
): HostTensor['data'] {
  if (dtype === 'string') return textsFromBytes(name, bytes, length);
  const { array, bytes: width } = DTYPES[dtype];
  if (bytes.length !== length * width) {
    throw new RequestError(
      `input "${name}" has ${bytes.length} bytes; its shape and datatype ask for ${length * width}`,
    );
  }
  // A copy: the bytes may begin anywhere, the array must begin at a multiple of its width.
  const data = new (array as Float32ArrayConstructor)(bytes.slice().buffer);
  if (dtype === 'float32' || dtype === 'float64') {
    const at = (data as Float32Array).findIndex(
      (value) => !Number.isFinite(value) && !(takesMissing && Number.isNaN(value)),
    );
    if (at >= 0) throw new RequestError(`input "${name}", value ${at}: ${data[at]} is not a finite number`);
  }
  return data;
}

/** Each text with its length in bytes, as four bytes, in front. */
function textsFromBytes(name: string, bytes: Uint8Array, length: number): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const texts: string[] = [];
  let at = 0;
  try {
    while (at < bytes.length && texts.length <= length) {
      const size = view.getUint32(at, true);
      if (at + 4 + size > bytes.length) throw new RangeError();
      texts.push(decoder.decode(bytes.subarray(at + 4, at + 4 + size)));
      at += 4 + size;
    }
  } catch {
    throw new RequestError(
      `input "${name}": its bytes are no texts in UTF-8, each with its length in front as four bytes`,
    );
  }
  if (texts.length !== length) {
    throw new RequestError(`input "${name}" has ${texts.length} texts; its shape asks for ${length}`);
  }
  return texts;
}

/** An output as JSON. Numbers that JSON does not know become null. */
export function tensorToJson(name: string, { dtype, dims, data }: HostTensor): object {
  const values = dtype === 'bool' ? Array.from(data as Uint8Array, Boolean) : jsonValues(data);
  return { name, shape: dims, datatype: DATATYPES[dtype], data: values };
}

function jsonValues(data: HostTensor['data']): unknown[] {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Array.from(data, Number);
  if (data instanceof Float32Array) return Array.from(data, shortest);
  return Array.from(data as readonly unknown[]);
}

/** The shortest decimal that is the same float32: 0.1 rather than 0.10000000149011612. */
function shortest(value: number): number {
  const short = Number(value.toPrecision(7));
  return Math.fround(short) === value ? short : Number(value.toPrecision(9));
}

/** An output's bytes. */
export function tensorToBytes({ dtype, data }: HostTensor): Uint8Array {
  if (dtype !== 'string') {
    const { buffer, byteOffset, byteLength } = data as Float32Array;
    return new Uint8Array(buffer, byteOffset, byteLength);
  }
  const encoder = new TextEncoder();
  return Buffer.concat(
    (data as readonly string[]).flatMap((text) => {
      const bytes = encoder.encode(text);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
}
