/**
 * Writes a graph as an ONNX model: IR version 10, opset 21, which every ONNX Runtime since 1.19 runs, or the first
 * opset that has all of its ops.
 */
import { DTYPES } from '../dtype.ts';
import { GraphError } from '../errors.ts';
import { type Attribute, type Graph, leavesOf, topologicalOrder, type Value } from '../graph.ts';
import type { HostTensor } from '../host.ts';
import { opNamed } from '../ops/registry.ts';
import { isFresh, type Shape } from '../shape.ts';
import { writtenOut } from '../transforms/write-out.ts';
import { originInfo } from './origins.ts';
import {
  type AttributeMessage,
  encodeModel,
  type GraphMessage,
  type NodeMessage,
  type TensorMessage,
  type ValueInfoMessage,
} from './wire.ts';

const OPSET = 21;
const IR_VERSION = 10;

/** AttributeProto.AttributeType */
export const ATTRIBUTE_TYPES = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
} as const;

export interface WriteOptions {
  /** Stores the elements of a constant elsewhere and returns where; undefined keeps them in the file. */
  readonly external?: (bytes: Uint8Array) => Readonly<Record<string, string>> | undefined;
}

/** The bytes of a .onnx file. It holds `metadata` too. */
export function writeOnnx(
  traced: Graph,
  metadata: Readonly<Record<string, string>> = {},
  { external }: WriteOptions = {},
): Uint8Array {
  const graph = writtenOut(traced);
  return encodeModel({
    irVersion: IR_VERSION,
    producerName: 'gradus',
    graph: graphMessage(graph, external),
    opsetImport: opsetsOf(graph),
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  });
}

function opsetsOf(graph: Graph): { domain: string; version: number }[] {
  const nodes = topologicalOrder(Object.values(graph.outputs));
  const version = nodes.reduce((opset, { op, inputs }) => {
    const { since = OPSET } = opNamed(op);
    return Math.max(opset, typeof since === 'number' ? since : since(inputs));
  }, OPSET);
  const domains = new Map<string, number>();
  for (const { op } of nodes) {
    const { domain, version: own = 1 } = opNamed(op).own ?? {};
    if (domain !== undefined) domains.set(domain, Math.max(own, domains.get(domain) ?? 1));
  }
  return [{ domain: '', version }, ...[...domains].map(([domain, own]) => ({ domain, version: own }))];
}

function graphMessage(graph: Graph, external?: WriteOptions['external']): GraphMessage {
  const names = new Names();
  const nodes = topologicalOrder(Object.values(graph.outputs));
  const used = new Set<Value | null>(Object.values(graph.outputs));
  for (const { inputs } of nodes) for (const value of inputs) used.add(value);
  for (const [name, value] of Object.entries(graph.inputs)) names.claim(value, name);
  const copies: NodeMessage[] = [];
  for (const [name, value] of Object.entries(graph.outputs)) {
    if (Object.hasOwn(graph.inputs, name)) {
      if (graph.inputs[name] === value) continue;
      throw new GraphError(`an input and an output are both called "${name}"; expected different names`);
    }
    // An output that is an input, a constant or another output too needs a node of its own to carry its name.
    if (value.source.kind === 'node' && !names.has(value)) names.claim(value, name);
    else copies.push({ opType: 'Identity', output: [names.take(name)], input: [''] });
  }
  const initializer: TensorMessage[] = [];
  const places = new Map<object, TensorMessage>();
  const valueInfo: ValueInfoMessage[] = [];
  for (const value of leavesOf(graph)) {
    if (value.source.kind === 'input' && !names.has(value)) {
      throw new GraphError(`the graph reads an input "${value.source.name}" that it does not declare`);
    }
    if (value.source.kind === 'constant') {
      const name = names.claim(value, value.source.name ?? 'constant');
      const { bytes } = value.source;
      const known = bytes && places.get(bytes);
      const message = known
        ? { ...known, name, dims: value.shape as readonly number[] as number[] }
        : tensorMessage(value.source.data, name, external);
      if (bytes && message.externalData) places.set(bytes, message);
      initializer.push(message);
      const origin = originInfo(name, value.source.origin);
      if (origin) valueInfo.push({ ...valueInfoOf(name, value), ...origin });
    }
  }
  const node = nodes.map(({ op, inputs, attributes, outputs }): NodeMessage => {
    // Optional outputs that nobody reads are left out: computing them can cost more than the rest.
    const { requiredOutputs: needed = outputs.length, own } = opNamed(op);
    const written = outputs.map((value, i) => i < needed || used.has(value));
    const named = Object.entries(attributes).map(([name, attribute]) => attributeMessage(name, attribute));
    return {
      input: inputs.map((value) => (value ? names.of(value) : '')),
      output: outputs
        .slice(0, written.lastIndexOf(true) + 1)
        .map((value, i) =>
          names.has(value) ? names.of(value) : written[i] ? names.claim(value, op.toLowerCase()) : '',
        ),
      name: names.take(op),
      opType: own?.name ?? op,
      ...(own && { domain: own.domain }),
      ...(named.length > 0 ? { attribute: named } : {}),
    };
  });
  const outputs = Object.entries(graph.outputs);
  let copied = 0;
  for (const [name, value] of outputs) {
    if (names.has(value) && names.of(value) === name && value.source.kind !== 'constant') continue;
    node.push({ ...copies[copied++]!, input: [names.of(value)] });
  }
  return {
    node,
    name: graph.name,
    initializer,
    input: Object.entries(graph.inputs).map(([name, value]) => valueInfoOf(name, value)),
    output: outputs.map(([name, value]) => valueInfoOf(name, value)),
    ...(valueInfo.length > 0 && { valueInfo }),
  };
}

