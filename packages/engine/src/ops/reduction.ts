/** Reductions along axes, and softmax, which is built on one. */
import { GraphError } from '../errors.ts';
import { type Attributes, intAttribute, type Value } from '../graph.ts';
import { constantNumbers } from '../known.ts';
import { fresh, normalizeAxes, type Shape } from '../shape.ts';
import { apply, countAlong, int64, scalar, type Tensor } from '../tensor.ts';
import { declareOps, type Op, type TracedNode } from './registry.ts';
import { likeFirst, onlyWhere, required } from './rules.ts';

/**
 * The axes a reduction runs over: its second input; all axes where it is left out or empty; undefined where they are
 * computed when the graph runs.
 */
function axesOf(inputs: readonly (Value | null)[], attributes: Attributes): number[] | undefined {
  const rank = required(inputs, 0).shape.length;
  const all = Array.from({ length: rank }, (_, i) => i);
  if (!inputs[1]) return intAttribute(attributes, 'noop_with_empty_axes', 0) ? [] : all;
  const axes = constantNumbers(inputs[1]);
  if (!axes) return undefined;
  if (axes.length === 0) return intAttribute(attributes, 'noop_with_empty_axes', 0) ? [] : all;
  return normalizeAxes(axes, rank);
}

function reducedShape(shape: Shape, axes: readonly number[], keepdims: boolean): Shape {
  return keepdims
    ? shape.map((dim, i) => (axes.includes(i) ? 1 : dim))
    : shape.filter((_, i) => !axes.includes(i));
}

/**
 * A reduction. Its gradient rule sees y and dy with the reduced axes kept as 1, so that they broadcast against x.
 */
function reduction(vjp: (x: Tensor, y: Tensor, dy: Tensor, axes: readonly number[]) => Tensor): Op {
  return {
    infer: (inputs, attributes) => {
      const x = required(inputs, 0);
      const keepdims = intAttribute(attributes, 'keepdims', 1) === 1;
      const axes = axesOf(inputs, attributes);
      if (axes) return [{ dtype: x.dtype, shape: reducedShape(x.shape, axes, keepdims) }];
      const count = keepdims ? 0 : inputs[1]!.shape[0];
      if (typeof count !== 'number') throw new GraphError('the number of axes must be known');
      return [{ dtype: x.dtype, shape: x.shape.slice(count).map(fresh) }];
    },
    grad: ({ inputs, outputs: [y], attributes }: TracedNode, [dy]) => {
      const x = inputs[0]!;
      const axes = axesOf(inputs, attributes);
      if (!axes) throw new GraphError('the axes must be known to differentiate a reduction');
      const kept = (t: Tensor) =>
        intAttribute(attributes, 'keepdims', 1) === 1 || axes.length === 0 ? t : t.unsqueeze(...axes);
      return [vjp(x, kept(y!), kept(dy!), axes)];
    },
  };
}

const broadcast = (dy: Tensor, x: Tensor): Tensor => dy.expand(x.shapeTensor());

/** The gradient of an extreme value, divided equally among the elements that reach it. */
const extreme = reduction((x, y, dy, axes) => {
  const reached = x.equal(y);
  return onlyWhere(reached, dy.div(reached.cast(x.dtype).sum(axes, true)));
});

const arg: Op = {
  infer: (inputs, attributes) => {
    const { shape } = required(inputs, 0);
    const axis = normalizeAxes([intAttribute(attributes, 'axis', 0)], shape.length);
    return [
      { dtype: 'int64', shape: reducedShape(shape, axis, intAttribute(attributes, 'keepdims', 1) === 1) },
    ];
  },
};

declareOps({
  ReduceSum: reduction((x, _, dy) => broadcast(dy, x)),
  ReduceMean: reduction((x, _, dy, axes) => broadcast(dy.div(countAlong(x, axes)), x)),
  ReduceMax: extreme,
  ReduceMin: extreme,
  // The product of the others is y / x where x ≠ 0; beside a single 0 it is 0 but for the 0 itself, beside several 0.
  ReduceProd: reduction((x, y, dy, axes) => {
    const zero = x.equal(0);
    const withoutZeros = zero.where(scalar(1, x.dtype), x);
    const single = zero.cast(x.dtype).sum(axes, true).equal(1);
    const ofOthers = apply('ReduceProd', [withoutZeros, int64(axes)], { keepdims: 1 });
    return zero.where(onlyWhere(single, dy.mul(ofOthers)), dy.mul(y.div(withoutZeros)));
  }),
  ReduceL1: reduction((x, _, dy) => x.sign().mul(dy)),
  // Where all are 0 there is no direction: PyTorch's choice is 0.
  ReduceL2: reduction((x, y, dy) => onlyWhere(y.greater(0), x.mul(dy.div(y)))),
  ReduceSumSquare: reduction((x, _, dy) => x.mul(dy.mul(2))),
  ReduceLogSum: reduction((x, y, dy) => dy.div(y.exp()).expand(x.shapeTensor())),
  ReduceLogSumExp: reduction((x, y, dy) => x.sub(y).exp().mul(dy)),
  ArgMax: arg,
  ArgMin: arg,

  Softmax: {
    infer: likeFirst,
    grad: ({ outputs: [y], attributes }, [dy]) => {
      const axis = intAttribute(attributes, 'axis', -1);
      return [y!.mul(dy!.sub(y!.mul(dy!).sum([axis], true)))];
    },
  },
  LogSoftmax: {
    infer: likeFirst,
    grad: ({ outputs: [y], attributes }, [dy]) => {
      const axis = intAttribute(attributes, 'axis', -1);
      return [dy!.sub(y!.exp().mul(dy!.sum([axis], true)))];
    },
  },
  /** 1 at the first of the largest, 0 elsewhere. */
  Hardmax: { infer: likeFirst },
  // Not defined by this rule where an element is 0.
  CumProd: {
    since: 26,
    infer: likeFirst,
    grad: ({ inputs: [x, axis], outputs: [y], attributes }, [dy]) => {
      const back = { ...attributes, reverse: 1 - intAttribute(attributes, 'reverse', 0) };
      return [apply('CumSum', [dy!.mul(y!), axis!], back).div(x!)];
    },
  },
  CumSum: {
    infer: likeFirst,
    grad: ({ inputs: [, axis], attributes }, [dy]) => [
      apply('CumSum', [dy!, axis!], { ...attributes, reverse: 1 - intAttribute(attributes, 'reverse', 0) }),
    ],
  },
});
