/**
 * Gradient checkpointing as a graph transform (Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016): what the way back
 * needs of a stretch of the way forth is computed again from where the stretch begins, once the way back has come to its end. Then
 * little more than the values between stretches is kept from the one way to the other: less memory, and one more way forth.
 */
import { topologicalOrder, type Value } from '../graph.ts';
import { applyMany, type Tensor } from '../tensor.ts';

/** A value between two stretches, and the gradient that arrives at it. */
export interface Checkpoint {
  readonly value: Tensor;
  readonly gradient: Tensor;
}

/**
 * The gradients, computed with what is computed again. Their numbers are the same.
 *
 * @param gradients of `loss`, with those of the checkpoints among what they are computed from
 * @param checkpoints in the order of the way forth: a stretch lies between each and the next
 */
export function recomputed(
  loss: Tensor,
  gradients: readonly Tensor[],
  checkpoints: readonly Checkpoint[],
): Tensor[] {
  const made = new Map<Value, Tensor>();
  const inner = checkpoints.slice(1).map(({ value }, i) => stretch(checkpoints[i]!.value, value));
  const apart = new Set(inner.flatMap((nodes) => nodes.flatMap(({ outputs }) => outputs)));
  for (const { value } of checkpoints) apart.delete(value);
  // The way forth stays as it is.
  for (const node of topologicalOrder([loss]))
    for (const output of node.outputs) if (!apart.has(output)) made.set(output, output as Tensor);

  for (let i = inner.length - 1; i >= 0; i--) {
    const [from, to] = [checkpoints[i]!.value, checkpoints[i + 1]!];
    const [arrived] = replaced([to.gradient], made);
    // Nothing is added; but the sum has to wait for the gradient, and so has all that is computed from it.
    const nothing = arrived!.reshape([-1]).slice([0], [1], [0]).mul(0);
    const copies = new Map<Value, Tensor>([[from, from.add(nothing)]]);
    for (const node of inner[i]!) {
      const inputs = node.inputs.map((value) => value && (copies.get(value) ?? (value as Tensor)));
      for (const [k, copy] of applyMany(node.op, inputs, node.attributes).entries())
        copies.set(node.outputs[k]!, copy);
    }
    for (const [value, copy] of copies) if (apart.has(value)) made.set(value, copy);
  }
  return replaced(gradients, made);
}

/** The nodes between two values, first to last: those that depend on the first and that the second depends on. */
function stretch(from: Tensor, to: Tensor) {
  const dependent = new Set<Value>([from]);
  return topologicalOrder([to]).filter((node) => {
    if (!node.inputs.some((value) => value && dependent.has(value)) || node.outputs.includes(from))
      return false;
    for (const output of node.outputs) dependent.add(output);
    return true;
  });
}

/** The outputs with values replaced by what was made for them; what is made on the way is kept for the next call. */
function replaced(outputs: readonly Tensor[], made: Map<Value, Tensor>): Tensor[] {
  const current = (value: Value) => made.get(value) ?? (value as Tensor);
  for (const node of topologicalOrder(outputs)) {
    if (node.outputs.every((output) => made.has(output))) continue;
    const inputs = node.inputs.map((value) => value && current(value));
    if (node.inputs.every((value, i) => value === inputs[i])) continue;
    for (const [i, output] of applyMany(node.op, inputs, node.attributes).entries())
      if (!made.has(node.outputs[i]!)) made.set(node.outputs[i]!, output);
  }
  return outputs.map(current);
}
