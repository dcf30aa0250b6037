/**
 * ONNX files are protocol buffers. This file holds the messages of onnx.proto3 that Gradus reads and writes, as a
 * table, and a decoder and encoder that follow the table. Unknown fields are skipped.
 *
 * Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3
 */
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { Localized } from '@gradus/base';
import { int64Of } from '../dtype.ts';
import { ModelFileError } from '../errors.ts';

/** `big…` are read exactly; `int64` as a number, which is exact for sizes and counts. */
type Scalar = 'int64' | 'bigInt64' | 'bigUint64' | 'int32' | 'float' | 'double' | 'string' | 'bytes';

interface Field {
  readonly number: number;
  readonly type: Scalar | { readonly message: MessageName };
  readonly repeated?: true;
}

const one = (number: number, type: Scalar): Field => ({ number, type });
const many = (number: number, type: Scalar): Field => ({ number, type, repeated: true });
const child = (number: number, message: MessageName): Field => ({ number, type: { message } });
const children = (number: number, message: MessageName): Field => ({
  ...child(number, message),
  repeated: true,
});

type MessageName =
  | 'Model'
  | 'OperatorSetId'
  | 'StringStringEntry'
  | 'Graph'
  | 'Node'
  | 'Attribute'
  | 'Tensor'
  | 'ValueInfo'
  | 'Type'
  | 'TensorType'
  | 'TensorShape'
  | 'Dimension'
  | 'Function';

const MESSAGES: Record<MessageName, Record<string, Field>> = {
  Model: {
    irVersion: one(1, 'int64'),
    producerName: one(2, 'string'),
    producerVersion: one(3, 'string'),
    graph: child(7, 'Graph'),
    opsetImport: children(8, 'OperatorSetId'),
    metadataProps: children(14, 'StringStringEntry'),
    functions: children(25, 'Function'),
  },
  OperatorSetId: { domain: one(1, 'string'), version: one(2, 'int64') },
  StringStringEntry: { key: one(1, 'string'), value: one(2, 'string') },
  Graph: {
    node: children(1, 'Node'),
    name: one(2, 'string'),
    initializer: children(5, 'Tensor'),
    input: children(11, 'ValueInfo'),
    output: children(12, 'ValueInfo'),
    valueInfo: children(13, 'ValueInfo'),
  },
  Node: {
    input: many(1, 'string'),
    output: many(2, 'string'),
    name: one(3, 'string'),
    opType: one(4, 'string'),
    attribute: children(5, 'Attribute'),
    domain: one(7, 'string'),
    overload: one(8, 'string'),
    metadataProps: children(9, 'StringStringEntry'),
  },
  Attribute: {
    name: one(1, 'string'),
    f: one(2, 'float'),
    i: one(3, 'int64'),
    s: one(4, 'bytes'),
    t: child(5, 'Tensor'),
    g: child(6, 'Graph'),
    floats: many(7, 'float'),
    ints: many(8, 'int64'),
    strings: many(9, 'bytes'),
    type: one(20, 'int32'),
    refAttrName: one(21, 'string'),
  },
  Tensor: {
    dims: many(1, 'int64'),
    dataType: one(2, 'int32'),
    floatData: many(4, 'float'),
    int32Data: many(5, 'int32'),
    stringData: many(6, 'bytes'),
    int64Data: many(7, 'bigInt64'),
    name: one(8, 'string'),
    rawData: one(9, 'bytes'),
    doubleData: many(10, 'double'),
    uint64Data: many(11, 'bigUint64'),
    externalData: children(13, 'StringStringEntry'),
    dataLocation: one(14, 'int32'),
  },
  ValueInfo: {
    name: one(1, 'string'),
    type: child(2, 'Type'),
    metadataProps: children(4, 'StringStringEntry'),
  },
  Type: { tensorType: child(1, 'TensorType') },
  TensorType: { elemType: one(1, 'int32'), shape: child(2, 'TensorShape') },
  TensorShape: { dim: children(1, 'Dimension') },
  Function: {
    name: one(1, 'string'),
    input: many(4, 'string'),
    output: many(5, 'string'),
    node: children(7, 'Node'),
    opsetImport: children(9, 'OperatorSetId'),
    domain: one(10, 'string'),
    attributeProto: children(11, 'Attribute'),
    overload: one(13, 'string'),
  },
  Dimension: { dimValue: one(1, 'int64'), dimParam: one(2, 'string') },
};

