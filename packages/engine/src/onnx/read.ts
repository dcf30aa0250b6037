/**
 * Reads an ONNX model into a graph. The file is hostile until shown otherwise: sizes are checked before anything is
 * made from them, and a model whose weights lie in other files is refused rather than letting it name paths.
 */
import { DTYPES, dtypeOfOnnx } from '../dtype.ts';
import { GraphError, ModelFileError } from '../errors.ts';
import type { Attribute, Graph, Value } from '../graph.ts';
import type { HostTensor, NumericArray } from '../host.ts';
import type { Shape } from '../shape.ts';
import { applyMany, constant, input, numericArray, type Tensor } from '../tensor.ts';
import {
  type AttributeMessage,
  decodeModel,
  type GraphMessage,
  type TensorMessage,
  type ValueInfoMessage,
} from './wire.ts';
import { ATTRIBUTE_TYPES, OPSET } from './write.ts';

/** The oldest opset whose ops mean the same as today's for everything that Gradus declares. */
const OLDEST_OPSET = 18;

/** @throws ModelFileError naming the node, tensor or field that cannot be read. */
export function readOnnx(bytes: Uint8Array): { graph: Graph<Tensor>; metadata: Record<string, string> } {
  const model = decodeModel(bytes);
  if (!model.graph) throw new ModelFileError('not an ONNX model: it holds no graph');
  const opset = model.opsetImport?.find(({ domain }) => !domain || domain === 'ai.onnx')?.version ?? 1;
  if (opset < OLDEST_OPSET || opset > OPSET) {
    throw new ModelFileError(
      `the model uses opset ${opset}; expected ${OLDEST_OPSET} to ${OPSET}. Convert it with onnx.version_converter`,
    );
  }
  const metadata = Object.fromEntries(
    (model.metadataProps ?? []).map(({ key, value }) => [key ?? '', value ?? '']),
  );
  return { graph: graphOf(model.graph), metadata };
}

function graphOf(message: GraphMessage): Graph<Tensor> {
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
      (node.attribute ?? []).map((attribute) => [attribute.name ?? '', attributeOf(attribute, where)]),
    );
    const outputs =
      node.opType === 'Constant'
        ? [constantNode(attributes, where)]
        : made(node.opType ?? '', given, attributes, where);
    for (const [i, name] of (node.output ?? []).entries())
      if (name !== '' && outputs[i]) values.set(name, outputs[i]);
  }
  const outputs: Record<string, Tensor> = {};
  for (const { name = '' } of message.output ?? []) {
    const value = values.get(name);
    if (!value) throw new ModelFileError(`the output "${name}" is made by no node`);
    outputs[name] = value;
  }
  return { name: message.name ?? '', inputs, outputs };
}

function made(op: string, inputs: (Tensor | null)[], attributes: Record<string, Attribute>, where: string) {
  try {
    return applyMany(op, inputs, attributes);
  } catch (error) {
    if (error instanceof GraphError) throw new ModelFileError(`${where}: ${error.message}`);
    throw error;
  }
}

function constantNode(attributes: Record<string, Attribute>, where: string): Tensor {
  const { value, value_int, value_float, value_ints } = attributes;
  if (typeof value === 'object' && 'tensor' in value) return constant(value.tensor);
  if (typeof value_int === 'number') return plain([value_int], [], 'int64');
  if (Array.isArray(value_ints)) return plain(value_ints as number[], [value_ints.length], 'int64');
  if (typeof value_float === 'object' && 'float' in value_float)
    return plain([value_float.float], [], 'float32');
  throw new ModelFileError(`${where} holds no value that Gradus reads`);
}

const plain = (values: readonly number[], dims: readonly number[], dtype: 'int64' | 'float32'): Tensor =>
  constant({ dtype, dims, data: numericArray(values, dtype) });

function typeOf({ name, type }: ValueInfoMessage): Pick<Value, 'dtype' | 'shape'> {
  const dtype = dtypeOfOnnx(type?.tensorType?.elemType ?? 0);
  const dims = type?.tensorType?.shape?.dim;
  if (!dtype || !dims) throw new ModelFileError(`input "${name}" is not a tensor of known type and rank`);
  const shape: Shape = dims.map(({ dimValue, dimParam }, i) => dimParam || (dimValue ?? `${name}.${i}`));
  return { dtype, shape };
}

function attributeOf(message: AttributeMessage, where: string): Attribute {
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
      return { graph: graphOf(message.g ?? {}) };
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

function hostTensor(message: TensorMessage, where: string): HostTensor {
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
    // A copy: the file's bytes need not be aligned for the element type.
    const copy = message.rawData.slice();
    return new array(copy.buffer, 0, Math.floor(copy.byteLength / array.BYTES_PER_ELEMENT));
  }
  const { floatData, int32Data, int64Data, doubleData, uint64Data } = message;
  const values = floatData ?? int32Data ?? int64Data ?? doubleData ?? uint64Data ?? [];
  if (array === BigInt64Array || array === BigUint64Array) return array.from(values.map(BigInt));
  return (array as Float32ArrayConstructor).from(values);
}
