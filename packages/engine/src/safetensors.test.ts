/** What is written can be read, what others wrote too; what is broken is refused with its place. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HostTensor, ModelFileError, readSafetensors, writeSafetensors } from './index.ts';

const file = (header: unknown, data: readonly number[] = []): Uint8Array => {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
};

describe('a safetensors file', () => {
  it('is read as its format says', () => {
    // 1.5 as a half is 3e00, −2 as a bfloat16 c000, 258 as 32 bits 00000102; all little-endian.
    const bytes = file(
      {
        __metadata__: { format: 'pt' },
        half: { dtype: 'F16', shape: [1], data_offsets: [0, 2] },
        brain: { dtype: 'BF16', shape: [1, 1], data_offsets: [2, 4] },
        whole: { dtype: 'I32', shape: [], data_offsets: [4, 8] },
        none: { dtype: 'F32', shape: [0, 3], data_offsets: [8, 8] },
      },
      [0x00, 0x3e, 0x00, 0xc0, 0x02, 0x01, 0x00, 0x00],
    );
    const { tensors, metadata } = readSafetensors(bytes);
    expect(metadata).toEqual({ format: 'pt' });
    expect(tensors).toEqual({
      half: { dtype: 'float32', dims: [1], data: Float32Array.of(1.5) },
      brain: { dtype: 'float32', dims: [1, 1], data: Float32Array.of(-2) },
      whole: { dtype: 'int32', dims: [], data: Int32Array.of(258) },
      none: { dtype: 'float32', dims: [0, 3], data: new Float32Array() },
    });
  });

  it('holds what was written, whatever the names', () => {
    const tensor = fc.oneof(
      fc.float32Array({ maxLength: 9 }).map((data) => ({ dtype: 'float32' as const, data })),
      fc.float64Array({ maxLength: 9 }).map((data) => ({ dtype: 'float64' as const, data })),
      fc.bigInt64Array({ maxLength: 9 }).map((data) => ({ dtype: 'int64' as const, data })),
      fc.uint8Array({ maxLength: 9 }).map((data) => ({ dtype: 'bool' as const, data })),
      fc.int16Array({ maxLength: 9 }).map((data) => ({ dtype: 'int16' as const, data })),
    );
    const named = fc.uniqueArray(fc.tuple(fc.string({ unit: 'grapheme' }), tensor), {
      selector: ([name]) => name,
    });
    fc.assert(
      fc.property(named, fc.dictionary(fc.string(), fc.string()), (list, metadata) => {
        const tensors = Object.fromEntries(
          list.map(([name, { dtype, data }]) => [name, { dtype, dims: [data.length], data } as HostTensor]),
        );
        const read = readSafetensors(writeSafetensors(tensors, metadata));
        expect(read.tensors).toEqual(tensors);
        expect(Object.entries(read.metadata)).toEqual(Object.entries(metadata));
      }),
    );
  });

  it.each([
    [
      'an overlap',
      {
        a: { dtype: 'U8', shape: [2], data_offsets: [0, 2] },
        b: { dtype: 'U8', shape: [2], data_offsets: [1, 3] },
      },
      3,
      /"b" begins at 1, where another tensor is/,
    ],
    ['a gap', { a: { dtype: 'U8', shape: [1], data_offsets: [1, 2] } }, 2, /"a" begins at 1, where a gap is/],
    [
      'bytes that no tensor has',
      { a: { dtype: 'U8', shape: [1], data_offsets: [0, 1] } },
      2,
      /end at 1 of 2 bytes/,
    ],
    [
      'a place past the end',
      { a: { dtype: 'U8', shape: [9], data_offsets: [0, 9] } },
      2,
      /end at 9 of 2 bytes/,
    ],
    [
      'a size that does not fit',
      { a: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } },
      4,
      /given 4 bytes; expected 8/,
    ],
    [
      'a type of its own',
      { a: { dtype: 'F7', shape: [1], data_offsets: [0, 1] } },
      1,
      /"a" has the type "F7"/,
    ],
    [
      'a type from the prototype',
      { a: { dtype: 'toString', shape: [1], data_offsets: [0, 1] } },
      1,
      /has the type/,
    ],
    ['a negative size', { a: { dtype: 'U8', shape: [-1, -1], data_offsets: [0, 1] } }, 1, /no shape/],
    ['a header that is no object', [], 0, /no JSON object/],
    ['a header that is no JSON', '{', 0, /not JSON/],
  ])('with %s is refused', (_, header, length, message) => {
    const bytes = file(header, new Array<number>(length).fill(0));
    expect(() => readSafetensors(bytes)).toThrow(message);
    expect(() => readSafetensors(bytes)).toThrow(ModelFileError);
  });

  it('is refused with a reason when it is not one, whatever its bytes', () => {
    const good = writeSafetensors(
      {
        a: { dtype: 'float32', dims: [2], data: Float32Array.of(1, 2) },
        b: { dtype: 'bool', dims: [], data: Uint8Array.of(1) },
      },
      { made: 'here' },
    );
    const broken = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([at, byte]) => good.with(at, byte)),
      fc.nat(good.length - 1).map((end) => good.subarray(0, end)),
      fc.json().map((text) => file(text)),
    );
    fc.assert(
      fc.property(broken, (bytes) => {
        try {
          readSafetensors(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(ModelFileError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
