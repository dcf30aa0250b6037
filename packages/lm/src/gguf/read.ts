/**
 * GGUF, the file of llama.cpp: metadata by name, then where each tensor lies, then their elements, whole numbers in blocks with
 * scales. Only what is asked for is read; counts and lengths are checked against the file before anything is made of them.
 *
 * Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
import { type Localized, UserError } from '@gradus/base';
import { RangedFile } from '../weights/ranged-file.ts';
import { type BlockType, blockTypeOf } from './blocks.ts';

export type GgufValue = number | bigint | string | boolean | readonly GgufValue[];

export interface GgufTensor {
  /** Slowest first, as everywhere here; the file has them the other way round. */
  readonly dims: readonly number[];
  readonly type: BlockType;
  readonly from: number;
  readonly to: number;
}

export interface Gguf {
  readonly file: RangedFile;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
}

const MAGIC = 0x46554747;
const MOST_TENSORS = 100_000;
const MOST_FIELDS = 10_000;
const MOST_ELEMENTS = 4_000_000;
const MOST_TEXT = 16 * 1024 * 1024;
const DEEPEST = 2;
const MOST_PARTS = 400_000;

/** @throws UserError naming the file and what is wrong in it */
export function readGguf(path: string): Gguf {
  const file = new RangedFile(path);
  try {
    const cursor = new Cursor(file);
    if (file.size < 24 || cursor.uint32() !== MAGIC)
      throw wrong(path, { en: 'it does not begin as a GGUF file', zh: '开头不是 GGUF 文件' });
    const version = cursor.uint32();
    if (version !== 2 && version !== 3)
      throw wrong(path, { en: `version ${version} is not known`, zh: `不支持版本 ${version}` });
    const tensors = cursor.count(MOST_TENSORS, 'tensors');
    const fields = cursor.count(MOST_FIELDS, 'fields');
    const metadata = new Map<string, GgufValue>();
    for (let i = 0; i < fields; i++) {
      const name = cursor.text();
      metadata.set(name, cursor.value(cursor.uint32(), 0));
    }
    const alignment = Number(metadata.get('general.alignment') ?? 32);
    if (!Number.isInteger(alignment) || alignment < 1 || alignment > 65536)
      throw wrong(path, { en: `an alignment of ${alignment}`, zh: `对齐值为 ${alignment}` });
    const places = Array.from({ length: tensors }, () => cursor.tensor());
    // Tensors may lie on top of one another: what they are taken apart into is bounded by itself.
    const parts = places.reduce((sum, { name, dims }) => sum + (isStack(name, dims) ? dims[0]! : 1), 0);
    if (parts > MOST_PARTS)
      throw wrong(path, {
        en: `${parts} matrices of experts; at most ${MOST_PARTS} are read`,
        zh: `专家矩阵共 ${parts} 个；最多读取 ${MOST_PARTS} 个`,
      });
    const start = Math.ceil(cursor.at / alignment) * alignment;
    return {
      file,
      metadata,
      tensors: new Map(
        places.flatMap(({ name, dims, type, offset }) => {
          const from = start + offset;
          const to = from + sizeIn(path, name, dims, type);
          if (to > file.size)
            throw wrong(path, {
              en: `"${name}" should end at ${to}, and the file has ${file.size} bytes: it is cut off`,
              zh: `“${name}”应在第 ${to} 字节结束，而文件只有 ${file.size} 字节：文件不完整`,
            });
          return eachExpert(name, { dims, type, from, to });
        }),
      ),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** A tensor of the matrices of all experts as one for each: rows are whole blocks, so that they lie one behind the other. */
function eachExpert(name: string, tensor: GgufTensor): [string, GgufTensor][] {
  const { dims, type, from, to } = tensor;
  if (!isStack(name, dims)) return [[name, tensor]];
  const [experts, ...own] = dims as [number, ...number[]];
  const bytes = (to - from) / experts;
  return Array.from({ length: experts }, (_, i) => [
    name.replace(/\.weight$/, `.${i}.weight`),
    { dims: own, type, from: from + i * bytes, to: from + (i + 1) * bytes },
  ]);
}

const isStack = (name: string, dims: readonly number[]): boolean =>
  dims.length === 3 && name.endsWith('_exps.weight');

function sizeIn(
  path: string,
  name: string,
  dims: readonly number[],
  { block, bytes, title }: BlockType,
): number {
  const row = dims.at(-1) ?? 1;
  if (row % block !== 0)
    throw wrong(path, {
      en: `"${name}" of ${title} has rows of ${row}, which are no whole blocks of ${block}`,
      zh: `“${name}”（${title}）每行 ${row} 个元素，不是 ${block} 的整数倍`,
    });
  return (dims.reduce((a, b) => a * b, 1) / block) * bytes;
}

const wrong = (path: string, { en, zh }: Localized): UserError =>
  new UserError({
    en: `${path} is no GGUF file that can be read: ${en}`,
    zh: `无法读取 GGUF 文件 ${path}：${zh}`,
  });

/** Reads from the beginning on, a stretch of the file at a time. */
class Cursor {
  at = 0;
  readonly #file: RangedFile;
  #bytes = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  #from = 0;

  constructor(file: RangedFile) {
    this.#file = file;
  }

  /** Where the next `size` bytes lie in the stretch that is held. */
  #need(size: number): number {
    if (this.at + size > this.#from + this.#bytes.length || this.at < this.#from) {
      if (this.at + size > this.#file.size)
        throw wrong(this.#file.path, { en: 'its header is cut off', zh: '文件头不完整' });
      const to = Math.min(this.#file.size, this.at + Math.max(size, 1 << 20));
      this.#bytes = this.#file.read(this.at, to);
      this.#view = new DataView(this.#bytes.buffer);
      this.#from = this.at;
    }
    const place = this.at - this.#from;
    this.at += size;
    return place;
  }

  uint32(): number {
    const place = this.#need(4);
    return this.#view.getUint32(place, true);
  }

  count(most: number, what: string): number {
    const place = this.#need(8);
    const value = this.#view.getBigUint64(place, true);
    if (value > BigInt(most))
      throw wrong(this.#file.path, {
        en: `${value} ${what}; at most ${most} are read`,
        zh: `${what} 数为 ${value}；最多读取 ${most}`,
      });
    return Number(value);
  }

  text(): string {
    const length = this.count(MOST_TEXT, 'bytes of a text');
    const place = this.#need(length);
    return new TextDecoder().decode(this.#bytes.subarray(place, place + length));
  }

  value(type: number, depth: number): GgufValue {
    const read = SCALARS[type];
    // `need` may bring another stretch: the view is taken after it.
    if (read) {
      const place = this.#need(read.bytes);
      return read.get(this.#view, place);
    }
    if (type === 8) return this.text();
    if (type !== 9 || depth >= DEEPEST)
      throw wrong(this.#file.path, { en: `a field of type ${type}`, zh: `字段类型 ${type}` });
    const of = this.uint32();
    const length = this.count(MOST_ELEMENTS, 'elements of a list');
    const least = SCALARS[of]?.bytes ?? 8;
    if (this.at + length * least > this.#file.size)
      throw wrong(this.#file.path, { en: 'its header is cut off', zh: '文件头不完整' });
    return Array.from({ length }, () => this.value(of, depth + 1));
  }

  tensor(): { name: string; dims: number[]; type: BlockType; offset: number } {
    const name = this.text();
    const rank = this.uint32();
    if (rank > 4)
      throw wrong(this.#file.path, { en: `"${name}" has ${rank} axes`, zh: `“${name}”有 ${rank} 个轴` });
    const dims = Array.from({ length: rank }, () => this.count(2 ** 31, 'elements')).reverse();
    const code = this.uint32();
    const type = blockTypeOf(code);
    if (!type)
      throw wrong(this.#file.path, {
        en: `"${name}" is of type ${code}, which is not known. Known are F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K`,
        zh: `“${name}”的类型 ${code} 不受支持。支持 F32、F16、BF16、Q4_0、Q4_1、Q5_0、Q5_1、Q8_0、Q4_K、Q5_K、Q6_K`,
      });
    return { name, dims, type, offset: this.count(Number.MAX_SAFE_INTEGER, 'bytes') };
  }
}

const scalar = (bytes: number, get: (view: DataView, at: number) => GgufValue) => ({ bytes, get });

/** By the number of the type. */
const SCALARS: Readonly<Record<number, ReturnType<typeof scalar>>> = {
  0: scalar(1, (view, at) => view.getUint8(at)),
  1: scalar(1, (view, at) => view.getInt8(at)),
  2: scalar(2, (view, at) => view.getUint16(at, true)),
  3: scalar(2, (view, at) => view.getInt16(at, true)),
  4: scalar(4, (view, at) => view.getUint32(at, true)),
  5: scalar(4, (view, at) => view.getInt32(at, true)),
  6: scalar(4, (view, at) => view.getFloat32(at, true)),
  7: scalar(1, (view, at) => view.getUint8(at) !== 0),
  10: scalar(8, (view, at) => view.getBigUint64(at, true)),
  11: scalar(8, (view, at) => view.getBigInt64(at, true)),
  12: scalar(8, (view, at) => view.getFloat64(at, true)),
};
