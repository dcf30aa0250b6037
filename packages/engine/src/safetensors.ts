/**
 * Safetensors: a plain file of named tensors, and nothing that could run. Eight bytes give the length of a JSON header;
 * the header gives each tensor's type, shape and place; the rest is their elements, row-major, without gaps.
 *
 * Source: https://github.com/huggingface/safetensors#format
 */
import type { Localized } from '@gradus/base';
import { DTYPES, type DType } from './dtype.ts';
import { ModelFileError } from './errors.ts';
import { bfloatValue, halfValue } from './float16.ts';
import type { HostTensor, NumericArray } from './host.ts';

export interface Safetensors {
  readonly tensors: Readonly<Record<string, HostTensor>>;
  /** What the file says about itself. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The header of a file may be this long at most, as in the reference implementation. */
const MAX_HEADER = 100_000_000;

/** Types of the format, their dtypes here, and how elements become float32 where that is the dtype. */
const TYPES: Readonly<Record<string, { dtype: DType; bytes: number; value?: (bits: number) => number }>> = {
  F64: { dtype: 'float64', bytes: 8 },
  F32: { dtype: 'float32', bytes: 4 },
  F16: { dtype: 'float32', bytes: 2, value: halfValue },
  BF16: { dtype: 'float32', bytes: 2, value: bfloatValue },
  I64: { dtype: 'int64', bytes: 8 },
  I32: { dtype: 'int32', bytes: 4 },
  I16: { dtype: 'int16', bytes: 2 },
  I8: { dtype: 'int8', bytes: 1 },
  U64: { dtype: 'uint64', bytes: 8 },
  U32: { dtype: 'uint32', bytes: 4 },
  U16: { dtype: 'uint16', bytes: 2 },
  U8: { dtype: 'uint8', bytes: 1 },
  BOOL: { dtype: 'bool', bytes: 1 },
};

const NAMES = new Map<DType, string>([
  ...Object.entries(TYPES).flatMap(([name, { dtype, value }]) => (value ? [] : [[dtype, name] as const])),
  ['float16', 'F16'],
]);

/**
 * Reads a .safetensors file. F16 and BF16 become float32.
 * @throws ModelFileError naming the tensor and what is wrong with it.
 */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  const { header, start } = headerOf(bytes);
  const metadata = metadataOf(header.__metadata__);
  const entries = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => placeOf(name, entry));
  requireWhole(entries, bytes.length - start);
  const tensors = entries.map(({ name, type, dims, from, to }) => {
    const data = elements(bytes.subarray(start + from, start + to), type);
    return [name, { dtype: TYPES[type]!.dtype, dims, data } satisfies HostTensor] as const;
  });
  return { tensors: Object.fromEntries(tensors), metadata };
}

/** Where a tensor lies in a file, so that it can be read alone. */
export interface SafetensorsPlace {
  readonly name: string;
  /** As the format names it, such as BF16. */
  readonly type: string;
  readonly dims: readonly number[];
  /** Its first byte, and the one behind its last, counted from the beginning of the file. */
  readonly from: number;
  readonly to: number;
}

/** How many bytes from the beginning of the file `safetensorsPlaces` needs; the first 8 say it. @throws ModelFileError */
export function safetensorsHead(first: Uint8Array, fileBytes: number): number {
  return headerEnd(first, fileBytes);
}

/**
 * Where each tensor of a file lies, from the file's head alone: nothing else is read.
 * @throws ModelFileError naming the tensor whose place or type is wrong
 */
export function safetensorsPlaces(head: Uint8Array, fileBytes: number): readonly SafetensorsPlace[] {
  const { header, start } = headerOf(head, fileBytes);
  const places = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => placeOf(name, entry));
  requireWhole(places, fileBytes - start);
  return places.map(({ from, to, ...place }) => ({ ...place, from: start + from, to: start + to }));
}

/** The elements of a tensor from its own bytes. F16 and BF16 become float32. */
export const safetensorsElements = (bytes: Uint8Array, type: string): NumericArray => elements(bytes, type);

/** The bytes of a .safetensors file. @throws ModelFileError where a tensor cannot be held in one. */
export function writeSafetensors(
  tensors: Readonly<Record<string, HostTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  let end = 0;
  const header: [name: string, entry: unknown][] =
    Object.keys(metadata).length > 0 ? [['__metadata__', metadata]] : [];
  const blobs: { at: number; data: Uint8Array }[] = [];
  // Wide elements first, so that each tensor starts at a multiple of its element's size.
  const sorted = Object.entries(tensors).sort(
    ([a, { dtype: x }], [b, { dtype: y }]) => DTYPES[y].bytes - DTYPES[x].bytes || (a < b ? -1 : 1),
  );
  for (const [name, { dtype, dims, data }] of sorted) {
    const type = NAMES.get(dtype);
    if (!type || !ArrayBuffer.isView(data)) {
      throw new ModelFileError({
        en: `"${name}" is of ${dtype}; safetensors holds ${[...NAMES.keys()].join(', ')}`,
        zh: `"${name}" 的类型为 ${dtype}；safetensors 只支持 ${[...NAMES.keys()].join('、')}`,
      });
    }
    if (name === '__metadata__') {
      throw new ModelFileError({
        en: 'no tensor can be named "__metadata__"',
        zh: '张量不能命名为 "__metadata__"',
      });
    }
    blobs.push({ at: end, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) });
    header.push([name, { dtype: type, shape: dims, data_offsets: [end, end + data.byteLength] }]);
    end += data.byteLength;
  }
  const text = JSON.stringify(Object.fromEntries(header));
  const length = new TextEncoder().encode(text).length;
  // Filled up with blanks, so that the elements are aligned.
  const padded = new TextEncoder().encode(text + ' '.repeat((8 - (length % 8)) % 8));
  const bytes = new Uint8Array(8 + padded.length + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded.length), true);
  bytes.set(padded, 8);
  for (const { at, data } of blobs) bytes.set(data, 8 + padded.length + at);
  return bytes;
}

