/**
 * Reads an ONNX model into a graph. The file is untrusted: sizes are checked before anything is allocated, and only the caller
 * opens other files that it names.
 */
import type { Localized } from '@gradus/base';
import type { DType } from '../dtype.ts';
import { GraphError, ModelFileError } from '../errors.ts';
import type { Attribute, Graph } from '../graph.ts';
import type { HostTensor } from '../host.ts';
import { numericArray } from '../host-arrays.ts';
import { constantNumbers } from '../known.ts';
import { opOfDomain } from '../ops/registry.ts';
import type { Shape } from '../shape.ts';
import { constant, input, type Tensor } from '../tensor.ts';
import { folded } from './fold.ts';
import { inputType } from './input-type.ts';
import { inOrder } from './node-order.ts';
import { type OriginOf, originsOf } from './origins.ts';
import { Owners } from './owners.ts';
import { type ExternalData, hostTensor } from './read-tensor.ts';
import { type FileNode, OLDEST_OPSET, upgraded } from './upgrade.ts';
import {
  type AttributeMessage,
  decodeModel,
  type FunctionMessage,
  type GraphMessage,
  type ModelMessage,
  type NodeMessage,
} from './wire.ts';
import { ATTRIBUTE_TYPES } from './write.ts';

/** The newest opset whose changes were looked at; later ones may give an op another meaning. */
const NEWEST_OPSET = 28;

export interface ReadOptions {
  /** Where weights come from that the model keeps in other files; without it such a model is refused. */
  readonly external?: ExternalData;
  /**
   * What is known of inputs before the graph runs: the shape of an input where the file leaves sizes open, or its value (the input
   * is then part of the model). Models with branches (If) can be read once their conditions are decided so.
   */
  readonly inputs?: Readonly<Record<string, Shape | HostTensor>>;
}

/** @throws ModelFileError naming the node, tensor or field that cannot be read. */
export function readOnnx(
  bytes: Uint8Array,
  { external, inputs = {} }: ReadOptions = {},
): { graph: Graph<Tensor>; metadata: Record<string, string> } {
  const model = decodeModel(bytes);
  if (!model.graph) {
    throw new ModelFileError({
      en: 'not an ONNX model: it holds no graph',
      zh: '不是 ONNX 模型：其中没有计算图',
    });
  }
  const functions = new Map(
    (model.functions ?? []).map((f) => [functionName(f.domain, f.name, f.overload), f] as const),
  );
  const context: Context = {
    opset: opsetOf(model.opsetImport),
    functions,
    depth: 0,
    budget: { nodes: MAX_NODES },
    originOf: originsOf(model),
    owners: new Owners(),
    outputs: new Set((model.graph.output ?? []).map(({ name = '' }) => name)),
    given: inputs,
    ...(external ? { external } : {}),
  };
  const metadata = Object.fromEntries(
    (model.metadataProps ?? []).map(({ key, value }) => [key ?? '', value ?? '']),
  );
  const graph = graphOf(model.graph, context);
  const declared = (model.graph.input ?? []).map(({ name = '' }) => name);
  const unknown = Object.keys(inputs).find((name) => !declared.includes(name));
  if (unknown !== undefined) {
    throw new ModelFileError({
      en: `the model has no input "${unknown}"; its inputs are ${declared.join(', ')}`,
      zh: `模型没有输入 "${unknown}"；它的输入有 ${declared.join('、')}`,
    });
  }
  return { graph, metadata };
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
  readonly originOf: OriginOf;
  readonly owners: Owners;
  /** The names of the graph's outputs. */
  readonly outputs: ReadonlySet<string>;
  readonly given: NonNullable<ReadOptions['inputs']>;
}

const MAX_NODES = 1_000_000;
const MAX_CALL_DEPTH = 50;

const functionName = (domain = '', name = '', overload = ''): string => `${domain}:${name}:${overload}`;

