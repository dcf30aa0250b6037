/**
 * Transposes a matrix once for all products that take it transposed (transA of Gemm). Otherwise every product transposes it again,
 * and a sequence multiplies by its recurrent weights at every step.
 */
import { type Node, topologicalOrder, type Value } from '../graph.ts';
import { apply, type Tensor } from '../tensor.ts';
import type { Rule } from './rebuild.ts';

/** Products from which on a transposed copy pays for itself. */
const WORTHWHILE = 4;

/** @returns a rule for `rebuild` of these outputs */
export function sharedTransposes(outputs: readonly Value[]): Rule {
  const uses = new Map<Value, number>();
  for (const node of topologicalOrder(outputs)) {
    if (isTransposing(node)) uses.set(node.inputs[0]!, (uses.get(node.inputs[0]!) ?? 0) + 1);
  }
  const made = new Map<Value, Tensor>();
  return (node, inputs) => {
    if (!isTransposing(node) || uses.get(node.inputs[0]!)! < WORTHWHILE) return undefined;
    const [a, ...others] = inputs as readonly [Tensor, ...Tensor[]];
    if (!made.has(a)) made.set(a, a.T);
    const { transA: _, ...attributes } = node.attributes;
    return [apply('Gemm', [made.get(a)!, ...others], attributes)];
  };
}

const isTransposing = ({ op, attributes }: Node): boolean => op === 'Gemm' && attributes.transA === 1;
