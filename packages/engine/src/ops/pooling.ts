/** Pooling: the largest value, the mean or the p-norm of each window of each channel. */
import { GraphError } from '../errors.ts';
import { type Attributes, intAttribute, intsAttribute } from '../graph.ts';
import { numericArray } from '../host-arrays.ts';
import { isStatic, type Shape, showShape } from '../shape.ts';
import { apply, constant, full, int64, scalar, type Tensor } from '../tensor.ts';
import { declareOps, type Op } from './registry.ts';
import { onlyWhere, required, typeOf } from './rules.ts';
import { type Windows, windowsOf } from './windows.ts';

const windows = (attributes: Attributes, shape: Shape): Windows =>
  windowsOf(attributes, shape, intsAttribute(attributes, 'kernel_shape'));

const infer: Op['infer'] = (inputs, attributes) => {
  const x = required(inputs, 0);
  return [{ dtype: x.dtype, shape: [...x.shape.slice(0, 2), ...windows(attributes, x.shape).places] }];
};

/** Pooling over all of space: [batch, channels, ..] -> [batch, channels, 1, ..]. */
const global = (grad: NonNullable<Op['grad']>): Op => ({
  infer: (inputs) => {
    const { dtype, shape } = typeOf(required(inputs, 0));
    return [{ dtype, shape: shape.map((dim, i) => (i < 2 ? dim : 1)) }];
  },
  grad,
});

declareOps({
  MaxPool: {
    requiredOutputs: 1,
    infer: (inputs, attributes) => {
      const [pooled] = infer(inputs, attributes);
      return [pooled!, { dtype: 'int64', shape: pooled!.shape }];
    },
    grad: ({ inputs: [x], outputs: [y], attributes }, [dy]) => {
      const shape = windows(attributes, x!.shape);
      const rule = isTiled(shape, x!.shape) ? largestOfTiles : largestOfWindows;
      return [rule(x!, y!, dy!, shape)];
    },
  },
  AveragePool: {
    infer,
    grad: ({ inputs: [x], attributes }, [dy]) => {
      const shape = windows(attributes, x!.shape);
      return [toWindows(dy!.div(cellCount(x!, shape, attributes)), shape, x!.shape)];
    },
  },
  LpPool: {
    infer,
    grad: ({ inputs: [x], outputs: [y], attributes }, [dy]) => {
      const p = intAttribute(attributes, 'p', 2);
      const shape = windows(attributes, x!.shape);
      return [toWindows(normFactor(y!, dy!, p), shape, x!.shape).mul(normSlope(x!, p))];
    },
  },
  GlobalMaxPool: global(({ inputs: [x], outputs: [y] }, [dy]) => {
    const reached = x!.equal(y!);
    return [onlyWhere(reached, dy!.div(reached.cast(x!.dtype).sum(spatialAxes(x!), true)))];
  }),
  GlobalAveragePool: global(({ inputs: [x] }, [dy]) => {
    const sizes = x!.shape.slice(2);
    if (!isStatic(sizes)) {
      throw new GraphError(`spatial sizes must be known to differentiate, not ${showShape(x!.shape)}`);
    }
    return [dy!.div(product(sizes)).expand(x!.shapeTensor())];
  }),
  GlobalLpPool: global(({ inputs: [x], outputs: [y], attributes }, [dy]) => {
    const p = intAttribute(attributes, 'p', 2);
    return [normFactor(y!, dy!, p).mul(normSlope(x!, p))];
  }),
});

// ∂(Σ|x|^p)^(1/p) = y^(1−p) · sign(x) |x|^(p−1), and 0 where all of a window is 0.
const normFactor = (y: Tensor, dy: Tensor, p: number) => dy.mul(y.max(1e-30).pow(1 - p));
const normSlope = (x: Tensor, p: number) => (p === 2 ? x : x.sign().mul(x.abs().pow(p - 1)));

/** Whether the windows cover the input without overlap, gap or padding. */
export function isTiled({ kernel, strides, dilations, before, places }: Windows, shape: Shape): boolean {
  return kernel.every(
    (size, i) =>
      strides[i] === size &&
      dilations[i] === 1 &&
      before[i] === 0 &&
      typeof places[i] === 'number' &&
      shape[i + 2] === places[i] * size,
  );
}

/** The gradient of a maximum goes to the elements that reach it, divided equally where several do. */
function largestOfTiles(x: Tensor, y: Tensor, dy: Tensor, { kernel }: Windows): Tensor {
  const reached = x.equal(upsample(y, kernel));
  const mean = apply('AveragePool', [reached.cast(x.dtype)], { kernel_shape: kernel, strides: kernel });
  return onlyWhere(reached, upsample(dy.div(mean.mul(product(kernel))), kernel));
}

function largestOfWindows(x: Tensor, y: Tensor, dy: Tensor, shape: Windows): Tensor {
  const reached = cells(padded(x, shape, -3.4e38), shape).map((cell) => cell.equal(y));
  const each = dy.div(total(reached.map((cell) => cell.cast(x.dtype))));
  return scatter(
    reached.map((cell) => onlyWhere(cell, each)),
    shape,
    x.shape,
  );
}

