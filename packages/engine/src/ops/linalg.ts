/** Matrix products. */
import { GraphError } from '../errors.ts';
import { floatAttribute, intAttribute } from '../graph.ts';
import { broadcastShapes, mayEqual, type Shape, showShape, sizeOf } from '../shape.ts';
import { apply, int64, type Tensor } from '../tensor.ts';
import { declareOps } from './registry.ts';
import { required, sameDType, unbroadcast } from './rules.ts';

declareOps({
  MatMul: {
    infer: (inputs) => {
      const [a, b] = [required(inputs, 0).shape, required(inputs, 1).shape];
      if (a.length === 0 || b.length === 0) throw new GraphError('a scalar has no matrix product');
      const left = a.length === 1 ? [1, ...a] : a;
      const right = b.length === 1 ? [...b, 1] : b;
      requireEqual(left.at(-1)!, right.at(-2)!, a, b);
      const shape = [
        ...broadcastShapes(left.slice(0, -2), right.slice(0, -2)),
        ...(a.length === 1 ? [] : [left.at(-2)!]),
        ...(b.length === 1 ? [] : [right.at(-1)!]),
      ];
      return [{ dtype: sameDType(inputs), shape }];
    },
    grad: ({ inputs: [a, b] }, [dy]) => {
      if (a!.rank >= 2 && b!.rank === 2) {
        // One matrix for all of a's leading axes: a product over their product, not a batch of small ones.
        const rows = sizeOf(a!.shape.slice(0, -1));
        const [flatA, flatDy] = [
          a!.reshape([rows, a!.shape.at(-1)!]),
          dy!.reshape([rows, dy!.shape.at(-1)!]),
        ];
        return [gemm(flatDy, b!, { transB: 1 }).reshape(a!.shape), gemm(flatA, flatDy, { transA: 1 })];
      }
      const left = a!.rank === 1 ? a!.unsqueeze(0) : a!;
      const right = b!.rank === 1 ? b!.unsqueeze(-1) : b!;
      let lifted = dy!;
      if (b!.rank === 1) lifted = lifted.unsqueeze(-1);
      if (a!.rank === 1) lifted = lifted.unsqueeze(-2);
      const da = unbroadcast(lifted.matmul(right.T), left);
      const db = unbroadcast(left.T.matmul(lifted), right);
      return [a!.rank === 1 ? da.squeeze(0) : da, b!.rank === 1 ? db.squeeze(-1) : db];
    },
  },

  /** The determinant of each matrix: [.., n, n] -> [..]. */
  Det: {
    infer: (inputs) => {
      const { dtype, shape } = required(inputs, 0);
      const [rows, columns] = shape.slice(-2);
      if (shape.length < 2 || !mayEqual(rows!, columns!)) throw new GraphError('expected square matrices');
      return [{ dtype, shape: shape.slice(0, -2) }];
    },
    expand: ([x]) => {
      const n = x!.shape.at(-1)!;
      if (typeof n !== 'number' || n < 1 || n > MAX_EXPANDED) {
        throw new GraphError(
          `determinants of ${n} × ${n} are not written out; expected up to ${MAX_EXPANDED}`,
        );
      }
      return [determinant(x!, n)];
    },
  },

  /** alpha × A′ × B′ + beta × C, where ′ transposes if transA or transB says so. */
  Gemm: {
    infer: (inputs, attributes) => {
      const [a, b] = [required(inputs, 0).shape, required(inputs, 1).shape];
      if (a.length !== 2 || b.length !== 2) throw new GraphError(`expected two matrices`);
      const [m, k] = intAttribute(attributes, 'transA', 0) ? [a[1]!, a[0]!] : [a[0]!, a[1]!];
      const [l, n] = intAttribute(attributes, 'transB', 0) ? [b[1]!, b[0]!] : [b[0]!, b[1]!];
      requireEqual(k, l, a, b);
      return [{ dtype: sameDType(inputs), shape: [m, n] }];
    },
    grad: ({ inputs: [a, b, c], attributes }, [dy]) => {
      const transA = intAttribute(attributes, 'transA', 0);
      const transB = intAttribute(attributes, 'transB', 0);
      const alpha = floatAttribute(attributes, 'alpha', 1);
      const scaled = alpha === 1 ? {} : { alpha: { float: alpha } };
      const beta = floatAttribute(attributes, 'beta', 1);
      const da = transA
        ? gemm(b!, dy!, { ...(transB && { transA: 1 }), transB: 1, ...scaled })
        : gemm(dy!, b!, { ...(!transB && { transB: 1 }), ...scaled });
      const db = transB
        ? gemm(dy!, a!, { transA: 1, ...(transA && { transB: 1 }), ...scaled })
        : gemm(a!, dy!, { ...(!transA && { transA: 1 }), ...scaled });
      return c ? [da, db, unbroadcast(beta === 1 ? dy! : dy!.mul(beta), c)] : [da, db];
    },
  },
});

/** By the first row, Laplace's expansion takes n! products. */
const MAX_EXPANDED = 5;

function determinant(x: Tensor, n: number): Tensor {
  const row = (at: number) => x.slice([0, at], [1, at + 1], [-2, -1]).squeeze(-2, -1);
  if (n === 1) return row(0);
  const others = (at: number) => int64(Array.from({ length: n - 1 }, (_, i) => i + Number(i >= at)));
  const below = x.slice([1], [n], [-2]);
  const terms = Array.from({ length: n }, (_, at) => {
    const term = row(at).mul(determinant(below.gather(others(at), x.rank - 1), n - 1));
    return at % 2 === 0 ? term : term.neg();
  });
  return terms.reduce((a, b) => a.add(b));
}

function gemm(a: Tensor, b: Tensor, attributes: Parameters<typeof apply>[2]): Tensor {
  return apply('Gemm', [a, b], attributes);
}

function requireEqual(inner: Shape[number], other: Shape[number], a: Shape, b: Shape): void {
  if (typeof inner === 'number' && typeof other === 'number' && inner !== other) {
    throw new GraphError(`inner sizes ${inner} and ${other} of ${showShape(a)} × ${showShape(b)} differ`);
  }
}
