/**
 * A model file with other inputs and outputs than it was written with: graphs of ours stand before and behind its own. The file is not
 * read as a graph: its nodes, whatever they are, and its weights, wherever they lie, stay the bytes that they were.
 */
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { ModelFileError } from '../errors.ts';
import type { Graph, Value } from '../graph.ts';
import { decodeModel, encodeGraph, type GraphMessage, type ValueInfoMessage } from './wire.ts';
import { writeOnnx } from './write.ts';

export interface Enclosure {
  /** From the inputs that there shall be to those that the file has, by the file's names. */
  readonly before: Graph;
  /** From outputs that the file has, by its names, and inputs that there shall be, to the outputs that there shall be. */
  readonly after: Graph;
}

export interface Enclosed {
  readonly bytes: Uint8Array;
  /** What the inputs and outputs that there shall be are called in the file. One that is passed on as it is keeps the file's name. */
  readonly names: Readonly<Record<string, string>>;
}

/** No exporter begins a name so. */
const OURS = 'gradus:';

/**
 * Ops of `before` and `after` are run as the file's opset has them.
 * @throws ModelFileError where the bytes are no model
 */
export function enclosed(model: Uint8Array, { before, after }: Enclosure): Enclosed {
  const names = new Map<string, string>();
  const passed = (graph: Graph, from: Readonly<Record<string, Value>>) =>
    Object.entries(graph.outputs).flatMap(([name, value]) => {
      const source = Object.keys(from).find((key) => from[key] === value);
      return source === undefined ? [] : [[name, source] as const];
    });
  const [straightIn, straightOut] = [passed(before, before.inputs), passed(after, after.inputs)];
  for (const [theirs, ours] of straightIn) names.set(ours, theirs);
  for (const [ours, theirs] of straightOut) names.set(ours, theirs);
  for (const name of [...Object.keys(before.inputs), ...Object.keys(after.outputs)])
    if (!names.has(name)) names.set(name, `${OURS}${name}`);
  // Within a file of ours alone, nothing that is ours may be called as something of theirs.
  const marked = (values: Readonly<Record<string, Value>>, isOurs: (name: string) => boolean) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [isOurs(name) ? `${OURS}${name}` : name, value]),
    );
  const without = (values: Readonly<Record<string, Value>>, left: readonly (readonly [string, string])[]) =>
    Object.fromEntries(Object.entries(values).filter(([name]) => !left.some(([out]) => out === name)));
  const isShared = (name: string) => Object.hasOwn(before.inputs, name);
  const head = renamed(
    graphOf({
      name: before.name,
      inputs: marked(before.inputs, () => true),
      outputs: without(before.outputs, straightIn),
    }),
    (name) => Object.hasOwn(before.outputs, name),
    names,
  );
  const tail = renamed(
    graphOf({
      name: after.name,
      inputs: marked(after.inputs, isShared),
      outputs: marked(without(after.outputs, straightOut), () => true),
    }),
    (name) => Object.hasOwn(after.inputs, name) && !isShared(name),
    names,
  );
  const outputs: ValueInfoMessage[] = [...(tail.output ?? []), ...straightOut.map(([, name]) => ({ name }))];
  const added: GraphMessage = {
    node: [...(head.node ?? []), ...(tail.node ?? [])],
    initializer: [...(head.initializer ?? []), ...(tail.initializer ?? [])],
    input: head.input ?? [],
    output: outputs,
  };
  return { bytes: spliced(model, added), names: Object.fromEntries(names) };
}

const graphOf = (graph: Graph): GraphMessage => decodeModel(writeOnnx(graph)).graph!;

/** Names of theirs stay, marked ones are those of `names`, and what stands between them gets names that are nobody's. */
function renamed(
  graph: GraphMessage,
  isTheirs: (name: string) => boolean,
  names: ReadonlyMap<string, string>,
): GraphMessage {
  const nameOf = (name: string) =>
    name.startsWith(OURS)
      ? names.get(name.slice(OURS.length))!
      : isTheirs(name)
        ? name
        : `${OURS}${graph.name}:${name}`;
  const named = <T extends { readonly name?: string }>(list: readonly T[] = []) =>
    list.map((item) => ({ ...item, name: nameOf(item.name!) }));
  const each = (list: readonly string[] = []) => list.map((name) => (name === '' ? '' : nameOf(name)));
  return {
    node: (graph.node ?? []).map((node) => ({
      ...node,
      name: `${OURS}${graph.name}:${node.name}`,
      input: each(node.input),
      output: each(node.output),
    })),
    initializer: named(graph.initializer),
    input: named(graph.input),
    output: named(graph.output),
  };
}

/** Fields of onnx.proto3: the graph of a model, and the inputs and outputs of a graph. */
const [GRAPH, INPUT, OUTPUT] = [7, 11, 12];

/** The model with what is added to its graph in place of the graph's own inputs and outputs. */
function spliced(model: Uint8Array, added: GraphMessage): Uint8Array {
  const pieces: Uint8Array[] = [];
  let hasGraph = false;
  for (const { number, from, begin, end } of fieldsOf(model, 0, model.length)) {
    if (number !== GRAPH) {
      pieces.push(model.subarray(from, end));
      continue;
    }
    const own = [...fieldsOf(model, begin, end)].filter(
      ({ number }) => number !== INPUT && number !== OUTPUT,
    );
    const parts = [
      ...own.map((field) => model.subarray(field.from, field.end)),
      ...(hasGraph ? [] : [encodeGraph(added)]),
    ];
    hasGraph = true;
    const size = parts.reduce((sum, { length }) => sum + length, 0);
    pieces.push(new BinaryWriter().tag(GRAPH, WireType.LengthDelimited).uint32(size).finish(), ...parts);
  }
  if (!hasGraph)
    throw new ModelFileError({
      en: 'not an ONNX model: it holds no graph',
      zh: '不是 ONNX 模型：其中没有计算图',
    });
  return Buffer.concat(pieces);
}

interface FieldPlace {
  readonly number: number;
  /** Where it begins with its tag; where its content begins and ends. */
  readonly from: number;
  readonly begin: number;
  readonly end: number;
}

function* fieldsOf(bytes: Uint8Array, start: number, stop: number): Generator<FieldPlace> {
  const reader = new BinaryReader(bytes);
  reader.pos = start;
  while (reader.pos < stop) {
    const from = reader.pos;
    const [number, wire] = reader.tag();
    const isLong = wire === WireType.LengthDelimited;
    const size = isLong ? reader.uint32() : 0;
    const begin = reader.pos;
    if (isLong) reader.pos += size;
    else reader.skip(wire, number);
    if (reader.pos > stop)
      throw new ModelFileError({ en: 'not an ONNX model: it is cut off', zh: '不是 ONNX 模型：文件不完整' });
    yield { number, from, begin, end: reader.pos };
  }
}
