/**
 * `Tensor`: the traced handle that people write models with. Calling a method computes nothing; it adds a node to
 * the graph and returns the value that node will have: `x.matmul(w).add(b).relu()`.
 *
 * Every method is one ONNX op, or a few where ONNX has no single word for it. Numbers where a tensor is
 * expected become a constant of the other operand's dtype.
 */
import { checkChoice, checkOptions } from '@gradus/base';
import { DTYPES, type DType, isFloat } from './dtype.ts';
import { GraphError } from './errors.ts';
import type { Attributes, Node, Origin, Source, Value } from './graph.ts';
import type { HostTensor } from './host.ts';
import { hostTensorOf, isHostTensor, isList, type Numbers, numericArray, shown } from './host-arrays.ts';
import { schemaOf, type ValueType } from './op-schema.ts';
import { type Dim, isStatic, normalizeAxes, type Shape, sameShape, showShape, sizeOf } from './shape.ts';
import {
  type Axes,
  axesArgument,
  permutationArgument,
  requireDType,
  requireOperand,
  shapeArgument,
} from './tensor-arguments.ts';
import { refuseOtherNames } from './tensor-names.ts';

/** A tensor, or numbers that become a constant: 5, [[1, 2], [3, 4]], an array of the host. */
export type TensorLike = Tensor | Numbers | HostTensor;

export interface ResizeOptions {
  readonly mode?: 'nearest' | 'linear' | 'cubic';
  readonly coordinates?: 'half_pixel' | 'asymmetric' | 'align_corners';
  readonly nearest?: 'round_prefer_floor' | 'floor';
}

export class Tensor implements Value {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly source: Source;

  constructor(dtype: DType, shape: Shape, source: Source) {
    this.dtype = dtype;
    this.shape = shape;
    this.source = source;
  }

  get rank(): number {
    return this.shape.length;
  }

