/**
 * Reverse-mode differentiation as a graph transform (Linnainmaa, 1970; Griewank and Walther, "Evaluating
 * Derivatives", 2008).
 *
 * The nodes between the parameters and the loss are walked once, last to first. Each node's rule turns the
 * gradient of its outputs into gradients of its inputs; where a value is used several times, they add up. The
 * rules return graph nodes made of the same ops, so a gradient can be differentiated again.
 */
import { GraphError } from '../errors.ts';
import { type Node, topologicalOrder, type Value } from '../graph.ts';
import { opNamed } from '../ops/registry.ts';
import { full, sumOf, type Tensor } from '../tensor.ts';

/**
 * The gradients of `of` with respect to each of `wrt`, each in the shape of the value it belongs to.
 *
 * @param of Usually a scalar loss; of a larger tensor, the gradient of the sum of its elements.
 * @param wrt Values that `of` was computed from; one that it does not depend on gets zeros.
 * @throws GraphError where the way from `of` to `wrt` leads through an op without a gradient rule.
 */
export function gradients(of: Tensor, wrt: readonly Tensor[]): Tensor[] {
  const order = topologicalOrder([of]);
  const relevant = dependents(order, wrt);
  const arrived = new Map<Value, Tensor[]>([[of, [full(1, of)]]]);
  const settle = (value: Value): Tensor | undefined => {
    const parts = arrived.get(value);
    if (!parts) return undefined;
    const sum = sumOf(parts);
    arrived.set(value, [sum]);
    return sum;
  };

  for (const node of order.reverse()) {
    if (!node.outputs.some((output) => relevant.has(output))) continue;
    const dy = node.outputs.map(settle);
    if (dy.every((gradient) => gradient === undefined)) continue;
    for (const [i, gradient] of backward(node, dy).entries()) {
      const x = node.inputs[i];
      if (!gradient || !x || !relevant.has(x)) continue;
      arrived.set(x, [...(arrived.get(x) ?? []), gradient]);
    }
  }
  return wrt.map((value) => settle(value) ?? full(0, value));
}

/** Everything that depends on one of `roots`, the roots included. */
function dependents(order: readonly Node[], roots: readonly Value[]): Set<Value> {
  const found = new Set<Value>(roots);
  for (const node of order) {
    if (node.inputs.some((x) => x && found.has(x))) for (const output of node.outputs) found.add(output);
  }
  return found;
}

function backward(node: Node, dy: readonly (Tensor | undefined)[]): readonly (Tensor | undefined)[] {
  const { grad } = opNamed(node.op);
  // No rule: flat (comparisons, argmax) or whole-numbered; nothing flows back.
  if (!grad) return [];
  const inputs = node.inputs as readonly Tensor[];
  const gradientsOfInputs = grad(
    { inputs, outputs: node.outputs as readonly Tensor[], attributes: node.attributes },
    dy,
  );
  for (const [i, gradient] of gradientsOfInputs.entries()) {
    const x = inputs[i];
    if (gradient && x && gradient.rank !== x.rank) {
      throw new GraphError(
        `the gradient rule of ${node.op} gave rank ${gradient.rank} for input ${i} of rank ${x.rank}`,
      );
    }
  }
  return gradientsOfInputs;
}
