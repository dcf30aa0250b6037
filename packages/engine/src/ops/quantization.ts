/**
 * Quantization: reals as small whole numbers times a scale. Its steps have no slope; training looks through them as
 * if they were not there wherever a value is inside the range ("straight-through", Bengio, Léonard and Courville, 2013),
 * and stops at the range's ends.
 */
import { dtypeOfOnnx } from '../dtype.ts';
import { GraphError } from '../errors.ts';
import { type Attributes, intAttribute, type Value } from '../graph.ts';
import type { Shape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { declareOps, opNamed } from './registry.ts';
import { required } from './rules.ts';

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
      const inside = steps
        .greater(range[0] - 0.5)
        .cast(x!.dtype)
        .mul(steps.less(range[1] + 0.5).cast(x!.dtype));
      return [dy!.div(s).mul(inside)];
    },
  },
  DequantizeLinear: {
    infer: (inputs) => [{ dtype: required(inputs, 1).dtype, shape: required(inputs, 0).shape }],
    grad: ({ inputs: [q, scale], attributes }, [dy]) => [dy!.mul(along(scale!, q!, attributes))],
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
