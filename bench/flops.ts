/** Floating-point operations of a graph's products and convolutions, by which rates of different networks compare. */
import { type Graph, type Node, type Tensor, topologicalOrder } from '@gradus/engine';

const product = (shape: readonly unknown[]): number =>
  shape.reduce<number>((all, size) => all * Number(size), 1);

/** Two for every multiplication and its addition. Of its inputs and its output. */
const COUNTS: Readonly<Record<string, (x: Tensor, w: Tensor, y: Tensor, node: Node) => number>> = {
  MatMul: (x, _, y) => 2 * product(y.shape) * Number(x.shape.at(-1)),
  Gemm: (x, _, y, { attributes }) => 2 * product(y.shape) * Number(x.shape[attributes.transA ? 0 : 1]),
  Conv: (_, w, y) => 2 * product(y.shape) * product(w.shape.slice(1)),
  ConvTranspose: (x, w) => 2 * product(x.shape) * product(w.shape.slice(1)),
};

export function flopsOf(graph: Graph<Tensor>): number {
  return topologicalOrder(Object.values(graph.outputs)).reduce((sum, node) => {
    const [x, w] = node.inputs as readonly Tensor[];
    return sum + (COUNTS[node.op]?.(x!, w!, node.outputs[0] as Tensor, node) ?? 0);
  }, 0);
}
