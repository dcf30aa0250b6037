/**
 * The intermediate representation. It *is* ONNX: the same op names, attributes and types, so nothing is translated
 * on the way in or out.
 *
 * A graph is reached from its outputs: every value refers to the node that computes it, every node to its inputs. Nothing changes
 * in place, so graphs share structure freely, and a node that no output needs is not part of the graph.
 */
import type { DType } from './dtype.ts';
import { GraphError } from './errors.ts';
import type { HostTensor } from './host.ts';
import type { Shape } from './shape.ts';

/** One array flowing through a graph. */
export interface Value {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly source: Source;
}

export type Source =
  | { readonly kind: 'input'; readonly name: string }
  | {
      readonly kind: 'constant';
      readonly data: HostTensor;
      readonly name?: string;
      readonly origin?: Origin;
      /** Constants with the same one have the same bytes in other shapes: a file beside the model holds them once. */
      readonly bytes?: object;
    }
  | { readonly kind: 'node'; readonly node: Node; readonly index: number };

/** What a constant was in the program that a model file was exported from, where the file tells: */
export type Origin =
  /** trained there, */
  | 'parameter'
  /** kept there, but not trained, */
  | 'buffer'
  /** computed by the exporter from one of these, */
  | 'folded'
  /** or made by the exporter. */
  | 'computed';

/** One application of an op. */
export interface Node {
  readonly op: string;
  /** `null` is an optional input that is left out. */
  readonly inputs: readonly (Value | null)[];
  readonly attributes: Attributes;
  readonly outputs: readonly Value[];
}

/**
 * Attribute values. Whole numbers stand for ONNX's INT and INTS; reals are marked (`{ float: 0.5 }`), because
 * JavaScript has one number type and ONNX two.
 */
export type Attribute =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly tensor: HostTensor }
  | { readonly graph: Graph };

export type Attributes = Readonly<Record<string, Attribute>>;

/** A function from named inputs to named outputs. */
export interface Graph<V extends Value = Value> {
  readonly name: string;
  readonly inputs: Readonly<Record<string, V>>;
  readonly outputs: Readonly<Record<string, V>>;
}

/** The graph with other values under the names of its outputs, in their order. */
export function withOutputs<V extends Value>(graph: Graph<V>, outputs: readonly V[]): Graph<V> {
  return {
    ...graph,
    outputs: Object.fromEntries(Object.keys(graph.outputs).map((name, i) => [name, outputs[i]!])),
  };
}

/** The nodes that `outputs` need, each after the nodes it needs itself. Iterative: depth is bounded by memory only. */
export function topologicalOrder(outputs: Iterable<Value>): Node[] {
  const order: Node[] = [];
  const state = new Map<Node, 'open' | 'done'>();
  const stack: Node[] = [];
  const push = (value: Value | null) => {
    if (value?.source.kind === 'node' && state.get(value.source.node) !== 'done')
      stack.push(value.source.node);
  };
  for (const output of outputs) {
    push(output);
    while (stack.length > 0) {
      const node = stack.at(-1)!;
      const seen = state.get(node);
      if (seen === undefined) {
        state.set(node, 'open');
        for (let i = node.inputs.length - 1; i >= 0; i--) push(node.inputs[i]!);
      } else {
        stack.pop();
        if (seen === 'open') {
          state.set(node, 'done');
          order.push(node);
        }
      }
    }
  }
  return order;
}

/** Every value the graph reads that no node computes: inputs and constants, in order of first use. */
export function leavesOf(graph: Graph): Value[] {
  const leaves = new Set<Value>();
  const add = (value: Value | null) => {
    if (value && value.source.kind !== 'node') leaves.add(value);
  };
  for (const node of topologicalOrder(Object.values(graph.outputs))) node.inputs.forEach(add);
  Object.values(graph.outputs).forEach(add);
  return [...leaves];
}

export function intAttribute(attributes: Attributes, name: string, fallback?: number): number {
  const value = attributes[name] ?? fallback;
  if (typeof value === 'number') return value;
  throw new GraphError(`attribute "${name}" is ${value === undefined ? 'missing' : 'not a whole number'}`);
}

export function intsAttribute(
  attributes: Attributes,
  name: string,
  fallback?: readonly number[],
): readonly number[] {
  const value = attributes[name] ?? fallback;
  if (Array.isArray(value) && value.every((item) => typeof item === 'number')) return value;
  throw new GraphError(
    `attribute "${name}" is ${value === undefined ? 'missing' : 'not a list of whole numbers'}`,
  );
}

export function floatAttribute(attributes: Attributes, name: string, fallback?: number): number {
  const value = attributes[name];
  if (value === undefined && fallback !== undefined) return fallback;
  if (typeof value === 'object' && 'float' in value) return value.float;
  throw new GraphError(`attribute "${name}" is ${value === undefined ? 'missing' : 'not a real number'}`);
}

export function stringAttribute(attributes: Attributes, name: string, fallback?: string): string {
  const value = attributes[name] ?? fallback;
  if (typeof value === 'string') return value;
  throw new GraphError(`attribute "${name}" is ${value === undefined ? 'missing' : 'not a text'}`);
}
