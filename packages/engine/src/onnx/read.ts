/**
 * Reads an ONNX model into a graph. The file is hostile until shown otherwise: sizes are checked before anything is
 * made from them, and a model whose weights lie in other files is refused rather than letting it name paths.
 */
import { DTYPES, type DType, dtypeOfOnnx } from '../dtype.ts';
import { GraphError, ModelFileError } from '../errors.ts';
import type { Attribute, Graph, Value } from '../graph.ts';
import type { HostTensor, NumericArray } from '../host.ts';
import type { Dim } from '../shape.ts';
import { constant, input, int64, scalar, type Tensor } from '../tensor.ts';
import { type FileNode, OLDEST_OPSET, upgraded } from './upgrade.ts';
import {
  type AttributeMessage,
  decodeModel,
  type GraphMessage,
  type TensorMessage,
  type ValueInfoMessage,
} from './wire.ts';
import { ATTRIBUTE_TYPES } from './write.ts';

/** The newest opset whose changes were looked at; later ones may give an op another meaning. */
const NEWEST_OPSET = 28;

/** @throws ModelFileError naming the node, tensor or field that cannot be read. */
export function readOnnx(bytes: Uint8Array): { graph: Graph<Tensor>; metadata: Record<string, string> } {
  const model = decodeModel(bytes);
  if (!model.graph) throw new ModelFileError('not an ONNX model: it holds no graph');
  const opset = model.opsetImport?.find(({ domain }) => !domain || domain === 'ai.onnx')?.version ?? 1;
  if (opset < OLDEST_OPSET || opset > NEWEST_OPSET) {
    throw new ModelFileError(
      `the model uses opset ${opset}; expected ${OLDEST_OPSET} to ${NEWEST_OPSET}. Convert it with onnx.version_converter`,
    );
  }
  const metadata = Object.fromEntries(
    (model.metadataProps ?? []).map(({ key, value }) => [key ?? '', value ?? '']),
  );
  return { graph: graphOf(model.graph, opset), metadata };
}

function graphOf(message: GraphMessage, opset: number): Graph<Tensor> {
  const values = new Map<string, Tensor>();
  for (const tensor of message.initializer ?? []) {
    const name = tensor.name ?? '';
    values.set(name, constant(hostTensor(tensor, `initializer "${name}"`), name));
  }
  const inputs: Record<string, Tensor> = {};
  for (const info of message.input ?? []) {
    const name = info.name ?? '';
    // Models of IR version 3 list their initializers among the inputs as well.
    if (values.has(name)) continue;
    const { dtype, shape } = typeOf(info);
    inputs[name] = input(name, shape, dtype);
    values.set(name, inputs[name]);
  }
  for (const [at, node] of (message.node ?? []).entries()) {
    const where = `node ${at} (${node.opType} "${node.name ?? ''}")`;
    if (node.domain && node.domain !== 'ai.onnx') {
      throw new ModelFileError(`${where} is of the domain "${node.domain}"; expected standard ONNX ops`);
    }
    const given = (node.input ?? []).map((name) => {
      if (name === '') return null;
      const value = values.get(name);
      if (!value) throw new ModelFileError(`${where} reads "${name}", which nothing before it makes`);
      return value;
    });
    const attributes = Object.fromEntries(
      (node.attribute ?? []).map((attribute) => [attribute.name ?? '', attributeOf(attribute, where, opset)]),
    );
    const named = node.output ?? [];
    const outputs =
      node.opType === 'Constant'
        ? [constantNode(attributes, where)]
        : made({ op: node.opType ?? '', inputs: given, attributes, outputs: named.length }, opset, where);
    for (const [i, name] of named.entries()) if (name !== '' && outputs[i]) values.set(name, outputs[i]);
  }
  const outputs: Record<string, Tensor> = {};
  for (const { name = '' } of message.output ?? []) {
    const value = values.get(name);
    if (!value) throw new ModelFileError(`the output "${name}" is made by no node`);
    outputs[name] = value;
  }
  return { name: message.name ?? '', inputs, outputs };
}

function made(node: FileNode, opset: number, where: string): readonly Tensor[] {
  try {
    return upgraded(node, opset);
  } catch (error) {
    if (error instanceof GraphError) throw new ModelFileError(`${where}: ${error.message}`);
    throw error;
  }
}

