/**
 * Reads an ONNX model into a graph. The file is hostile until shown otherwise: sizes are checked before anything is
 * made from them, and a file that names other files is given them by the caller or not at all.
 */
import { DTYPES, type DType, dtypeOfOnnx } from '../dtype.ts';
import { GraphError, ModelFileError } from '../errors.ts';
import type { Attribute, Graph, Value } from '../graph.ts';
import type { HostTensor, NumericArray } from '../host.ts';
import { constantNumbers } from '../known.ts';
import { opOfDomain } from '../ops/registry.ts';
import type { Dim } from '../shape.ts';
import { constant, input, int64, scalar, type Tensor } from '../tensor.ts';
import { type FileNode, OLDEST_OPSET, upgraded } from './upgrade.ts';
import {
  type AttributeMessage,
  decodeModel,
  type FunctionMessage,
  type GraphMessage,
  type ModelMessage,
  type NodeMessage,
  type TensorMessage,
  type ValueInfoMessage,
} from './wire.ts';
import { ATTRIBUTE_TYPES } from './write.ts';

/** The newest opset whose changes were looked at; later ones may give an op another meaning. */
const NEWEST_OPSET = 28;

export interface ReadOptions {
  /** Where weights come from that the model keeps in other files; without it such a model is refused. */
  readonly external?: ExternalData;
}

/** The bytes of a weight in another file. `length` is left out where it is all from `offset` on. */
export type ExternalData = (place: { location: string; offset: number; length?: number }) => Uint8Array;

/** @throws ModelFileError naming the node, tensor or field that cannot be read. */
export function readOnnx(
  bytes: Uint8Array,
  { external }: ReadOptions = {},
): { graph: Graph<Tensor>; metadata: Record<string, string> } {
  const model = decodeModel(bytes);
  if (!model.graph) throw new ModelFileError('not an ONNX model: it holds no graph');
  const functions = new Map(
    (model.functions ?? []).map((f) => [functionName(f.domain, f.name, f.overload), f] as const),
  );
  const context: Context = {
    opset: opsetOf(model.opsetImport),
    functions,
    depth: 0,
    budget: { nodes: MAX_NODES },
    ...(external ? { external } : {}),
  };
  const metadata = Object.fromEntries(
    (model.metadataProps ?? []).map(({ key, value }) => [key ?? '', value ?? '']),
  );
  return { graph: graphOf(model.graph, context), metadata };
}

/** What holds for the nodes being read. */
interface Context {
  readonly opset: number;
  readonly external?: ExternalData;
  /** Functions that the model defines for itself; their nodes are put in the place of each call. */
  readonly functions: ReadonlyMap<string, FunctionMessage>;
  /** How many functions and branches the nodes are within. */
  readonly depth: number;
  /** Shared by all: functions that call functions twice each would otherwise grow without bound. */
  readonly budget: { nodes: number };
}

const MAX_NODES = 1_000_000;
const MAX_CALL_DEPTH = 50;

const functionName = (domain = '', name = '', overload = ''): string => `${domain}:${name}:${overload}`;

function opsetOf(imports: ModelMessage['opsetImport']): number {
  // A model of other domains' ops only need not say; one that says nothing at all is from before there were versions.
  const main = imports?.find(({ domain }) => !domain || domain === 'ai.onnx');
  const opset = main ? (main.version ?? 1) : imports?.length ? NEWEST_OPSET : 1;
  if (opset >= OLDEST_OPSET && opset <= NEWEST_OPSET) return opset;
  throw new ModelFileError(
    `the model uses opset ${opset}; expected ${OLDEST_OPSET} to ${NEWEST_OPSET}. Convert it with onnx.version_converter`,
  );
}

/** Values by name. A branch sees those around it. */
class Scope {
  readonly #values = new Map<string, Tensor>();
  readonly #around: Scope | undefined;

  constructor(around?: Scope) {
    this.#around = around;
  }
  get(name: string): Tensor | undefined {
    return this.#values.get(name) ?? this.#around?.get(name);
  }
  has(name: string): boolean {
    return this.#values.has(name);
  }
  set(name: string, value: Tensor): void {
    this.#values.set(name, value);
  }
}

function graphOf(message: GraphMessage, context: Context): Graph<Tensor> {
  const scope = new Scope();
  readInitializers(message, scope, context);
  const inputs: [name: string, value: Tensor][] = [];
  for (const info of message.input ?? []) {
    const name = info.name ?? '';
    // Models of IR version 3 list their initializers among the inputs as well.
    if (scope.has(name)) continue;
    const { dtype, shape } = typeOf(info);
    const value = input(name, shape, dtype);
    inputs.push([name, value]);
    scope.set(name, value);
  }
  readNodes(message.node ?? [], scope, context);
  const names = (message.output ?? []).map(({ name = '' }) => name);
  const outputs = Object.fromEntries(names.map((name) => [name, outputNamed(name, scope)]));
  return { name: message.name ?? '', inputs: Object.fromEntries(inputs), outputs };
}

