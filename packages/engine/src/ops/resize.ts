/**
 * Resize: an image (or any array) at other sizes. Along each axis it is a matrix [size out, size in] of the weights of old
 * elements in each new one. All modes of ONNX are such matrices, and so gradients are products with their transposes.
 */
import { GraphError } from '../errors.ts';
import {
  type Attributes,
  floatAttribute,
  intAttribute,
  intsAttribute,
  stringAttribute,
  type Value,
} from '../graph.ts';
import { numericArray } from '../host-arrays.ts';
import { constantNumbers, knownShape } from '../known.ts';
import { type Dim, fresh, isStatic, normalizeAxes, type Shape, showShape, sizeOf } from '../shape.ts';
import { constant, type Tensor } from '../tensor.ts';
import { declareOps } from './registry.ts';
import { required } from './rules.ts';

declareOps({
  Resize: {
    infer: (inputs, attributes) => {
      const x = required(inputs, 0);
      return [{ dtype: x.dtype, shape: axesOf(inputs, attributes).map(({ size }) => size) }];
    },
    grad: ({ inputs, attributes }, [dy]) => {
      const x = inputs[0]!;
      let dx = dy!;
      for (const [axis, { size, scale }] of axesOf(inputs, attributes).entries()) {
        const length = x.shape[axis]!;
        if (size === length && (scale === undefined || scale === 1)) continue;
        if (typeof size !== 'number' || typeof length !== 'number') {
          throw new GraphError(
            `resized axes must have known sizes to differentiate, not ${showShape(x.shape)}`,
          );
        }
        const matrix = weightsOf(length, size, scale ?? size / length, attributes);
        const data = numericArray(matrix, x.dtype);
        dx = alongAxis(dx, constant({ dtype: x.dtype, dims: [size, length], data }), axis);
      }
      return [dx];
    },
  },
});

interface Resized {
  readonly size: Dim;
  readonly scale: number | undefined;
}

/** For each axis its new size, and its scale where the node names scales. */
function axesOf(inputs: readonly (Value | null)[], attributes: Attributes): Resized[] {
  const { shape } = required(inputs, 0);
  const all = shape.map((_, i) => i);
  const axes = normalizeAxes(intsAttribute(attributes, 'axes', all), shape.length);
  const numbersAt = (index: number) => {
    const value = inputs[index];
    const numbers = constantNumbers(value);
    return numbers && numbers.length > 0 ? numbers : undefined;
  };
  const [scales, sizes] = [numbersAt(2), numbersAt(3)];
  const target = inputs[3] ? knownShape(inputs[3]) : undefined;
  return shape.map((length, axis): Resized => {
    const at = axes.indexOf(axis);
    if (at < 0) return { size: length, scale: undefined };
    if (scales) {
      const scale = scales[at]!;
      if (scale === 1) return { size: length, scale };
      return {
        size:
          typeof length === 'number'
            ? Math.floor(length * scale + 1e-9)
            : Number.isInteger(scale)
              ? sizeOf([length, scale])
              : fresh(),
        scale,
      };
    }
    if (!sizes) return { size: target?.[at] ?? fresh(), scale: undefined };
    return { size: kept(shape, axes, sizes, attributes)?.[at] ?? sizes[at]!, scale: undefined };
  });
}

/** Sizes under a policy that keeps the aspect ratio, or undefined where there is none. */
function kept(shape: Shape, axes: readonly number[], sizes: readonly number[], attributes: Attributes) {
  const policy = stringAttribute(attributes, 'keep_aspect_ratio_policy', 'stretch');
  const lengths = axes.map((axis) => shape[axis]!);
  if (policy === 'stretch') return undefined;
  if (!isStatic(lengths)) return lengths.map(fresh);
  const ratios = lengths.map((length, i) => sizes[i]! / (length as number));
  const ratio = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
  return lengths.map((length) => Math.round((length as number) * ratio));
}

/** x times a matrix along `axis`: y_j = Σ_i x_i matrix_ij. */
function alongAxis(x: Tensor, matrix: Tensor, axis: number): Tensor {
  if (axis === x.rank - 1) return x.matmul(matrix);
  const swap = x.shape.map((_, i) => (i === axis ? x.rank - 1 : i === x.rank - 1 ? axis : i));
  return x.transpose(swap).matmul(matrix).transpose(swap);
}

/** The weight of each of `length` elements in each of `size` new ones, [size × length]. */
function weightsOf(length: number, size: number, scale: number, attributes: Attributes): number[] {
  const mode = stringAttribute(attributes, 'mode', 'nearest');
  const matrix = new Array<number>(size * length).fill(0);
  const antialias = intAttribute(attributes, 'antialias', 0) === 1 && scale < 1;
  for (let i = 0; i < size; i++) {
    const at = coordinate(i, length, size, scale, attributes);
    if (mode === 'nearest') {
      const nearest = Math.min(Math.max(ROUNDING[rounding(attributes)]!(at), 0), length - 1);
      matrix[i * length + nearest] = 1;
      continue;
    }
    const width = mode === 'cubic' ? 2 : 1;
    const a = floatAttribute(attributes, 'cubic_coeff_a', -0.75);
    const filter =
      mode === 'cubic' ? (t: number) => cubic(t, a) : (t: number) => Math.max(0, 1 - Math.abs(t));
    const stretch = antialias ? 1 / scale : 1;
    const reach = width * stretch;
    let sum = 0;
    const weights: [number, number][] = [];
    for (let k = Math.floor(at - reach) + (antialias ? 0 : 1); k <= Math.floor(at + reach); k++) {
      const outside = k < 0 || k >= length;
      if (outside && intAttribute(attributes, 'exclude_outside', 0) === 1) continue;
      const weight = filter((k - at) / stretch);
      sum += weight;
      weights.push([Math.min(Math.max(k, 0), length - 1), weight]);
    }
    for (const [k, weight] of weights) matrix[i * length + k]! += weight / sum;
  }
  return matrix;
}

/** Keys' cubic convolution kernel (1981). */
function cubic(t: number, a: number): number {
  const x = Math.abs(t);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? a * (((x - 5) * x + 8) * x - 4) : 0;
}

const rounding = (attributes: Attributes) =>
  stringAttribute(attributes, 'nearest_mode', 'round_prefer_floor') as keyof typeof ROUNDING;

const ROUNDING = {
  round_prefer_floor: (x: number) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x: number) => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** The position of the centre of the new element `i` among the old ones. */
function coordinate(i: number, length: number, size: number, scale: number, attributes: Attributes): number {
  const mode = stringAttribute(attributes, 'coordinate_transformation_mode', 'half_pixel');
  switch (mode) {
    case 'half_pixel':
      return (i + 0.5) / scale - 0.5;
    case 'half_pixel_symmetric': {
      const adjustment = size / (scale * length);
      return (length / 2) * (1 - adjustment) + (i + 0.5) / scale - 0.5;
    }
    case 'pytorch_half_pixel':
      return size > 1 ? (i + 0.5) / scale - 0.5 : 0;
    case 'align_corners':
      return size > 1 ? (i * (length - 1)) / (size - 1) : 0;
    case 'asymmetric':
      return i / scale;
  }
  throw new GraphError(`resizing by "${mode}" has no gradient rule`);
}