/** A Constant holds its value in one attribute of several. */
function constantNode(attributes: Record<string, Attribute>, where: string): Tensor {
  const [[name, attribute] = ['none']] = Object.entries(attributes);
  const list = (data: HostTensor['data'], dtype: DType) => constant({ dtype, dims: [data.length], data });
  if (typeof attribute === 'number') return scalar(attribute, 'int64');
  if (typeof attribute === 'string') return constant({ dtype: 'string', dims: [], data: [attribute] });
  if (typeof attribute === 'object') {
    if ('tensor' in attribute) return constant(attribute.tensor);
    if ('float' in attribute) return scalar(attribute.float);
    if ('floats' in attribute) return list(Float32Array.from(attribute.floats), 'float32');
    if (name === 'value_ints') return int64(attribute as readonly number[]);
    if (name === 'value_strings') return list(attribute as readonly string[], 'string');
  }
  throw new ModelFileError(`${where} holds its value as "${name}", which Gradus does not read`);
}

function typeOf({ name, type }: ValueInfoMessage): Pick<Value, 'dtype' | 'shape'> {
  const dtype = dtypeOfOnnx(type?.tensorType?.elemType ?? 0);
  const shape = type?.tensorType?.shape;
  if (!dtype || !shape) throw new ModelFileError(`input "${name}" is not a tensor of known type and rank`);
  // Some programs write −1 for a size that they do not know.
  const dims = (shape.dim ?? []).map(({ dimValue = -1, dimParam }, i): Dim => {
    return dimParam || (dimValue >= 0 ? dimValue : `?${name}.${i}`);
  });
  return { dtype, shape: dims };
}

function attributeOf(message: AttributeMessage, where: string, opset: number): Attribute {
  const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
  switch (message.type) {
    case ATTRIBUTE_TYPES.float:
      return { float: message.f ?? 0 };
    case ATTRIBUTE_TYPES.int:
      return message.i ?? 0;
    case ATTRIBUTE_TYPES.string:
      return text(message.s);
    case ATTRIBUTE_TYPES.tensor:
      return { tensor: hostTensor(message.t ?? {}, `${where}, attribute "${message.name}"`) };
    case ATTRIBUTE_TYPES.graph:
      return { graph: graphOf(message.g ?? {}, opset) };
    case ATTRIBUTE_TYPES.floats:
      return { floats: message.floats ?? [] };
    case ATTRIBUTE_TYPES.ints:
      return message.ints ?? [];
    case ATTRIBUTE_TYPES.strings:
      return (message.strings ?? []).map(text);
  }
  throw new ModelFileError(
    `${where}: attribute "${message.name}" has type ${message.type}, which Gradus does not read`,
  );
}

/** @throws ModelFileError where the elements do not fit the shape. */
export function hostTensor(message: TensorMessage, where: string): HostTensor {
  const dtype = dtypeOfOnnx(message.dataType ?? 0);
  if (!dtype)
    throw new ModelFileError(`${where} has element type ${message.dataType}, which Gradus does not hold`);
  if (message.dataLocation === 1 || message.externalData?.length) {
    throw new ModelFileError(`${where} is kept in another file; save the model with its weights inside`);
  }
  const dims = message.dims ?? [];
  const size = dims.reduce((a, b) => a * b, 1);
  const data = elements(message, dtype);
  if (dims.some((dim) => dim < 0) || data.length !== size) {
    throw new ModelFileError(`${where} of shape [${dims}] holds ${data.length} elements; expected ${size}`);
  }
  return { dtype, dims, data };
}

function elements(message: TensorMessage, dtype: HostTensor['dtype']): NumericArray | string[] {
  if (dtype === 'string') return (message.stringData ?? []).map((bytes) => new TextDecoder().decode(bytes));
  const array = DTYPES[dtype].array!;
  if (message.rawData) {
    // A copy: the file's bytes need not be aligned for the element type. (Of a Buffer, slice() would be none.)
    const copy = new Uint8Array(message.rawData);
    return new array(copy.buffer, 0, Math.floor(copy.byteLength / array.BYTES_PER_ELEMENT));
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
