/**
 * The table of ops. An op is declared once: its schema (op-schema.ts) and how gradients flow back through it.
 */
import type { Attributes } from '../graph.ts';
import { declareSchema, type OpSchema, schemaOf } from '../op-schema.ts';
import type { Tensor } from '../tensor.ts';

/** A node as a gradient rule sees it. */
export interface TracedNode {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly attributes: Attributes;
}

export interface Op extends OpSchema {
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
}

const OPS = new Map<string, Op>();

export function declareOps(table: Readonly<Record<string, Op>>): void {
  for (const [name, op] of Object.entries(table)) {
    OPS.set(name, op);
    declareSchema(name, op);
  }
}

/** @throws GraphError naming the op where it is not declared. */
export function opNamed(name: string): Op {
  return OPS.get(name) ?? schemaOf(name);
}

/** The op that is called so in another domain than ONNX's main one, by its name here. */
export function opOfDomain(domain: string, name: string): string | undefined {
  for (const [op, { own }] of OPS) if (own?.domain === domain && own.name === name) return op;
  return undefined;
}

/** Names of all declared ops. */
export const opNames = (): string[] => [...OPS.keys()];

export function opsWithGradient(): string[] {
  return [...OPS].flatMap(([name, { grad, expand }]) => (grad || expand ? [name] : []));
}
