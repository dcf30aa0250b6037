/**
 * Products by transposed matrices as Gemm, which reads its operands either way. Otherwise the runtime transposes constants when it
 * opens a graph, and holds a copy of each: of frozen weights that training multiplies by in both directions, all of them once more.
 */
import { isFloat } from '../dtype.ts';
import { intAttribute, intsAttribute, type Value } from '../graph.ts';
import { sizeOf } from '../shape.ts';
import { apply, type Tensor } from '../tensor.ts';
import { type Rule, rebuild } from './rebuild.ts';

/** The outputs, with no transposes before products by matrices. */
export const withoutTransposes = (outputs: readonly Value[]): Tensor[] =>
  rebuild(outputs, {
    node: (node, inputs) =>
      node.op === 'MatMul' ? product(node, inputs) : node.op === 'Gemm' ? gemm(node, inputs) : undefined,
  });

const product: Rule = (_, inputs) => {
  const [a, b] = inputs as readonly [Tensor, Tensor];
  const turned = transposedMatrix(b);
  if (!turned || a.rank < 2 || !isFloat(a.dtype)) return undefined;
  const rows = sizeOf(a.shape.slice(0, -1));
  const flat = a.rank === 2 ? a : a.reshape([rows, a.shape.at(-1)!]);
  const y = apply('Gemm', [flat, turned], { transB: 1 });
  return [a.rank === 2 ? y : y.reshape([...a.shape.slice(0, -1), b.shape.at(-1)!])];
};

const gemm: Rule = ({ attributes }, inputs) => {
  const [a, b, ...rest] = inputs as readonly [Tensor, Tensor, ...Tensor[]];
  const turned = transposedMatrix(b);
  if (!turned) return undefined;
  const transB = 1 - intAttribute(attributes, 'transB', 0);
  return [apply('Gemm', [a, turned, ...rest], { ...attributes, transB })];
};

/** The matrix that a value is the transpose of. */
function transposedMatrix({ source }: Tensor): Tensor | undefined {
  if (source.kind !== 'node' || source.node.op !== 'Transpose') return undefined;
  const [x] = source.node.inputs as readonly [Tensor];
  if (x.rank !== 2) return undefined;
  const perm =
    source.node.attributes.perm === undefined ? [1, 0] : intsAttribute(source.node.attributes, 'perm');
  return perm[0] === 1 ? x : undefined;
}