export interface ModelMessage {
  irVersion?: number;
  producerName?: string;
  producerVersion?: string;
  graph?: GraphMessage;
  opsetImport?: { domain?: string; version?: number }[];
  metadataProps?: { key?: string; value?: string }[];
  functions?: FunctionMessage[];
}

export interface FunctionMessage {
  name?: string;
  input?: string[];
  output?: string[];
  node?: NodeMessage[];
  opsetImport?: { domain?: string; version?: number }[];
  domain?: string;
  attributeProto?: AttributeMessage[];
  overload?: string;
}

export interface GraphMessage {
  node?: NodeMessage[];
  name?: string;
  initializer?: TensorMessage[];
  input?: ValueInfoMessage[];
  output?: ValueInfoMessage[];
  valueInfo?: ValueInfoMessage[];
}

export interface NodeMessage {
  input?: string[];
  output?: string[];
  name?: string;
  opType?: string;
  attribute?: AttributeMessage[];
  domain?: string;
  overload?: string;
  metadataProps?: { key?: string; value?: string }[];
}

export interface AttributeMessage {
  name?: string;
  f?: number;
  i?: number;
  s?: Uint8Array;
  t?: TensorMessage;
  g?: GraphMessage;
  floats?: number[];
  ints?: number[];
  strings?: Uint8Array[];
  type?: number;
  refAttrName?: string;
}

export interface TensorMessage {
  dims?: number[];
  dataType?: number;
  floatData?: number[];
  int32Data?: number[];
  stringData?: Uint8Array[];
  int64Data?: bigint[];
  name?: string;
  rawData?: Uint8Array;
  doubleData?: number[];
  uint64Data?: bigint[];
  externalData?: { key?: string; value?: string }[];
  dataLocation?: number;
}

export interface ValueInfoMessage {
  name?: string;
  type?: { tensorType?: { elemType?: number; shape?: { dim?: { dimValue?: number; dimParam?: string }[] } } };
  metadataProps?: { key?: string; value?: string }[];
}

type Message = Record<string, unknown>;

export function encodeModel(model: ModelMessage): Uint8Array {
  const writer = new BinaryWriter();
  encode(writer, 'Model', model as Message);
  return writer.finish();
}

export function encodeGraph(graph: GraphMessage): Uint8Array {
  const writer = new BinaryWriter();
  encode(writer, 'Graph', graph as Message);
  return writer.finish();
}

/** @throws ModelFileError where the bytes are not a model's. */
export const decodeModel = (bytes: Uint8Array): ModelMessage =>
  decoded(bytes, 'Model', { en: 'an ONNX model', zh: 'ONNX 模型' });

/** @throws ModelFileError where the bytes are not a single tensor's, as in the files of ONNX's test suite. */
export const decodeTensor = (bytes: Uint8Array): TensorMessage =>
  decoded(bytes, 'Tensor', { en: 'an ONNX tensor', zh: 'ONNX 张量' });

function decoded(bytes: Uint8Array, name: MessageName, what: Localized): Message {
  try {
    return decode(new BinaryReader(bytes), bytes.length, name, 0);
  } catch (error) {
    if (error instanceof ModelFileError) throw error;
    const { message } = error as Error;
    throw new ModelFileError({ en: `not ${what.en}: ${message}`, zh: `不是${what.zh}：${message}` });
  }
}

function encode(writer: BinaryWriter, name: MessageName, message: Message): void {
  for (const [key, { number, type, repeated }] of Object.entries(MESSAGES[name])) {
    const value = message[key];
    if (value === undefined) continue;
    if (typeof type === 'object') {
      for (const item of repeated ? (value as Message[]) : [value as Message]) {
        writer.tag(number, WireType.LengthDelimited).fork();
        encode(writer, type.message, item);
        writer.join();
      }
    } else if (repeated && PACKED.has(type)) {
      writer.tag(number, WireType.LengthDelimited).fork();
      for (const item of value as unknown[]) SCALARS[type].write(writer, item);
      writer.join();
    } else {
      for (const item of repeated ? (value as unknown[]) : [value]) {
        SCALARS[type].write(writer.tag(number, SCALARS[type].wire), item);
      }
    }
  }
}

