/**
 * Arrays as people have them: { dtype, dims, data }, a typed array (one number a row), or lists in lists. What cannot be read as an
 * array says what to write instead.
 */
import { didYouMean, type Localized, UserError } from '@gradus/base';
import {
  DTYPES,
  type DType,
  type HostTensor,
  type NumericArray,
  numericArray,
  showShape,
  Tensor,
} from '@gradus/engine';

/** Lists of numbers (float32), bigints (int64), booleans or strings, in lists of the same length. */
export type Nested = readonly (number | bigint | boolean | string | Nested | NumericArray)[];

/** What can be read as an array. */
export type ArrayLikeTensor = HostTensor | NumericArray | Nested;

/** The arrays of a batch by name. @throws UserError naming the array that is none */
export function readBatch(
  batch: Readonly<Record<string, ArrayLikeTensor>>,
): Readonly<Record<string, HostTensor>> {
  if (
    typeof batch !== 'object' ||
    batch === null ||
    typeof (batch as { then?: unknown }).then === 'function'
  ) {
    const isPromise = typeof batch === 'object' && batch !== null;
    throw refused({
      en: `a batch is an object of arrays by name, { x: …, y: … }, not ${isPromise ? 'a promise: await it' : String(batch)}`,
      zh: `批次应为按名称存放数组的对象 { x: …, y: … }，而不是 ${isPromise ? 'Promise：请用 await' : String(batch)}`,
    });
  }
  const entries = Object.entries(batch);
  if (entries.length === 0) {
    throw refused({
      en: 'the batch is empty: expected arrays by name, { x: …, y: … }',
      zh: '批次为空：应为按名称存放的数组 { x: …, y: … }',
    });
  }
  // Most batches are what they should be: they are not copied at each step.
  if (entries.every(([, value]) => isHostTensor(value))) return batch as Readonly<Record<string, HostTensor>>;
  return Object.fromEntries(entries.map(([name, value]) => [name, readTensor(name, value)]));
}

/** The arrays that a loss can be traced with: texts, such as names of rows, are left out. */
export function readNumbers(
  batch: Readonly<Record<string, ArrayLikeTensor>>,
): Readonly<Record<string, HostTensor>> {
  const read = readBatch(batch);
  const entries = Object.entries(read);
  const numbers = entries.filter(([, { dtype }]) => dtype !== 'string');
  return numbers.length === entries.length ? read : Object.fromEntries(numbers);
}

/** @param name as the error should call it */
export function readTensor(name: string, value: ArrayLikeTensor): HostTensor {
  if (isHostTensor(value)) return value;
  if (value instanceof Tensor) {
    throw refused({
      en: `"${name}" is a traced tensor, which has no numbers; a batch holds arrays: a Float32Array, or { dtype, dims, data }`,
      zh: `“${name}”是跟踪中的张量，没有数值；批次中应为数组：Float32Array 或 { dtype, dims, data }`,
    });
  }
  if (Array.isArray(value)) return listed(name, value as Nested);
  if (ArrayBuffer.isView(value)) return typed(name, value as NumericArray);
  if (typeof value === 'object' && value !== null && 'data' in value)
    return described(name, value as unknown as HostTensor);
  throw refused({
    en: `"${name}" is ${shown(value)}, which is no array: expected a typed array, lists of numbers, or { dtype: 'float32', dims: [rows, …], data: Float32Array }`,
    zh: `“${name}”是 ${shown(value)}，不是数组：应为类型化数组、数字列表或 { dtype: 'float32', dims: [rows, …], data: Float32Array }`,
  });
}

const sizeOfDims = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

const isHostTensor = (value: unknown): value is HostTensor => {
  const { dtype, dims, data } = (value ?? {}) as Partial<HostTensor>;
  if (!dtype || !Object.hasOwn(DTYPES, dtype) || !Array.isArray(dims) || !data) return false;
  const { array } = DTYPES[dtype];
  const isKind = array
    ? data instanceof array
    : Array.isArray(data) && data.every((text) => typeof text === 'string');
  return (
    isKind && dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0) && sizeOfDims(dims) === data.length
  );
};

/** The dtype of a typed array. Bits of float16 are not told from uint16. */
const DTYPE_OF = new Map<string, DType>(
  Object.entries(DTYPES).flatMap(([dtype, { array }]) =>
    array && dtype !== 'bool' && dtype !== 'float16' ? [[array.name, dtype as DType]] : [],
  ),
);

const kindOf = (view: ArrayBufferView): string => Object.prototype.toString.call(view).slice(8, -1);

function typed(name: string, data: NumericArray): HostTensor {
  const dtype = DTYPE_OF.get(kindOf(data));
  if (dtype) return { dtype, dims: [data.length], data: ofThisRealm(data, dtype) };
  throw refused({
    en: `"${name}" is a ${kindOf(data)}, which no dtype is held as; make a Float32Array of it: Float32Array.from(${name})`,
    zh: `“${name}”是 ${kindOf(data)}，没有对应的 dtype；请转换为 Float32Array：Float32Array.from(${name})`,
  });
}

/** An array of another realm (a vm context, a test runner) as one of this. */
function ofThisRealm(data: NumericArray, dtype: DType): NumericArray {
  const kind = DTYPES[dtype].array!;
  return data instanceof kind ? data : new (kind as Float32ArrayConstructor)(data as Float32Array);
}