function readInitializers(message: GraphMessage, scope: Scope, { external }: Context): void {
  for (const tensor of message.initializer ?? []) {
    const name = tensor.name ?? '';
    scope.set(name, constant(hostTensor(tensor, `initializer "${name}"`, external), name));
  }
}

function outputNamed(name: string, scope: Scope): Tensor {
  const value = scope.get(name);
  if (value) return value;
  throw new ModelFileError(`the output "${name}" is made by no node`);
}

function readNodes(nodes: readonly NodeMessage[], scope: Scope, context: Context): void {
  for (const [at, node] of nodes.entries()) {
    const where = `node ${at} (${node.opType} "${node.name ?? ''}")`;
    if (--context.budget.nodes < 0) {
      throw new ModelFileError(`${where}: the functions of the model unfold to more than ${MAX_NODES} nodes`);
    }
    const inputs = (node.input ?? []).map((name) => {
      if (name === '') return null;
      const value = scope.get(name);
      if (!value) throw new ModelFileError(`${where} reads "${name}", which nothing before it makes`);
      return value;
    });
    const outputs = outputsOf(node, inputs, scope, context, where);
    for (const [i, name] of (node.output ?? []).entries()) {
      if (name !== '' && outputs[i]) scope.set(name, outputs[i]);
    }
  }
}

function outputsOf(
  node: NodeMessage,
  inputs: readonly (Tensor | null)[],
  scope: Scope,
  context: Context,
  where: string,
): readonly Tensor[] {
  const { opType = '', domain = '' } = node;
  const called = context.functions.get(functionName(domain, opType, node.overload));
  if (called || opType === 'If') {
    if (context.depth >= MAX_CALL_DEPTH) {
      throw new ModelFileError(`${where}: functions and branches are nested deeper than ${MAX_CALL_DEPTH}`);
    }
    const within = { ...context, depth: context.depth + 1 };
    return called
      ? callOutputs(called, node, inputs, within)
      : branchOutputs(node, inputs, scope, within, where);
  }
  const own = OTHER_DOMAINS.includes(domain) ? opOfDomain(domain, opType) : undefined;
  if (domain && domain !== 'ai.onnx' && own === undefined) {
    throw new ModelFileError(`${where} is of the domain "${domain}"; expected standard ONNX ops`);
  }
  const attributes = Object.fromEntries(
    (node.attribute ?? []).map((attribute) => [attribute.name ?? '', attributeOf(attribute, where, context)]),
  );
  if (opType === 'Constant') return [constantNode(attributes, where)];
  return made(
    { op: own ?? opType, inputs, attributes, outputs: node.output?.length ?? 0 },
    context.opset,
    where,
  );
}

/** Domains some of whose ops are read; what the runtime makes for itself as it loads a model is in none of them. */
const OTHER_DOMAINS = ['ai.onnx.ml', 'com.microsoft'];

/** The outputs of the branch that a condition known in advance chooses. */
function branchOutputs(
  { attribute = [] }: NodeMessage,
  [condition]: readonly (Tensor | null)[],
  scope: Scope,
  context: Context,
  where: string,
): readonly Tensor[] {
  const holds = constantNumbers(condition)?.[0];
  if (holds === undefined) {
    throw new ModelFileError(
      `${where} chooses by a condition that is known only when the graph runs, which Gradus does not read`,
    );
  }
  const branch = attribute.find(({ name }) => name === (holds ? 'then_branch' : 'else_branch'))?.g;
  if (!branch) throw new ModelFileError(`${where} lacks a branch`);
  const inner = new Scope(scope);
  readInitializers(branch, inner, context);
  readNodes(branch.node ?? [], inner, context);
  return (branch.output ?? []).map(({ name = '' }) => outputNamed(name, inner));
}