/** A model file nests graphs in attributes in graphs; deeper than this it is an attack on the stack. */
const MAX_DEPTH = 100;

const FIELDS_BY_NUMBER = new Map(
  Object.entries(MESSAGES).map(([name, fields]) => [
    name,
    new Map(Object.entries(fields).map(([key, field]) => [field.number, { key, ...field }])),
  ]),
);

function decode(reader: BinaryReader, end: number, name: MessageName, depth: number): Message {
  if (depth > MAX_DEPTH)
    throw new ModelFileError({
      en: `not an ONNX model: nested deeper than ${MAX_DEPTH} levels`,
      zh: `不是 ONNX 模型：嵌套超过 ${MAX_DEPTH} 层`,
    });
  const fields = FIELDS_BY_NUMBER.get(name)!;
  const message: Message = {};
  while (reader.pos < end) {
    const [number, wire] = reader.tag();
    const field = fields.get(number);
    if (!field) {
      reader.skip(wire, number);
      continue;
    }
    const { key, type, repeated } = field;
    const put = (value: unknown) => {
      if (repeated) {
        message[key] ??= [];
        (message[key] as unknown[]).push(value);
      } else message[key] = value;
    };
    if (typeof type === 'object') {
      const length = reader.uint32();
      if (reader.pos + length > end) throw pastEnd(`${name}.${key}`);
      put(decode(reader, reader.pos + length, type.message, depth + 1));
    } else if (wire === WireType.LengthDelimited && PACKED.has(type)) {
      const stop = reader.uint32() + reader.pos;
      if (stop > end) throw pastEnd(`${name}.${key}`);
      while (reader.pos < stop) put(SCALARS[type].read(reader));
    } else {
      if (wire !== SCALARS[type].wire) {
        throw new ModelFileError({
          en: `${name}.${key} has wire type ${wire}`,
          zh: `${name}.${key} 的 wire type 为 ${wire}，与定义不符`,
        });
      }
      put(SCALARS[type].read(reader));
    }
  }
  return message;
}

const pastEnd = (field: string) =>
  new ModelFileError({
    en: `${field} runs past the end of its message`,
    zh: `${field} 超出所在消息的末尾`,
  });

const SCALARS: Record<
  Scalar,
  { wire: WireType; read(reader: BinaryReader): unknown; write(writer: BinaryWriter, value: unknown): void }
> = {
  int64: {
    wire: WireType.Varint,
    read: (reader) => Number(reader.int64()),
    write: (writer, value) => writer.int64(int64Of(value as number)),
  },
  bigInt64: {
    wire: WireType.Varint,
    read: (reader) => BigInt(reader.int64()),
    write: (writer, value) => writer.int64(value as bigint),
  },
  bigUint64: {
    wire: WireType.Varint,
    read: (reader) => BigInt(reader.uint64()),
    write: (writer, value) => writer.uint64(value as bigint),
  },
  int32: {
    wire: WireType.Varint,
    read: (reader) => reader.int32(),
    write: (writer, value) => writer.int32(value as number),
  },
  float: {
    wire: WireType.Bit32,
    read: (reader) => reader.float(),
    write: (writer, value) => writer.float(value as number),
  },
  double: {
    wire: WireType.Bit64,
    read: (reader) => reader.double(),
    write: (writer, value) => writer.double(value as number),
  },
  string: {
    wire: WireType.LengthDelimited,
    read: (reader) => reader.string(),
    write: (writer, value) => writer.string(value as string),
  },
  bytes: {
    wire: WireType.LengthDelimited,
    read: (reader) => reader.bytes(),
    write: (writer, value) => writer.bytes(value as Uint8Array<ArrayBuffer>),
  },
};

const PACKED: ReadonlySet<Scalar> = new Set(['int64', 'bigInt64', 'bigUint64', 'int32', 'float', 'double']);
