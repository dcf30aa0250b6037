/**
 * The transform that the others are built on: it walks the nodes that some outputs need, first to last, and rebuilds them with
 * some values or nodes replaced. Shapes are inferred again on the way.
 */

import type { Node } from '../graph.ts';
import { topologicalOrder, type Value } from '../graph.ts';
import { applyMany, Tensor } from '../tensor.ts';

export interface Replacement {
  /** Values by the ones that they replace. */
  readonly values?: ReadonlyMap<Value, Tensor>;
  readonly node?: Rule;
}

/** The replacement of a node, from its rebuilt inputs; undefined keeps the node. */
export type Rule = (node: Node, inputs: readonly (Tensor | null)[]) => readonly Tensor[] | undefined;

/** A rule for each op that has one. */
export type Rules = Readonly<Record<string, Rule>>;

/** The `outputs`, rebuilt. Parts that nothing changed are shared with the original. */
export function rebuild(outputs: readonly Value[], replacement: Replacement): Tensor[] {
  const made = new Map<Value, Tensor>(replacement.values);
  const current = (value: Value): Tensor => {
    const known = made.get(value);
    if (known) return known;
    const same = asTensor(value);
    made.set(value, same);
    return same;
  };
  for (const node of topologicalOrder(outputs)) {
    if (node.outputs.every((output) => made.has(output))) continue;
    const inputs = node.inputs.map((value) => value && current(value));
    const unchanged = node.inputs.every((value, i) => value === inputs[i]);
    const replaced =
      replacement.node?.(node, inputs) ??
      (unchanged ? undefined : applyMany(node.op, inputs, node.attributes));
    for (const [i, output] of node.outputs.entries()) {
      // An explicit replacement of one of the node's values wins over the rebuilt node.
      if (!made.has(output)) made.set(output, replaced?.[i] ?? asTensor(output));
    }
  }
  return outputs.map(current);
}

function asTensor(value: Value): Tensor {
  return value instanceof Tensor ? value : new Tensor(value.dtype, value.shape, value.source);
}
