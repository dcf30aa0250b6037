/** Rules for whole classes of ops, so that most ops are one line in their table. */
import type { DType } from '../dtype.ts';
import { GraphError } from '../errors.ts';
import type { Attributes, Value } from '../graph.ts';
import type { ValueType } from '../op-schema.ts';
import { broadcastShapes, sameShape } from '../shape.ts';
import { scalar, type Tensor } from '../tensor.ts';
import type { Op, TracedNode } from './registry.ts';

/** The i-th input, or an error where it is left out. */
export function required(inputs: readonly (Value | null)[], index: number): Value {
  const value = inputs[index];
  if (value) return value;
  throw new GraphError(`input ${index} is missing`);
}

export function sameDType(inputs: readonly (Value | null)[]): DType {
  const dtypes = new Set(inputs.flatMap((value) => (value ? [value.dtype] : [])));
  if (dtypes.size === 1) return [...dtypes][0]!;
  throw new GraphError(
    `expected inputs of one dtype, got ${[...dtypes].join(' and ')}; cast one of them, as in x.cast("${[...dtypes][0]}")`,
  );
}

/** Output like the first input. */
export const likeFirst: Op['infer'] = (inputs) => [typeOf(required(inputs, 0))];

export const typeOf = ({ dtype, shape }: Value): ValueType => ({ dtype, shape });

/** `dy` where the condition holds, 0 elsewhere: chosen, not multiplied, since 0 × ∞ is no number. */
export const onlyWhere = (condition: Tensor, dy: Tensor): Tensor => condition.where(dy, scalar(0, dy.dtype));

/** f(x) element by element; `derivative` gives f′ from x and y = f(x). */
export function unary(derivative: (x: Tensor, y: Tensor, attributes: Attributes) => Tensor): Op {
  return {
    infer: likeFirst,
    elementwise: true,
    grad: ({ inputs: [x], outputs: [y], attributes }, [dy]) => [dy!.mul(derivative(x!, y!, attributes))],
  };
}

/** A unary op with its whole vector-Jacobian product, where the derivative is no plain factor. */
export function unaryVjp(vjp: (dy: Tensor, x: Tensor, y: Tensor, attributes: Attributes) => Tensor): Op {
  return {
    infer: likeFirst,
    elementwise: true,
    grad: ({ inputs: [x], outputs: [y], attributes }, [dy]) => [vjp(dy!, x!, y!, attributes)],
  };
}

/** f(x) element by element, flat wherever it has a derivative: Sign, Floor, Round. */
export const flat: Op = { infer: likeFirst, elementwise: true };

const inferBroadcast: Op['infer'] = (inputs) => [
  { dtype: sameDType(inputs), shape: broadcastShapes(...inputs.map((_, i) => required(inputs, i).shape)) },
];

/** f(a, b, …) element by element with broadcasting; `vjp` ignores broadcasting, which is undone here. */
export function broadcasting(vjp?: (node: TracedNode, dy: Tensor) => readonly Tensor[]): Op {
  if (!vjp) return { infer: inferBroadcast, elementwise: true };
  return {
    infer: inferBroadcast,
    elementwise: true,
    grad: (node, [dy]) => vjp(node, dy!).map((gradient, i) => unbroadcast(gradient, node.inputs[i]!)),
  };
}

/**
 * For an op that has a derivative but no rule for it yet: an error is better than a gradient that silently lacks a term.
 */
export const noGradient: NonNullable<Op['grad']> = () => {
  throw new GraphError(
    'it has no gradient rule yet; keep it out of the way from the loss to what is trained',
  );
};

/** A test of elements against each other, with broadcasting: bool, and flat. */
export const comparison: Op = {
  elementwise: true,
  infer: (inputs) => [{ ...inferBroadcast(inputs, {})[0]!, dtype: 'bool' }],
};

/** Sums `gradient` over the axes along which `target` was broadcast, so that it has target's shape again. */
export function unbroadcast(gradient: Tensor, target: Tensor): Tensor {
  if (sameShape(gradient.shape, target.shape)) return gradient;
  const lead = gradient.rank - target.rank;
  const repeated = target.shape.flatMap((dim, i) =>
    dim === 1 && gradient.shape[i + lead] !== 1 ? [i + lead] : [],
  );
  const leading = Array.from({ length: lead }, (_, i) => i);
  const summed = repeated.length > 0 ? gradient.sum(repeated, true) : gradient;
  return lead > 0 ? summed.sum(leading) : summed;
}
