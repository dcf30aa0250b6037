/**
 * Quantization: reals as small whole numbers times a scale. Its steps have no slope; training looks through them as
 * if they were not there wherever a value is inside the range ("straight-through", Bengio, Léonard and Courville, 2013),
 * and stops at the range's ends.
 */
import { dtypeOfOnnx } from '../dtype.ts';
import { GraphError } from '../errors.ts';
import { type Attributes, intAttribute, type Value } from '../graph.ts';
import type { Shape } from '../shape.ts';
import { apply, type Tensor } from '../tensor.ts';
import { declareOps, opNamed } from './registry.ts';
import { likeFirst, required } from './rules.ts';

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65535],
  int16: [-32768, 32767],
};

declareOps({
  QuantizeLinear: {
    infer: (inputs, attributes) => {
      const requested = intAttribute(attributes, 'output_dtype', 0);
      const dtype = inputs[2]?.dtype ?? (requested ? dtypeOfOnnx(requested) : 'uint8');
      if (!dtype) throw new GraphError(`cannot quantize to ONNX type ${requested}`);
      return [{ dtype, shape: required(inputs, 0).shape }];
    },
    // The gradient of the whole numbers is that of x times the scale; DequantizeLinear's undoes the factor.
    grad: ({ inputs: [x, scale, zero], outputs: [q], attributes }, [dy]) => {
      const range = RANGES[q!.dtype];
      if (!range) throw new GraphError(`no range is known for ${q!.dtype}`);
      const s = along(scale!, x!, attributes);
      const steps = zero ? x!.div(s).add(along(zero.cast(x!.dtype), x!, attributes)) : x!.div(s);
      return [dy!.div(s).mul(within(steps, ...range))];
    },
  },
  DequantizeLinear: {
    infer: (inputs) => [{ dtype: required(inputs, 1).dtype, shape: required(inputs, 0).shape }],
    grad: ({ inputs: [q, scale], attributes }, [dy]) => [dy!.mul(along(scale!, q!, attributes))],
  },
  /**
   * QuantizeLinear and DequantizeLinear in one (x, scale, zero point as a real): what training computes in place of the two, in reals
   * throughout.
   */
  FakeQuantize: {
    inner: true,
    infer: likeFirst,
    expand: ([x, scale, zero], attributes) => {
      const [s, z] = [scale!, zero!].map((value) => along(value, x!, attributes)) as [Tensor, Tensor];
      const [low, high] = [intAttribute(attributes, 'low'), intAttribute(attributes, 'high')];
      return [
        apply('Round', [x!.div(s)])
          .add(z)
          .clip(low, high)
          .sub(z)
          .mul(s),
      ];
    },
    grad: ({ inputs: [x, scale, zero], attributes }, [dy]) => {
      const [low, high] = [intAttribute(attributes, 'low'), intAttribute(attributes, 'high')];
      const steps = x!.div(along(scale!, x!, attributes)).add(along(zero!, x!, attributes));
      return [dy!.mul(within(steps, low, high))];
    },
  },
  DynamicQuantizeLinear: {
    infer: (inputs) => [
      { dtype: 'uint8', shape: required(inputs, 0).shape },
      { dtype: 'float32', shape: [] },
      { dtype: 'uint8', shape: [] },
    ],
  },

  /** Products of whole numbers less their zero points. */
  MatMulInteger: { infer: (inputs) => [{ dtype: 'int32', shape: productShape(inputs, 0, 1) }] },
  QLinearMatMul: {
    infer: (inputs) => [{ dtype: required(inputs, 7).dtype, shape: productShape(inputs, 0, 3) }],
  },
  ConvInteger: {
    infer: (inputs, attributes) => [{ dtype: 'int32', shape: convolved(inputs, 0, 1, attributes) }],
  },
  QLinearConv: {
    infer: (inputs, attributes) => [
      { dtype: required(inputs, 7).dtype, shape: convolved(inputs, 0, 3, attributes) },
    ],
  },
});

/** 1 where `steps` round to a number of the range, else 0. */
const within = (steps: Tensor, low: number, high: number): Tensor =>
  steps
    .greater(low - 0.5)
    .cast(steps.dtype)
    .mul(steps.less(high + 0.5).cast(steps.dtype));

/** What a DequantizeLinear gives of a QuantizeLinear by the same scales, in reals; undefined where it is not of one. */
export function fakeQuantized(
  [q, scale, zero]: readonly (Tensor | null)[],
  attributes: Attributes,
): Tensor | undefined {
  const range = q && RANGES[q.dtype];
  if (!range || !scale || q.source.kind !== 'node' || q.source.node.op !== 'QuantizeLinear') return undefined;
  const [x, ownScale, ownZero] = q.source.node.inputs as readonly (Tensor | null)[];
  if (ownScale !== scale || (ownZero ?? null) !== (zero ?? null)) return undefined;
  const { axis = 1 } = attributes;
  const reals = zero ? zero.cast('float32') : scale.mul(0);
  return apply('FakeQuantize', [x!, scale, reals], { axis, low: range[0], high: range[1] });
}

/** A scale (or zero point) for each position along `axis`, shaped to broadcast against x. */
function along(scale: Tensor, x: Value, attributes: Attributes): Tensor {
  if (scale.rank === 0 || (scale.rank === 1 && scale.shape[0] === 1)) return scale;
  if (intAttribute(attributes, 'block_size', 0) > 0) {
    throw new GraphError(
      'quantization in blocks has no gradient rule; expected one scale, or one along an axis',
    );
  }
  const axis = intAttribute(attributes, 'axis', 1);
  const from = axis < 0 ? axis + x.shape.length : axis;
  return scale.reshape([-1, ...x.shape.slice(from + 1).map(() => 1)]);
}

function productShape(inputs: readonly (Value | null)[], a: number, b: number): Shape {
  const types = [a, b].map((i) => ({ ...required(inputs, i), dtype: 'float32' as const }));
  return opNamed('MatMul').infer(types, {})[0]!.shape;
}

function convolved(inputs: readonly (Value | null)[], x: number, w: number, attributes: Attributes): Shape {
  const types = [x, w].map((i) => ({ ...required(inputs, i), dtype: 'float32' as const }));
  return opNamed('Conv').infer(types, attributes)[0]!.shape;
}
