/**
 * The table of ops. An op is declared once, in one place: how its outputs' types follow from its inputs, and how
 * gradients flow back through it.
 */
import type { DType } from '../dtype.ts';
import { GraphError } from '../errors.ts';
import type { Attributes, Value } from '../graph.ts';
import type { Shape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';

export interface ValueType {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** A node as a gradient rule sees it. */
export interface TracedNode {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly attributes: Attributes;
}

export interface Op {
  /** Types of the outputs. Throws a GraphError where inputs or attributes do not fit. */
  infer(inputs: readonly (Value | null)[], attributes: Attributes): readonly ValueType[];
  /**
   * Vector-Jacobian product: the gradient with respect to each input (undefined: none flows), given the gradient
   * `dy` of every output (undefined where none arrived). Built from ops, so gradients have gradients. An op without
   * a rule is a constant to differentiation. Gives undefined where only the expansion below can be differentiated.
   */
  grad?(node: TracedNode, dy: readonly (Tensor | undefined)[]): readonly (Tensor | undefined)[] | undefined;
  /**
   * The same outputs made of simpler ops. It stands in for a gradient rule: the expression is differentiated, and
   * training computes it in place of the op.
   */
  expand?(inputs: readonly (Tensor | null)[], attributes: Attributes): readonly Tensor[];
  /**
   * The first opset that has the op, or the op with so many inputs, where it is later than the one that models are
   * written for.
   */
  readonly since?: number | ((inputs: readonly (Value | null)[]) => number);
  /** Where an op is not in ONNX's main domain: in which, what it is called there, and since when it is as declared. Default 1. */
  readonly own?: { readonly domain: string; readonly name: string; readonly version?: number };
  /** No runtime has the op: it is here for its gradient rule, and is written out where a graph leaves the engine. */
  readonly inner?: true;
  /** Each element of the output depends on the inputs' elements at its own place, broadcast, and on no other. */
  readonly elementwise?: true;
  /** How many outputs a node must have; the runtime may compute the others, and files leave them out, as needed. */
  readonly requiredOutputs?: number;
}

const OPS = new Map<string, Op>();

export function declareOps(table: Readonly<Record<string, Op>>): void {
  for (const [name, op] of Object.entries(table)) OPS.set(name, op);
}

/** @throws GraphError naming the op where it is not declared. */
export function opNamed(name: string): Op {
  const op = OPS.get(name);
  if (op) return op;
  throw new GraphError(`unknown op "${name}"; known are ${OPS.size} ops of ONNX, by ONNX's names`);
}

/** The op that is called so in another domain than ONNX's main one, by its name here. */
export function opOfDomain(domain: string, name: string): string | undefined {
  for (const [op, { own }] of OPS) if (own?.domain === domain && own.name === name) return op;
  return undefined;
}

export function opsWithGradient(): string[] {
  return [...OPS].flatMap(([name, { grad, expand }]) => (grad || expand ? [name] : []));
}
