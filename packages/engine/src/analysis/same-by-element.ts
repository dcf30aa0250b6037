/** Elementwise functions: each element of the result depends on the inputs' elements at its own place only. */
import { topologicalOrder, type Value } from '../graph.ts';
import { opNamed } from '../ops/registry.ts';
import { equal } from './equal.ts';

/**
 * Whether two graphs are the same elementwise function, whatever their shapes: the same elementwise ops in the same order, on
 * inputs of the same names and the same scalars. Then arrays can be sliced and concatenated before the function as well as after.
 */
export function sameByElement(a: readonly Value[], b: readonly Value[]): boolean {
  const [nodes, others] = [topologicalOrder(a), topologicalOrder(b)];
  const twins = new Map<Value, Value>();
  const alike = (value: Value | null, twin: Value | null | undefined): boolean => {
    if (!value || !twin) return !value && !twin;
    if (value.source.kind === 'node') return twins.get(value) === twin;
    if (value.source.kind === 'input') return equal(value.source, twin.source);
    const single = value.shape.every((dim) => dim === 1);
    return single && twin.source.kind === 'constant' && equal(value.source.data, twin.source.data);
  };
  if (nodes.length !== others.length) return false;
  for (const [k, { op, inputs, attributes, outputs }] of nodes.entries()) {
    const twin = others[k]!;
    const same = op === twin.op && inputs.length === twin.inputs.length && equal(attributes, twin.attributes);
    if (!same || !opNamed(op).elementwise || !inputs.every((value, i) => alike(value, twin.inputs[i])))
      return false;
    for (const [i, output] of outputs.entries()) twins.set(output, twin.outputs[i]!);
  }
  return a.length === b.length && a.every((value, i) => alike(value, b[i]));
}