/** { dtype, dims, data } that does not agree with itself, or holds a plain list. */
function described(name: string, { dtype, dims, data }: HostTensor): HostTensor {
  const inferred = dtype ?? (ArrayBuffer.isView(data) ? DTYPE_OF.get(kindOf(data)) : undefined);
  if (inferred === undefined || !Object.hasOwn(DTYPES, inferred)) {
    const hint = typeof dtype === 'string' ? didYouMean(dtype, Object.keys(DTYPES)) : { en: '', zh: '' };
    const names = Object.keys(DTYPES).join(', ');
    throw refused({
      en: `"${name}" has the dtype ${shown(dtype)}.${hint.en} Dtypes are ${names}.`,
      zh: `“${name}”的 dtype 为 ${shown(dtype)}。${hint.zh}可用的 dtype：${names}。`,
    });
  }
  if (!Array.isArray(dims) || !dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0)) {
    throw refused({
      en: `"${name}" has the dims ${shown(dims)}; expected its sizes as a list of whole numbers, rows first: dims: [32, 10]`,
      zh: `“${name}”的 dims 为 ${shown(dims)}；应为整数列表，第一个是行数：dims: [32, 10]`,
    });
  }
  const numbers = Array.isArray(data) && inferred !== 'string' ? flattened(name, data, inferred) : data;
  const { array } = DTYPES[inferred];
  const kind = ArrayBuffer.isView(numbers) ? kindOf(numbers) : shown(numbers);
  if (array && kind !== array.name) {
    throw refused({
      en: `"${name}" is ${inferred} and its data a ${kind}; ${inferred} is held as ${array.name}: data: ${array.name}.from(…)`,
      zh: `“${name}”的 dtype 为 ${inferred}，而 data 是 ${kind}；${inferred} 应存放在 ${array.name} 中：data: ${array.name}.from(…)`,
    });
  }
  const [size, length] = [sizeOfDims(dims), numbers.length];
  if (size !== length) {
    throw refused({
      en: `"${name}" has dims ${showShape(dims)}, which is ${size} elements, and data of ${length}`,
      zh: `“${name}”的 dims 为 ${showShape(dims)}，即 ${size} 个元素，而 data 有 ${length} 个`,
    });
  }
  return { dtype: inferred, dims, data: array ? ofThisRealm(numbers as NumericArray, inferred) : numbers };
}

/** Lists in lists. */
function listed(name: string, list: Nested): HostTensor {
  const dims: number[] = [];
  for (let level: unknown = list; isList(level); level = level[0]) dims.push(level.length);
  const flat: (number | bigint | boolean | string)[] = [];
  const collect = (level: unknown, depth: number, path: readonly number[]) => {
    if (depth === dims.length && !isList(level)) return flat.push(level as number);
    if (isList(level) && level.length === dims[depth]) {
      for (let i = 0; i < level.length; i++) collect(level[i], depth + 1, [...path, i]);
      return;
    }
    const place = `${name}[${path.join('][')}]`;
    const length = isList(level) ? level.length : shown(level);
    throw refused({
      en: `the lists of "${name}" differ in length: ${place} has ${length}, where ${showShape(dims)} has ${dims[depth] ?? 'one element'}. Fill the shorter ones up`,
      zh: `“${name}”中列表的长度不一：${place} 为 ${length}，而 ${showShape(dims)} 应为 ${dims[depth] ?? '一个元素'}。请补齐较短的列表`,
    });
  };
  collect(list, 0, []);
  const kinds = new Set(flat.map((element) => typeof element));
  const dtype = kinds.size === 1 ? DTYPE_OF_ELEMENTS[[...kinds][0]!] : undefined;
  if (!dtype) {
    throw refused({
      en: `"${name}" is a list of ${[...kinds].join(' and ') || 'nothing'}; expected numbers (float32), bigints (int64), booleans or strings`,
      zh: `“${name}”是由 ${[...kinds].join(' 和 ') || '空'} 组成的列表；应为 number（float32）、bigint（int64）、boolean 或 string`,
    });
  }
  return { dtype, dims, data: dtype === 'string' ? (flat as string[]) : flattened(name, flat, dtype) };
}

const DTYPE_OF_ELEMENTS: Readonly<Record<string, DType>> = {
  number: 'float32',
  bigint: 'int64',
  boolean: 'bool',
  string: 'string',
};

const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || ArrayBuffer.isView(value);

/** @throws UserError where an element does not go into the dtype */
function flattened(name: string, elements: readonly unknown[], dtype: DType): NumericArray {
  try {
    return numericArray(elements.flat(Number.POSITIVE_INFINITY).map(Number), dtype);
  } catch {
    throw refused({
      en: `"${name}" is ${dtype} and holds what is no such number, such as ${shown(elements.find((element) => !Number.isSafeInteger(element)))}`,
      zh: `“${name}”的 dtype 为 ${dtype}，却含有不是该类型的值，例如 ${shown(elements.find((element) => !Number.isSafeInteger(element)))}`,
    });
  }
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`;
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value))
    return `[${value.slice(0, 8).map(shown).join(', ')}${value.length > 8 ? ', …' : ''}]`;
  if (typeof value === 'object' && value !== null) return value.constructor?.name ?? 'an object';
  return String(value);
}

const refused = (text: Localized): UserError => new UserError(text);