/** The number of cells of a mean: a number, or [1, 1, ..places] where windows at the border see fewer. */
function cellCount(x: Tensor, shape: Windows, attributes: Attributes): Tensor | number {
  const bordered = [...shape.before, ...shape.after].some(Boolean);
  if (!bordered && intAttribute(attributes, 'ceil_mode', 0) === 0) return product(shape.kernel);
  const one = full(1, x.slice([0, 0], [1, 1], [0, 1]));
  // Padding that counts is part of the input; what ceil_mode adds beyond it never is.
  const counted =
    intAttribute(attributes, 'count_include_pad', 0) === 1
      ? apply('Pad', [one, int64([0, 0, ...shape.before, 0, 0, ...shape.after]), scalar(1, x.dtype)])
      : one.pad([0, 0, ...shape.before], [0, 0, ...shape.after]);
  const missing = roomFor(shape, x.shape).map((size, i) => size - (counted.shape[i + 2] as number));
  return total(cells(counted.pad([0, 0, ...missing.map(() => 0)], [0, 0, ...missing]), shape));
}

/** The gradient of a sum over windows: each value goes to every cell of its window. */
function toWindows(dy: Tensor, shape: Windows, target: Shape): Tensor {
  if (isTiled(shape, target)) return upsample(dy, shape.kernel);
  return scatter(
    offsets(shape.kernel).map(() => dy),
    shape,
    target,
  );
}

/** x with `filler` around it, as far as windows reach. */
function padded(x: Tensor, shape: Windows, filler: number): Tensor {
  const after = roomFor(shape, x.shape).map(
    (size, i) => size - shape.before[i]! - (x.shape[i + 2] as number),
  );
  const pads = [0, 0, ...shape.before, 0, 0, ...after];
  return pads.some(Boolean) ? apply('Pad', [x, int64(pads), scalar(filler, x.dtype)]) : x;
}

/** For each cell of the window, what it sees at every place: tensors of the pooled output's shape. */
function cells(x: Tensor, { kernel, strides, dilations, places }: Windows): Tensor[] {
  return offsets(kernel).map((offset) => {
    const starts = offset.map((k, i) => k * dilations[i]!);
    const ends = starts.map((start, i) => start + ((places[i] as number) - 1) * strides[i]! + 1);
    return x.slice(starts, ends, spatialAxes(x), strides);
  });
}

/** The transpose of `cells` of `padded`: adds what each cell holds where it was seen. */
function scatter(values: readonly Tensor[], shape: Windows, target: Shape): Tensor {
  const { kernel, strides, dilations, before, places } = shape;
  const sizes = roomFor(shape, target);
  const placed = offsets(kernel).map((offset, at) => {
    const low = offset.map((k, i) => k * dilations[i]!);
    const high = low.map((start, i) => sizes[i]! - start - (places[i] as number) * strides[i]!);
    const spaced = strides.reduce((x, stride, i) => interleave(x, i + 2, stride), values[at]!);
    return spaced.pad([0, 0, ...low], [0, 0, ...high]);
  });
  const ends = before.map((start, i) => start + (target[i + 2] as number));
  const sum = total(placed);
  return sum.slice(before, ends, spatialAxes(sum));
}

/** `stride − 1` zeros after each element along `axis`. */
function interleave(x: Tensor, axis: number, stride: number): Tensor {
  if (stride === 1) return x;
  const wide = x.unsqueeze(axis + 1);
  const none = wide.shape.map(() => 0);
  return wide
    .pad(none, none.with(axis + 1, stride - 1))
    .reshape(x.shape.with(axis, (x.shape[axis] as number) * stride));
}

/** Spatial sizes that hold the padded input and every window, each window a whole stride wide. */
function roomFor({ kernel, strides, dilations, before, places }: Windows, target: Shape): number[] {
  return kernel.map((size, i) => {
    const [length, count] = [target[i + 2], places[i]];
    if (typeof length !== 'number' || typeof count !== 'number') {
      throw new GraphError(`spatial sizes must be known to differentiate pooling, not ${showShape(target)}`);
    }
    return Math.max(count * strides[i]! + (size - 1) * dilations[i]!, before[i]! + length);
  });
}

/** All places in a box: [0, 0], [0, 1], … */
function offsets(kernel: readonly number[]): number[][] {
  return kernel.reduce<number[][]>(
    (all, size) => all.flatMap((head) => Array.from({ length: size }, (_, k) => [...head, k])),
    [[]],
  );
}

/** Every element repeated `times[i]` times along spatial axis i. */
function upsample(x: Tensor, times: readonly number[]): Tensor {
  const scales = [1, 1, ...times];
  const factors = constant({
    dtype: 'float32',
    dims: [scales.length],
    data: numericArray(scales, 'float32'),
  });
  return apply('Resize', [x, null, factors], {
    mode: 'nearest',
    coordinate_transformation_mode: 'asymmetric',
    nearest_mode: 'floor',
  });
}

const spatialAxes = (x: Tensor): number[] => x.shape.slice(2).map((_, i) => i + 2);
const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);
const total = (terms: readonly Tensor[]): Tensor => terms.reduce((sum, term) => sum.add(term));