  add(other: TensorLike): Tensor {
    return apply('Add', [this, this.#like(other)]);
  }
  sub(other: TensorLike): Tensor {
    return apply('Sub', [this, this.#like(other)]);
  }
  mul(other: TensorLike): Tensor {
    return apply('Mul', [this, this.#like(other)]);
  }
  div(other: TensorLike): Tensor {
    return apply('Div', [this, this.#like(other)]);
  }
  pow(exponent: TensorLike): Tensor {
    return apply('Pow', [this, this.#like(exponent)]);
  }
  /** The larger of two, element by element. The largest along axes is `maximum`. */
  max(other: Tensor | number, ...more: readonly never[]): Tensor {
    requireOperand('max', [other, ...more].map(isOperand));
    return apply('Max', [this, this.#like(other)]);
  }
  /** The smaller of two, element by element. The smallest along axes is `minimum`. */
  min(other: Tensor | number, ...more: readonly never[]): Tensor {
    requireOperand('min', [other, ...more].map(isOperand));
    return apply('Min', [this, this.#like(other)]);
  }
  neg(): Tensor {
    return apply('Neg', [this]);
  }
  abs(): Tensor {
    return apply('Abs', [this]);
  }
  sign(): Tensor {
    return apply('Sign', [this]);
  }
  exp(): Tensor {
    return apply('Exp', [this.#real('exp()')]);
  }
  log(): Tensor {
    return apply('Log', [this.#real('log()')]);
  }
  sqrt(): Tensor {
    return apply('Sqrt', [this.#real('sqrt()')]);
  }
  reciprocal(): Tensor {
    return apply('Reciprocal', [this.#real('reciprocal()')]);
  }
  square(): Tensor {
    return this.mul(this);
  }
  sin(): Tensor {
    return apply('Sin', [this.#real('sin()')]);
  }
  cos(): Tensor {
    return apply('Cos', [this.#real('cos()')]);
  }
  tanh(): Tensor {
    return apply('Tanh', [this.#real('tanh()')]);
  }
  sigmoid(): Tensor {
    return apply('Sigmoid', [this.#real('sigmoid()')]);
  }
  softplus(): Tensor {
    return apply('Softplus', [this.#real('softplus()')]);
  }
  relu(): Tensor {
    return apply('Relu', [this]);
  }
  leakyRelu(slope = 0.01): Tensor {
    return apply('LeakyRelu', [this.#real('leakyRelu()')], { alpha: { float: slope } });
  }
  elu(alpha = 1): Tensor {
    return apply('Elu', [this.#real('elu()')], { alpha: { float: alpha } });
  }
  /** Gaussian error linear unit (Hendrycks and Gimpel, 2016), exact or by the tanh approximation. */
  gelu(approximate: 'none' | 'tanh' = 'none'): Tensor {
    return apply('Gelu', [this.#real('gelu()')], { approximate });
  }
  erf(): Tensor {
    return apply('Erf', [this.#real('erf()')]);
  }
  clip(low: number, high: number): Tensor {
    return apply('Clip', [this, scalar(low, this.dtype), scalar(high, this.dtype)]);
  }

  equal(other: TensorLike): Tensor {
    return apply('Equal', [this, this.#like(other)]);
  }
  less(other: TensorLike): Tensor {
    return apply('Less', [this, this.#like(other)]);
  }
  greater(other: TensorLike): Tensor {
    return apply('Greater', [this, this.#like(other)]);
  }
  /** Where this (a bool tensor) is true, `yes`, else `no`. */
  where(yes: TensorLike, no: TensorLike): Tensor {
    const dtype = [yes, no].find((branch) => branch instanceof Tensor)?.dtype ?? 'float32';
    return apply('Where', [this, asTensor(yes, dtype), asTensor(no, dtype)]);
  }
  cast(dtype: DType): Tensor {
    requireDType(dtype);
    return dtype === this.dtype ? this : apply('Cast', [this], { to: DTYPES[dtype].onnx });
  }

  /** Matrix product over the last two axes, broadcast over the others: [.., m, k] × [.., k, n] -> [.., m, n]. */
  matmul(other: TensorLike): Tensor {
    return apply('MatMul', [this, this.#like(other)]);
  }

  /** The same elements in another shape, `reshape([2, -1])` or `reshape(2, -1)`; one dimension may be −1 and is inferred. */
  reshape(first: Shape | Dim, ...rest: readonly Dim[]): Tensor {
    const shape = shapeArgument('reshape', first, rest);
    if (sameShape(shape, this.shape)) return this;
    // At run time one unknown size can be inferred (−1), and sizes that stay in place can be copied (0).
    let unknown = shape.indexOf(-1);
    const target = shape.map((dim, i) => {
      if (typeof dim === 'number') return dim;
      if (this.shape[i] === dim) return 0;
      if (unknown >= 0) {
        throw new GraphError(
          `reshape ${showShape(this.shape)} to ${showShape(shape)}: more than one size is unknown`,
        );
      }
      unknown = i;
      return -1;
    });
    return apply('Reshape', [this, int64(target)]);
  }
  /** All axes reversed; or in an order, `transpose([0, 2, 1])`; or, of more than two, two swapped: `transpose(1, 2)`. */
  transpose(first: Axes = this.shape.map((_, i) => this.rank - 1 - i), ...rest: readonly number[]): Tensor {
    return apply('Transpose', [this], { perm: permutationArgument('transpose', this.rank, first, rest) });
  }
  /** The axes in an order: `permute(0, 2, 1)` or `permute([0, 2, 1])`. */
  permute(first: Axes, ...rest: readonly number[]): Tensor {
    return apply('Transpose', [this], { perm: permutationArgument('permute', this.rank, first, rest) });
  }
  /** Swaps the last two axes. */
  get T(): Tensor {
    const axes = this.shape.map((_, i) => i);
    return this.transpose([...axes.slice(0, -2), this.rank - 1, this.rank - 2]);
  }
  unsqueeze(...axes: readonly number[] | readonly [readonly number[]]): Tensor {
    return apply('Unsqueeze', [this, int64(axes.flat())]);
  }
  squeeze(...axes: readonly number[] | readonly [readonly number[]]): Tensor {
    return apply('Squeeze', [this, int64(axes.flat())]);
  }
  flatten(axis = 1): Tensor {
    return apply('Flatten', [this], { axis });
  }
  /** Elements `starts[i]` to `ends[i]` (exclusive; may lie past the end) of `axes[i]`, every `steps[i]`-th. */
  slice(
    starts: readonly number[],
    ends: readonly number[],
    axes: readonly number[] = starts.map((_, i) => i),
    steps: readonly number[] = starts.map(() => 1),
  ): Tensor {
    return apply('Slice', [this, int64(starts), int64(ends), int64(axes), int64(steps)]);
  }
  /** The last axes at other sizes, by a mode of ONNX's Resize. */
  resize(sizes: readonly number[], options: ResizeOptions = {}): Tensor {
    checkOptions('resize', options, { mode: true, coordinates: true, nearest: true });
    const { mode = 'linear', coordinates = 'half_pixel', nearest = 'round_prefer_floor' } = options;
    checkChoice('resize', 'mode', mode, ['nearest', 'linear', 'cubic']);
    const kept = this.shape.slice(0, this.rank - sizes.length);
    if (!isStatic(kept)) {
      const axes = sizes.map((_, i) => kept.length + i);
      return apply('Resize', [this, null, null, int64(sizes)], { ...resizing(), axes });
    }
    return apply('Resize', [this, null, null, int64([...kept, ...sizes])], resizing());
    function resizing() {
      return { mode, coordinate_transformation_mode: coordinates, nearest_mode: nearest };
    }
  }
  /** Split along `axis` into tensors of these sizes. */
  split(sizes: readonly number[], axis: number): readonly Tensor[] {
    return sizes.length === 1 ? [this] : applyMany('Split', [this, int64(sizes)], { axis });
  }
  /** Zeros before and after each axis; negative counts cut off. `before` and `after` have one entry an axis. */
  pad(before: readonly number[], after: readonly number[]): Tensor {
    return apply('Pad', [this, int64([...before, ...after])]);
  }
  /** Repeats axes of size 1 (and adds leading ones) to reach `shape`. */
  expand(shape: readonly number[] | Tensor): Tensor {
    return apply('Expand', [this, shape instanceof Tensor ? shape : int64(shape)]);
  }
  tile(repeats: readonly number[]): Tensor {
    return apply('Tile', [this, int64(repeats)]);
  }
  /** The slices along `axis` that `indices` (whole numbers, any shape) name. */
  gather(indices: TensorLike, axis = 0): Tensor {
    return apply('Gather', [this, asTensor(indices, 'int64')], { axis });
  }
  gatherElements(indices: TensorLike, axis = 0): Tensor {
    return apply('GatherElements', [this, asTensor(indices, 'int64')], { axis });
  }
  /** Sizes at run time, as int64 [rank]. */
  shapeTensor(): Tensor {
    return isStatic(this.shape) ? int64(this.shape) : apply('Shape', [this]);
  }

  sum(axes?: Axes, keepdims = false): Tensor {
    return reduce('ReduceSum', this, axesArgument('sum', axes, keepdims), keepdims);
  }
  mean(axes?: Axes, keepdims = false): Tensor {
    return reduce('ReduceMean', this.#real('mean()'), axesArgument('mean', axes, keepdims), keepdims);
  }
  maximum(axes?: Axes, keepdims = false): Tensor {
    return reduce('ReduceMax', this, axesArgument('maximum', axes, keepdims), keepdims);
  }
  minimum(axes?: Axes, keepdims = false): Tensor {
    return reduce('ReduceMin', this, axesArgument('minimum', axes, keepdims), keepdims);
  }
  argmax(axis = -1, keepdims = false): Tensor {
    return apply('ArgMax', [this], { axis, keepdims: Number(keepdims) });
  }
  softmax(axis = -1): Tensor {
    return apply('Softmax', [this.#real('softmax()')], { axis });
  }
  logSoftmax(axis = -1): Tensor {
    return apply('LogSoftmax', [this.#real('logSoftmax()')], { axis });
  }

  #like(other: TensorLike): Tensor {
    return asTensor(other, this.dtype);
  }

  /** For functions of real numbers. @throws GraphError where this holds whole numbers, or truth values */
  #real(method: string): Tensor {
    if (isFloat(this.dtype)) return this;
    throw new GraphError(`${method} is for floats, not ${this.dtype}: write x.cast('float32').${method}`);
  }
}

refuseOtherNames(Tensor.prototype);

const isOperand = (value: unknown): boolean => value instanceof Tensor || typeof value === 'number';

/** A placeholder that is fed when the graph runs. */
export function input(name: string, shape: Shape, dtype: DType = 'float32'): Tensor {
  if (!Array.isArray(shape)) {
    throw new GraphError(
      `input "${name}": write its shape as a list, such as ['batch', 3], not ${shown(shape)}`,
    );
  }
  requireDType(dtype);
  return new Tensor(dtype, shape, { kind: 'input', name });
}

/**
 * A fixed value: a host tensor, or numbers as people write them, which are then float32. With a `name` it is kept as a named
 * initializer when the graph is written to a file.
 */
export function constant(value: HostTensor | Numbers, name?: string, origin?: Origin): Tensor {
  const data = isHostTensor(value) ? value : hostTensorOf(value);
  const size = data.dims.reduce((product, dim) => product * dim, 1);
  if (size !== data.data.length) {
    throw new GraphError(
      `a constant of shape ${showShape(data.dims)} needs ${size} elements, not ${data.data.length}`,
    );
  }
  return new Tensor(data.dtype, data.dims, {
    kind: 'constant',
    data,
    ...(name === undefined ? {} : { name }),
    ...(origin === undefined ? {} : { origin }),
  });
}

export function scalar(value: number, dtype: DType = 'float32'): Tensor {
  return constant({ dtype, dims: [], data: numericArray([value], dtype) });
}

export function int64(values: readonly number[]): Tensor {
  return constant({ dtype: 'int64', dims: [values.length], data: numericArray(values, 'int64') });
}

/**
 * A tensor as it is; numbers as a constant of `dtype`.
 *
 * @throws GraphError where there is neither
 */
export function asTensor(value: TensorLike, dtype: DType): Tensor {
  if (value instanceof Tensor) return value;
  if (typeof value === 'number') return scalar(value, dtype);
  if (isHostTensor(value)) return constant(value);
  if (isList(value) || typeof value === 'bigint' || typeof value === 'boolean')
    return constant(hostTensorOf(value, dtype));
  throw new GraphError(`expected a tensor, a number or a list of numbers, got ${shown(value)}`);
}

/** A constant of `shape` filled with `value`; sizes that are known only at run time are taken from `like`. */
export function full(value: number, like: Tensor): Tensor {
  const filler: HostTensor = { dtype: like.dtype, dims: [1], data: numericArray([value], like.dtype) };
  return apply('ConstantOfShape', [like.shapeTensor()], { value: { tensor: filler } });
}

/** The number of elements along `axes` (all of them by default) as a scalar of x's dtype. */
export function countAlong(x: Tensor, axes: readonly number[] = x.shape.map((_, i) => i)): Tensor {
  const count = sizeOf(axes.map((axis) => x.shape[axis]!));
  if (typeof count === 'number') return scalar(count, x.dtype);
  const sizes = x.shapeTensor().gather(int64(axes));
  return apply('ReduceProd', [sizes], { keepdims: 0 }).cast(x.dtype);
}

export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  return tensors.length === 1 ? tensors[0]! : apply('Concat', tensors, { axis });
}

/** Adds any number of tensors of one shape. */
export function sumOf(tensors: readonly Tensor[]): Tensor {
  return tensors.length === 1
    ? tensors[0]!
    : tensors.length === 2
      ? tensors[0]!.add(tensors[1]!)
      : apply('Sum', tensors);
}

/** Applies an op that has one output. */
export function apply(op: string, inputs: readonly (Tensor | null)[], attributes: Attributes = {}): Tensor {
  return applyMany(op, inputs, attributes)[0]!;
}

/** Applies an op; returns all of its outputs. @throws GraphError naming the op and its input types. */
export function applyMany(
  op: string,
  inputs: readonly (Tensor | null)[],
  attributes: Attributes = {},
): readonly Tensor[] {
  let inferred: readonly ValueType[];
  try {
    inferred = schemaOf(op).infer(inputs, attributes);
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    const types = inputs.map((value) => (value ? `${value.dtype}${showShape(value.shape)}` : '–')).join(', ');
    throw new GraphError(`${op}(${types}): ${error.message}`);
  }
  const outputs: Tensor[] = [];
  const node: Node = { op, inputs, attributes, outputs };
  for (const [index, { dtype, shape }] of inferred.entries()) {
    outputs.push(new Tensor(dtype, shape, { kind: 'node', node, index }));
  }
  return outputs;
}

function reduce(op: string, x: Tensor, axes: readonly number[] | undefined, keepdims: boolean): Tensor {
  const inputs = axes === undefined ? [x] : [x, int64(normalizeAxes(axes, x.rank))];
  return apply(op, inputs, { keepdims: Number(keepdims) });
}