function opsetOf(imports: ModelMessage['opsetImport']): number {
  // A model of other domains' ops only need not say; one that says nothing at all is from before there were versions.
  const main = imports?.find(({ domain }) => !domain || domain === 'ai.onnx');
  const opset = main ? (main.version ?? 1) : imports?.length ? NEWEST_OPSET : 1;
  if (opset >= OLDEST_OPSET && opset <= NEWEST_OPSET) return opset;
  throw new ModelFileError({
    en: `the model uses opset ${opset}; expected ${OLDEST_OPSET} to ${NEWEST_OPSET}. Convert it with onnx.version_converter`,
    zh: `模型使用 opset ${opset}；应为 ${OLDEST_OPSET} 至 ${NEWEST_OPSET}。请用 onnx.version_converter 转换`,
  });
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
    const given = Object.hasOwn(context.given, name) ? context.given[name] : undefined;
    if (given !== undefined && 'data' in given) {
      scope.set(name, constant(given, name, 'computed'));
      continue;
    }
    const { dtype, shape } = inputType(info, given);
    const value = input(name, shape, dtype);
    inputs.push([name, value]);
    scope.set(name, value);
  }
  readNodes(message.node ?? [], scope, context);
  const names = (message.output ?? []).map(({ name = '' }) => name);
  const outputs = Object.fromEntries(names.map((name) => [name, outputNamed(name, scope)]));
  return { name: message.name ?? '', inputs: Object.fromEntries(inputs), outputs };
}

function readInitializers(message: GraphMessage, scope: Scope, { external, originOf }: Context): void {
  for (const tensor of message.initializer ?? []) {
    const name = tensor.name ?? '';
    const data = hostTensor(tensor, { en: `initializer "${name}"`, zh: `初始值 "${name}" ` }, external);
    scope.set(name, constant(data, name, originOf(name)));
  }
}

function outputNamed(name: string, scope: Scope): Tensor {
  const value = scope.get(name);
  if (value) return value;
  throw new ModelFileError({
    en: `the output "${name}" is made by no node`,
    zh: `没有节点产生输出 "${name}"`,
  });
}

