/** Counts the floating-point operations of products and convolutions. */

import { type Node, topologicalOrder, type Value } from '../graph.ts';
import { type Shape, sizeOf } from '../shape.ts';
import { expansionOf } from './expansion.ts';

const product = (shape: Shape): number => Number(sizeOf(shape));

/** Of an op's inputs x and w and its output y: two for every multiplication and its addition. */
export const FLOP_COUNTS: Readonly<Record<string, (x: Value, w: Value, y: Value, node: Node) => number>> = {
  MatMul: (x, _, y) => 2 * product(y.shape) * Number(x.shape.at(-1)),
  Gemm: (x, _, y, { attributes }) => 2 * product(y.shape) * Number(x.shape[attributes.transA ? 0 : 1]),
  Conv: (_, w, y) => 2 * product(y.shape) * product(w.shape.slice(1)),
  ConvTranspose: (x, w) => 2 * product(x.shape) * product(w.shape.slice(1)),
};

/** Operations of all nodes that `outputs` need. Sizes must be known. */
export function flopsOf(outputs: Iterable<Value>): number {
  return topologicalOrder(outputs).reduce((sum, node) => {
    const [x, w] = node.inputs as readonly Value[];
    const count = FLOP_COUNTS[node.op];
    const flops = count ? count(x!, w!, node.outputs[0]!, node) : flopsOf(expansionOf(node)?.outputs ?? []);
    return sum + flops;
  }, 0);
}