/** Gives every value a name of its own. */
class Names {
  readonly #names = new Map<Value, string>();
  readonly #taken = new Map<string, number>();

  has(value: Value): boolean {
    return this.#names.has(value);
  }
  of(value: Value): string {
    return this.#names.get(value)!;
  }
  claim(value: Value, wish: string): string {
    const name = this.take(wish);
    this.#names.set(value, name);
    return name;
  }
  take(wish: string): string {
    const count = this.#taken.get(wish) ?? 0;
    this.#taken.set(wish, count + 1);
    if (count === 0) return wish;
    return this.take(`${wish}_${count}`);
  }
}

function valueInfoOf(name: string, { dtype, shape }: Value) {
  return { name, type: { tensorType: { elemType: DTYPES[dtype].onnx, shape: shapeMessage(shape) } } };
}

function shapeMessage(shape: Shape) {
  return {
    dim: shape.map((dim) =>
      typeof dim === 'number' ? { dimValue: dim } : isFresh(dim) ? {} : { dimParam: dim },
    ),
  };
}

function tensorMessage(
  { dtype, dims, data }: HostTensor,
  name: string,
  external?: WriteOptions['external'],
): TensorMessage {
  const head = { dims: [...dims], dataType: DTYPES[dtype].onnx, name };
  if (!ArrayBuffer.isView(data)) {
    const encoder = new TextEncoder();
    return { ...head, stringData: (data as readonly string[]).map((text) => encoder.encode(text)) };
  }
  const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const place = external?.(rawData);
  if (!place) return { ...head, rawData };
  return {
    ...head,
    dataLocation: 1,
    externalData: Object.entries(place).map(([key, value]) => ({ key, value })),
  };
}

function attributeMessage(name: string, attribute: Attribute): AttributeMessage {
  const bytes = (text: string) => new TextEncoder().encode(text);
  if (typeof attribute === 'number') return { name, i: attribute, type: ATTRIBUTE_TYPES.int };
  if (typeof attribute === 'string') return { name, s: bytes(attribute), type: ATTRIBUTE_TYPES.string };
  if (isList(attribute)) {
    return attribute.every((item) => typeof item === 'string')
      ? { name, strings: attribute.map(bytes), type: ATTRIBUTE_TYPES.strings }
      : { name, ints: attribute as number[], type: ATTRIBUTE_TYPES.ints };
  }
  if ('float' in attribute) return { name, f: attribute.float, type: ATTRIBUTE_TYPES.float };
  if ('floats' in attribute) return { name, floats: [...attribute.floats], type: ATTRIBUTE_TYPES.floats };
  if ('tensor' in attribute)
    return { name, t: tensorMessage(attribute.tensor, name), type: ATTRIBUTE_TYPES.tensor };
  return { name, g: graphMessage(attribute.graph), type: ATTRIBUTE_TYPES.graph };
}

const isList = (attribute: Attribute): attribute is readonly number[] | readonly string[] =>
  Array.isArray(attribute);
