/** Reads a tensor of an ONNX file: its elements lie in typed fields, as raw bytes, or in another file. */
import type { Localized } from '@gradus/base';
import { DTYPES, type DType, dtypeOfOnnx } from '../dtype.ts';
import { ModelFileError } from '../errors.ts';
import type { HostTensor, NumericArray } from '../host.ts';
import type { TensorMessage } from './wire.ts';

/** The bytes of a weight in another file. `length` is left out where it is all from `offset` on. */
export type ExternalData = (place: { location: string; offset: number; length?: number }) => Uint8Array;

export const unheld = (place: Localized, type: number | undefined): ModelFileError =>
  new ModelFileError({
    en: `${place.en} has ONNX element type ${type}, which Gradus does not hold; expected ${Object.keys(DTYPES).join(', ')}`,
    zh: `${place.zh}的 ONNX 元素类型为 ${type}，Gradus 不支持；应为 ${Object.keys(DTYPES).join('、')} 之一`,
  });

/** @throws ModelFileError where the elements do not fit the shape. */
export function hostTensor(message: TensorMessage, place: Localized, external?: ExternalData): HostTensor {
  const dtype = dtypeOfOnnx(message.dataType ?? 0);
  if (!dtype) throw unheld(place, message.dataType);
  const dims = message.dims ?? [];
  const size = dims.reduce((a, b) => a * b, 1);
  if (dims.some((dim) => dim < 0)) {
    throw new ModelFileError({
      en: `${place.en} has the impossible shape [${dims}]`,
      zh: `${place.zh}的形状 [${dims}] 不可能存在`,
    });
  }
  const inside = message.dataLocation === 1 ? { rawData: outside(message, place, external) } : message;
  const data = elements(inside, dtype);
  if (data.length !== size) {
    throw new ModelFileError({
      en: `${place.en} of shape [${dims}] holds ${data.length} elements; expected ${size}`,
      zh: `${place.zh}的形状为 [${dims}]，含 ${data.length} 个元素；应为 ${size} 个`,
    });
  }
  return { dtype, dims, data };
}

/** The raw bytes of a tensor that lies in another file. */
function outside(
  { externalData = [] }: TensorMessage,
  place: Localized,
  external?: ExternalData,
): Uint8Array {
  if (!external) {
    throw new ModelFileError({
      en: `${place.en} is kept in another file; read the model by its path, with readOnnxFile`,
      zh: `${place.zh}存放在另一个文件中；请用 readOnnxFile 按路径读取模型`,
    });
  }
  const entries = new Map(externalData.map(({ key, value }) => [key, value ?? '']));
  const count = (key: string): number | undefined => {
    const text = entries.get(key);
    if (text === undefined) return undefined;
    if (/^\d{1,15}$/.test(text)) return Number(text);
    throw new ModelFileError({
      en: `${place.en}: the ${key} "${text}" of its data is not a whole number`,
      zh: `${place.zh}：其数据的 ${key} "${text}" 不是整数`,
    });
  };
  const [location, length] = [entries.get('location'), count('length')];
  if (!location) {
    throw new ModelFileError({
      en: `${place.en} is kept in another file that it does not name`,
      zh: `${place.zh}存放在另一个文件中，但未写明文件名`,
    });
  }
  try {
    return external({ location, offset: count('offset') ?? 0, ...(length === undefined ? {} : { length }) });
  } catch (error) {
    if (error instanceof ModelFileError) throw error.within(place);
    throw error;
  }
}

function elements(message: TensorMessage, dtype: HostTensor['dtype']): NumericArray | string[] {
  if (dtype === 'string') return (message.stringData ?? []).map((bytes) => new TextDecoder().decode(bytes));
  const array = DTYPES[dtype].array!;
  if (message.rawData) {
    // A copy, unless they are alone in their buffer: a file's bytes need not be aligned for the element type.
    const alone = message.rawData.byteLength === message.rawData.buffer.byteLength;
    const { buffer, byteLength } = alone ? message.rawData : new Uint8Array(message.rawData);
    return new array(buffer as ArrayBuffer, 0, Math.floor(byteLength / array.BYTES_PER_ELEMENT));
  }
  const field = FIELDS[dtype] ?? 'int32Data';
  if (array === BigInt64Array || array === BigUint64Array) {
    return array.from((message[field] ?? []) as bigint[]);
  }
  return (array as Float32ArrayConstructor).from(Array.from(message[field] ?? [], Number));
}

/** Where a tensor's elements lie when they are not raw bytes; those of the other types are 32-bit numbers. */
const FIELDS: { readonly [D in DType]?: 'floatData' | 'doubleData' | 'int64Data' | 'uint64Data' } = {
  float32: 'floatData',
  float64: 'doubleData',
  int64: 'int64Data',
  uint32: 'uint64Data',
  uint64: 'uint64Data',
};