function headerEnd(bytes: Uint8Array, fileBytes: number): number {
  if (bytes.length < 8) {
    throw notSafetensors({ en: `${bytes.length} bytes`, zh: `只有 ${bytes.length} 字节` });
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > MAX_HEADER || Number(length) > fileBytes - 8) {
    throw notSafetensors({
      en: `a header of ${length} bytes in ${fileBytes}`,
      zh: `文件共 ${fileBytes} 字节，文件头却有 ${length} 字节`,
    });
  }
  return 8 + Number(length);
}

function headerOf(
  bytes: Uint8Array,
  fileBytes = bytes.length,
): { header: Record<string, unknown>; start: number } {
  const start = headerEnd(bytes, fileBytes);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, start)));
  } catch (error) {
    const { message } = error as Error;
    throw notSafetensors({
      en: `its header is not JSON (${message})`,
      zh: `文件头不是 JSON（${message}）`,
    });
  }
  if (!isRecord(header)) {
    throw notSafetensors({ en: 'its header is no JSON object', zh: '文件头不是 JSON 对象' });
  }
  return { header, start };
}

const notSafetensors = ({ en, zh }: Localized) =>
  new ModelFileError({ en: `not a safetensors file: ${en}`, zh: `不是 safetensors 文件：${zh}` });

function metadataOf(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (isRecord(value) && Object.values(value).every((text) => typeof text === 'string')) {
    return value as Record<string, string>;
  }
  throw new ModelFileError({
    en: '"__metadata__" of a safetensors file must hold texts',
    zh: 'safetensors 文件的 "__metadata__" 只能包含文本',
  });
}

interface Place {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly number[];
  /** Offsets among the elements, behind the header. */
  readonly from: number;
  readonly to: number;
}

function placeOf(name: string, entry: unknown): Place {
  const { dtype, shape, data_offsets } = isRecord(entry) ? entry : {};
  if (typeof dtype !== 'string' || !Object.hasOwn(TYPES, dtype)) {
    throw new ModelFileError({
      en: `"${name}" has the type ${JSON.stringify(dtype)}; expected ${Object.keys(TYPES).join(', ')}`,
      zh: `"${name}" 的类型为 ${JSON.stringify(dtype)}；应为 ${Object.keys(TYPES).join('、')} 之一`,
    });
  }
  if (!isCounts(shape)) {
    throw new ModelFileError({
      en: `"${name}" has no shape of whole numbers`,
      zh: `"${name}" 的形状不是由整数组成`,
    });
  }
  if (!isCounts(data_offsets) || data_offsets.length !== 2) {
    throw new ModelFileError({
      en: `"${name}" has no place of two offsets`,
      zh: `"${name}" 的位置不是两个偏移量`,
    });
  }
  const [from, to] = data_offsets as readonly [number, number];
  const size = shape.reduce((a, b) => a * b, 1) * TYPES[dtype]!.bytes;
  if (to - from !== size) {
    throw new ModelFileError({
      en: `"${name}" of ${dtype} [${shape}] is given ${to - from} bytes; expected ${size}`,
      zh: `"${name}"（${dtype} [${shape}]）占 ${to - from} 字节；应为 ${size} 字节`,
    });
  }
  return { name, type: dtype, dims: shape, from, to };
}

/** Requires that the tensors lie one after the other and fill the file. */
function requireWhole(places: readonly Place[], length: number): void {
  let end = 0;
  for (const { name, from, to } of [...places].sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (from !== end) {
      throw new ModelFileError({
        en: `"${name}" begins at ${from}, where ${from < end ? 'another tensor is' : 'a gap is'}; expected ${end}`,
        zh: `"${name}" 从 ${from} 开始，${from < end ? '与另一个张量重叠' : '前面有空隙'}；应从 ${end} 开始`,
      });
    }
    end = to;
  }
  if (end !== length) {
    throw new ModelFileError({
      en: `the tensors end at ${end} of ${length} bytes`,
      zh: `张量在第 ${end} 字节处结束，而数据共 ${length} 字节`,
    });
  }
}

function elements(bytes: Uint8Array, type: string): NumericArray {
  const { dtype, value } = TYPES[type]!;
  // A copy of their own, so that the first byte is aligned.
  const { buffer } = new Uint8Array(bytes);
  if (value) return Float32Array.from(new Uint16Array(buffer), value);
  return new DTYPES[dtype].array!(buffer);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCounts = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