/** The outputs of a function of the model's own, its nodes read with what the call gives. */
function callOutputs(
  called: FunctionMessage,
  call: NodeMessage,
  inputs: readonly (Tensor | null)[],
  context: Context,
): readonly Tensor[] {
  const scope = new Scope();
  for (const [i, name] of (called.input ?? []).entries()) if (inputs[i]) scope.set(name, inputs[i]);
  const given = new Map(
    [...(called.attributeProto ?? []), ...(call.attribute ?? [])].map((attribute) => [
      attribute.name,
      attribute,
    ]),
  );
  const nodes = (called.node ?? []).map((node) => ({
    ...node,
    input: (node.input ?? []).map((name) => (isLeftOut(name) ? '' : name)),
    attribute: (node.attribute ?? []).flatMap((attribute) => {
      if (!attribute.refAttrName) return [attribute];
      const value = given.get(attribute.refAttrName);
      return value ? [{ ...value, name: attribute.name ?? '' }] : [];
    }),
  }));
  readNodes(nodes, scope, { ...context, opset: opsetOf(called.opsetImport) });
  return (called.output ?? []).map((name) => outputNamed(name, scope));

  /** An input that the function names and the call leaves out. */
  function isLeftOut(name: string): boolean {
    const at = called.input?.indexOf(name) ?? -1;
    return at >= 0 && !inputs[at];
  }
}

function made(node: FileNode, opset: number, where: string): readonly Tensor[] {
  try {
    return upgraded(node, opset);
  } catch (error) {
    if (error instanceof GraphError) throw new ModelFileError(`${where}: ${error.message}`);
    // Rules are written for nodes as ONNX has them, and may trip over others.
    if (error instanceof TypeError || error instanceof RangeError) {
      throw new ModelFileError(`${where} is not as ONNX has it: ${error.message}`, { cause: error });
    }
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
  const { elemType, shape } = type?.tensorType ?? {};
  if (elemType === undefined) throw new ModelFileError(`input "${name}" is not a tensor`);
  if (!dtype) throw unheld(`input "${name}"`, elemType);
  if (!shape) throw new ModelFileError(`input "${name}" is of unknown rank`);
  // Some programs write −1 for a size that they do not know.
  const dims = (shape.dim ?? []).map(({ dimValue = -1, dimParam }, i): Dim => {
    return dimParam || (dimValue >= 0 ? dimValue : `?${name}.${i}`);
  });
  return { dtype, shape: dims };
}

function attributeOf(message: AttributeMessage, where: string, context: Context): Attribute {
  const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
  switch (message.type) {
    case ATTRIBUTE_TYPES.float:
      return { float: message.f ?? 0 };
    case ATTRIBUTE_TYPES.int:
      return message.i ?? 0;
    case ATTRIBUTE_TYPES.string:
      return text(message.s);
    case ATTRIBUTE_TYPES.tensor:
      return {
        tensor: hostTensor(message.t ?? {}, `${where}, attribute "${message.name}"`, context.external),
      };
    case ATTRIBUTE_TYPES.graph:
      return { graph: graphOf(message.g ?? {}, context) };
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

const unheld = (what: string, type: number | undefined): ModelFileError =>
  new ModelFileError(
    `${what} has ONNX element type ${type}, which Gradus does not hold; expected ${Object.keys(DTYPES).join(', ')}`,
  );

/** @throws ModelFileError where the elements do not fit the shape. */
export function hostTensor(message: TensorMessage, where: string, external?: ExternalData): HostTensor {
  const dtype = dtypeOfOnnx(message.dataType ?? 0);
  if (!dtype) throw unheld(where, message.dataType);
  const dims = message.dims ?? [];
  const size = dims.reduce((a, b) => a * b, 1);
  if (dims.some((dim) => dim < 0)) throw new ModelFileError(`${where} has the impossible shape [${dims}]`);
  const inside = message.dataLocation === 1 ? { rawData: outside(message, where, external) } : message;
  const data = elements(inside, dtype);
  if (data.length !== size) {
    throw new ModelFileError(`${where} of shape [${dims}] holds ${data.length} elements; expected ${size}`);
  }
  return { dtype, dims, data };
}

/** The raw bytes of a tensor that lies in another file. */
function outside({ externalData = [] }: TensorMessage, where: string, external?: ExternalData): Uint8Array {
  if (!external) {
    throw new ModelFileError(
      `${where} is kept in another file; read the model by its path, with readOnnxFile`,
    );
  }
  const entries = new Map(externalData.map(({ key, value }) => [key, value ?? '']));
  const count = (key: string): number | undefined => {
    const text = entries.get(key);
    if (text === undefined) return undefined;
    if (/^\d{1,15}$/.test(text)) return Number(text);
    throw new ModelFileError(`${where}: the ${key} "${text}" of its data is not a whole number`);
  };
  const [location, length] = [entries.get('location'), count('length')];
  if (!location) throw new ModelFileError(`${where} is kept in another file that it does not name`);
  try {
    return external({ location, offset: count('offset') ?? 0, ...(length === undefined ? {} : { length }) });
  } catch (error) {
    if (error instanceof ModelFileError) throw new ModelFileError(`${where}: ${error.message}`);
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
