/** Ops that pick elements by what they hold. How many come out may be known only when the graph runs. */
import { dtypeOfOnnx } from '../dtype.ts';
import { GraphError } from '../errors.ts';
import { intAttribute, intsAttribute, type Value } from '../graph.ts';
import { constantNumbers, known } from '../known.ts';
import { type Dim, fresh, plus, sizeOf } from '../shape.ts';
import { apply, full, type Tensor } from '../tensor.ts';
import { declareOps } from './registry.ts';
import { noGradient, required } from './rules.ts';
import { axisOf } from './shape-inputs.ts';

declareOps({
  /** The k largest (or smallest) along an axis, and where they stood. */
  TopK: {
    infer: (inputs, attributes) => {
      const x = required(inputs, 0);
      const axis = axisOf(attributes, x.shape.length, -1);
      const shape = x.shape.with(axis, known(required(inputs, 1))?.[0] ?? fresh());
      return [
        { dtype: x.dtype, shape },
        { dtype: 'int64', shape },
      ];
    },
    grad: ({ inputs: [x], outputs: [, indices], attributes }, [dy]) => [
      dy && apply('ScatterElements', [full(0, x!), indices!, dy], { axis: axisOf(attributes, x!.rank, -1) }),
    ],
  },
  /** The slices along an axis (or the elements, without one) for which the condition holds. */
  Compress: {
    infer: (inputs, attributes) => {
      const [x, condition] = [required(inputs, 0), required(inputs, 1)];
      const count = constantNumbers(condition)?.filter((holds) => holds !== 0).length ?? fresh();
      if (attributes.axis === undefined) return [{ dtype: x.dtype, shape: [count] }];
      return [{ dtype: x.dtype, shape: x.shape.with(axisOf(attributes, x.shape.length, -1), count) }];
    },
    grad: ({ inputs: [x, condition], attributes }, [dy]) => {
      const positions = apply('NonZero', [condition!]).squeeze(0);
      if (attributes.axis !== undefined)
        return [putBack(dy!, positions, x!, axisOf(attributes, x!.rank, -1))];
      const flat = x!.reshape([-1]);
      return [apply('Reshape', [putBack(dy!, positions, flat, 0), x!.shapeTensor()])];
    },
  },
  /** Each different element (or slice along an axis) once; where it first stood, which each became, how often it is. */
  Unique: {
    requiredOutputs: 1,
    infer: (inputs, attributes) => {
      const x = required(inputs, 0);
      const count = fresh();
      const whole = attributes.axis === undefined;
      const axis = whole ? 0 : axisOf(attributes, x.shape.length, -1);
      const length = whole ? sizeOf(x.shape) : x.shape[axis]!;
      return [
        { dtype: x.dtype, shape: whole ? [count] : x.shape.with(axis, count) },
        { dtype: 'int64', shape: [count] },
        { dtype: 'int64', shape: [length] },
        { dtype: 'int64', shape: [count] },
      ];
    },
    grad: ({ inputs: [x], outputs: [, first], attributes }, [dy]) => {
      if (!dy) return [];
      if (attributes.axis !== undefined) return [putBack(dy, first!, x!, axisOf(attributes, x!.rank, -1))];
      return [apply('Reshape', [putBack(dy, first!, x!.reshape([-1]), 0), x!.shapeTensor()])];
    },
  },
  /** The positions of what is not 0: [rank, count]. */
  NonZero: {
    infer: (inputs) => {
      const x = required(inputs, 0);
      const count = constantNumbers(x)?.filter((element) => element !== 0).length ?? fresh();
      return [{ dtype: 'int64', shape: [x.shape.length, count] }];
    },
  },
  /** Boxes that overlap no better one by much: [count, 3], each batch, class and box. */
  NonMaxSuppression: { infer: () => [{ dtype: 'int64', shape: [fresh(), 3] }] },

  /** start, start + delta, …, up to limit. */
  Range: {
    infer: (inputs) => [{ dtype: required(inputs, 0).dtype, shape: [rangeLength(inputs)] }],
  },
  /** 1 along a diagonal of a matrix, 0 elsewhere. */
  EyeLike: {
    infer: (inputs, attributes) => {
      const x = required(inputs, 0);
      const dtype = attributes.dtype === undefined ? x.dtype : dtypeOfOnnx(intAttribute(attributes, 'dtype'));
      if (!dtype || x.shape.length !== 2) throw new GraphError('expected a matrix and a known element type');
      return [{ dtype, shape: x.shape }];
    },
  },
  MaxUnpool: {
    infer: (inputs, attributes) => {
      const x = required(inputs, 0);
      const sizes = inputs[2] && known(inputs[2]);
      if (inputs[2]) return [{ dtype: x.dtype, shape: x.shape.map((_, i) => sizes?.[i] ?? fresh()) }];
      const kernel = intsAttribute(attributes, 'kernel_shape');
      const spatial = kernel.map(() => 1);
      const strides = intsAttribute(attributes, 'strides', spatial);
      const pads = intsAttribute(
        attributes,
        'pads',
        [...spatial, ...spatial].map(() => 0),
      );
      if (
        x.shape.length !== kernel.length + 2 ||
        strides.length !== kernel.length ||
        pads.length !== 2 * kernel.length
      ) {
        throw new GraphError('expected a size of the kernel, a stride and two pads for each spatial axis');
      }
      const shape = x.shape.map((dim, i): Dim => {
        if (i < 2) return dim;
        const cut = pads[i - 2]! + pads[i - 2 + kernel.length]!;
        return plus(sizeOf([plus(dim, -1), strides[i - 2]!]), kernel[i - 2]! - cut);
      });
      return [{ dtype: x.dtype, shape }];
    },
    grad: noGradient,
  },
});

/** Zeros like `like`, with the slices of dy at `positions` along `axis`. */
function putBack(dy: Tensor, positions: Tensor, like: Tensor, axis: number): Tensor {
  const everywhere = positions.reshape(dy.shape.map((_, i) => (i === axis ? -1 : 1)));
  return apply('ScatterElements', [full(0, like), everywhere.expand(dy.shapeTensor()), dy], { axis });
}

function rangeLength(inputs: readonly (Value | null)[]): Dim {
  const [start, limit, delta] = [0, 1, 2].map((i) => known(required(inputs, i))?.[0]);
  if (start === 0 && delta === 1 && typeof limit === 'string') return limit;
  if (typeof start !== 'number' || typeof limit !== 'number' || typeof delta !== 'number') return fresh();
  if (delta === 0) throw new GraphError('a range cannot step by 0');
  return Math.max(0, Math.ceil((limit - start) / delta));
}