function readNodes(nodes: readonly NodeMessage[], scope: Scope, context: Context): void {
  for (const [at, node] of inOrder(nodes).entries()) {
    const name = `${node.opType} "${node.name ?? ''}"`;
    const where = { en: `node ${at} (${name})`, zh: `节点 ${at}（${name}）` };
    if (--context.budget.nodes < 0) {
      throw new ModelFileError({
        en: `${where.en}: the functions of the model unfold to more than ${MAX_NODES} nodes`,
        zh: `${where.zh}：模型的函数展开后超过 ${MAX_NODES} 个节点`,
      });
    }
    const ownOf = context.owners.of(node);
    const inputs = (node.input ?? []).map((name, i) => {
      if (name === '') return null;
      const value = scope.get(name);
      if (!value) {
        throw new ModelFileError({
          en: `${where.en} reads "${name}", which nothing before it makes`,
          zh: `${where.zh}读取 "${name}"，但之前没有任何节点产生它`,
        });
      }
      return ownOf(value, i);
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
  where: Localized,
): readonly Tensor[] {
  const { opType = '', domain = '' } = node;
  const called = context.functions.get(functionName(domain, opType, node.overload));
  if (called || opType === 'If') {
    if (context.depth >= MAX_CALL_DEPTH) {
      throw new ModelFileError({
        en: `${where.en}: functions and branches are nested deeper than ${MAX_CALL_DEPTH}`,
        zh: `${where.zh}：函数与分支嵌套超过 ${MAX_CALL_DEPTH} 层`,
      });
    }
    const within = { ...context, depth: context.depth + 1 };
    return called
      ? callOutputs(called, node, inputs, within)
      : branchOutputs(node, inputs, scope, within, where);
  }
  const own = OTHER_DOMAINS.includes(domain) ? opOfDomain(domain, opType) : undefined;
  if (domain && domain !== 'ai.onnx' && own === undefined) {
    throw new ModelFileError({
      en: `${where.en} is of the domain "${domain}"; expected standard ONNX ops`,
      zh: `${where.zh}属于域 "${domain}"；应为标准 ONNX 算子`,
    });
  }
  const attributes = Object.fromEntries(
    (node.attribute ?? []).map((attribute) => [attribute.name ?? '', attributeOf(attribute, where, context)]),
  );
  const [name = ''] = node.output ?? [];
  const origin = context.originOf(name);
  // Exporters that tell keep state in initializers.
  if (opType === 'Constant') return [constant(constantNode(attributes, where), name, origin && 'computed')];
  const [x] = inputs;
  if (opType === 'Identity' && x?.source.kind === 'constant' && !context.outputs.has(name)) {
    // Exporters keep one of several equal parameters; the name of the copy is that of a parameter of its own.
    return [origin === 'computed' ? x : constant(x.source.data, name, origin)];
  }
  const outputs = made(
    { op: own ?? opType, inputs, attributes, outputs: node.output?.length ?? 0 },
    context.opset,
    where,
  );
  const follows = inputs.every((value) => !value || value.source.kind === 'constant');
  return follows && !context.outputs.has(name) ? outputs.map(folded) : outputs;
}

/** Domains some of whose ops are read; what the runtime makes for itself as it loads a model is in none of them. */
const OTHER_DOMAINS = ['ai.onnx.ml', 'com.microsoft'];

/** The outputs of the branch that a condition known in advance chooses. */
function branchOutputs(
  { attribute = [] }: NodeMessage,
  [condition]: readonly (Tensor | null)[],
  scope: Scope,
  context: Context,
  where: Localized,
): readonly Tensor[] {
  const holds = constantNumbers(condition)?.[0];
  if (holds === undefined) {
    throw new ModelFileError({
      en: `${where.en} chooses by a condition that is known only when the graph runs; where sizes or the value of an input decide it, give them to readOnnx as "inputs"`,
      zh: `${where.zh}按运行时才知道的条件选择分支；若条件由输入的尺寸或取值决定，请用 readOnnx 的 "inputs" 给出`,
    });
  }
  const branch = attribute.find(({ name }) => name === (holds ? 'then_branch' : 'else_branch'))?.g;
  if (!branch) {
    throw new ModelFileError({ en: `${where.en} lacks a branch`, zh: `${where.zh}缺少一个分支` });
  }
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
  const parameters = new Map(
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
      const value = parameters.get(attribute.refAttrName);
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

function made(node: FileNode, opset: number, where: Localized): readonly Tensor[] {
  try {
    return upgraded(node, opset);
  } catch (error) {
    if (error instanceof GraphError)
      throw new ModelFileError({ en: error.message, zh: error.message }).within(where);
    // Rules are written for nodes as ONNX has them, and may trip over others.
    if (error instanceof TypeError || error instanceof RangeError) {
      throw new ModelFileError(
        {
          en: `${where.en} is not as ONNX has it: ${error.message}`,
          zh: `${where.zh}不符合 ONNX 规范：${error.message}`,
        },
        { cause: error },
      );
    }
    throw error;
  }
}

/** A Constant holds its value in one attribute of several. */
function constantNode(attributes: Record<string, Attribute>, where: Localized): HostTensor {
  const [[name, attribute] = ['none']] = Object.entries(attributes);
  const list = (data: HostTensor['data'], dtype: DType) => ({ dtype, dims: [data.length], data });
  const single = (value: number, dtype: DType) => ({ dtype, dims: [], data: numericArray([value], dtype) });
  if (typeof attribute === 'number') return single(attribute, 'int64');
  if (typeof attribute === 'string') return { dtype: 'string', dims: [], data: [attribute] };
  if (typeof attribute === 'object') {
    if ('tensor' in attribute) return attribute.tensor;
    if ('float' in attribute) return single(attribute.float, 'float32');
    if ('floats' in attribute) return list(Float32Array.from(attribute.floats), 'float32');
    if (name === 'value_ints') return list(numericArray(attribute as readonly number[], 'int64'), 'int64');
    if (name === 'value_strings') return list(attribute as readonly string[], 'string');
  }
  throw new ModelFileError({
    en: `${where.en} holds its value as "${name}", which Gradus does not read`,
    zh: `${where.zh}以 "${name}" 保存其值，Gradus 不支持`,
  });
}

function attributeOf(message: AttributeMessage, where: Localized, context: Context): Attribute {
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
        tensor: hostTensor(
          message.t ?? {},
          {
            en: `${where.en}, attribute "${message.name}"`,
            zh: `${where.zh}的属性 "${message.name}" `,
          },
          context.external,
        ),
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
  throw new ModelFileError({
    en: `${where.en}: attribute "${message.name}" has type ${message.type}, which Gradus does not read`,
    zh: `${where.zh}：属性 "${message.name}" 的类型为 ${message.type}，Gradus 不支持`,
  });
}
