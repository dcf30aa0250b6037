/** Ops that move elements without computing with them: reshape, transpose, join, cut, pad, repeat, look up. */
import { GraphError } from '../errors.ts';
import { type Attributes, intAttribute, intsAttribute, stringAttribute, type Value } from '../graph.ts';
import {
  broadcastShapes,
  type Dim,
  isStatic,
  normalizeAxes,
  plus,
  quotient,
  type Shape,
  showShape,
  sizeOf,
} from '../shape.ts';
import {
  apply,
  applyMany,
  concat,
  constantNumbers,
  full,
  int64,
  type Tensor,
  unbroadcast,
} from '../tensor.ts';
import { declareOps } from './registry.ts';
import { required, sameDType } from './rules.ts';

declareOps({
  Reshape: {
    infer: (inputs, attributes) => {
      const x = required(inputs, 0);
      const target = requiredShape(inputs, 1);
      return [{ dtype: x.dtype, shape: reshaped(x.shape, target, intAttribute(attributes, 'allowzero', 0)) }];
    },
    grad: backToInput,
  },
  Flatten: {
    infer: (inputs, attributes) => {
      const x = required(inputs, 0);
      const [axis] = normalizeAxes([intAttribute(attributes, 'axis', 1)], x.shape.length + 1);
      return [{ dtype: x.dtype, shape: [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))] }];
    },
    grad: backToInput,
  },
  Squeeze: {
    infer: (inputs) => {
      const x = required(inputs, 0);
      const given = constantNumbers(inputs[1]) ?? x.shape.flatMap((dim, i) => (dim === 1 ? [i] : []));
      const axes = normalizeAxes(given, x.shape.length);
      const wide = axes.find((axis) => typeof x.shape[axis] === 'number' && x.shape[axis] !== 1);
      if (wide !== undefined) throw new GraphError(`axis ${wide} of ${showShape(x.shape)} is not of size 1`);
      return [{ dtype: x.dtype, shape: x.shape.filter((_, i) => !axes.includes(i)) }];
    },
    grad: backToInput,
  },
  Unsqueeze: {
    infer: (inputs) => {
      const x = required(inputs, 0);
      const given = requiredNumbers(inputs, 1, 'axes');
      const axes = normalizeAxes(given, x.shape.length + given.length);
      const kept = [...x.shape];
      const rank = x.shape.length + axes.length;
      return [
        {
          dtype: x.dtype,
          shape: Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : kept.shift()!)),
        },
      ];
    },
    grad: backToInput,
  },
  Transpose: {
    infer: (inputs, attributes) => {
      const x = required(inputs, 0);
      return [{ dtype: x.dtype, shape: permutation(x, attributes).map((axis) => x.shape[axis]!) }];
    },
    grad: ({ inputs: [x], attributes }, [dy]) => {
      const forward = permutation(x!, attributes);
      return [dy!.transpose(forward.map((_, i) => forward.indexOf(i)))];
    },
  },

  Concat: {
    infer: (inputs, attributes) => {
      const first = required(inputs, 0);
      const axis = axisOf(attributes, first.shape.length);
      for (const value of inputs) {
        const fits =
          value?.shape.length === first.shape.length &&
          value.shape.every(
            (dim, i) => i === axis || dim === first.shape[i] || typeof dim !== typeof first.shape[i],
          );
        if (!fits) throw new GraphError(`shapes differ outside axis ${axis}`);
      }
      const joined: Shape = inputs.map((value) => value!.shape[axis]!);
      const total = isStatic(joined) ? joined.reduce((a, b) => a + b, 0) : joined.join('+');
      return [{ dtype: sameDType(inputs), shape: first.shape.map((dim, i) => (i === axis ? total : dim)) }];
    },
    grad: ({ inputs, attributes }, [dy]) => {
      const axis = axisOf(attributes, dy!.rank);
      const sizes = inputs.map((x) => x.shape[axis]!);
      if (!isStatic(sizes)) throw new GraphError('joined sizes must be known to differentiate Concat');
      if (sizes.length === 1) return [dy!];
      return applyMany('Split', [dy!, int64(sizes)], { axis });
    },
  },
  Split: {
    infer: (inputs, attributes) => {
      const x = required(inputs, 0);
      const axis = axisOf(attributes, x.shape.length, 0);
      return splitSizes(inputs, attributes, x.shape[axis]!).map((size) => ({
        dtype: x.dtype,
        shape: x.shape.map((dim, i) => (i === axis ? size : dim)),
      }));
    },
    grad: ({ inputs: [x], outputs, attributes }, dy) => [
      concat(
        outputs.map((part, i) => dy[i] ?? full(0, part)),
        axisOf(attributes, x!.rank, 0),
      ),
    ],
  },
  Slice: {
    infer: (inputs) => {
      const x = required(inputs, 0);
      const cuts = sliceCuts(inputs);
      return [
        {
          dtype: x.dtype,
          shape: x.shape.map((dim, i) => (cuts ? (cuts.get(i)?.size ?? dim) : `cut of ${dim}`)),
        },
      ];
    },
    grad: ({ inputs }, [dy]) => {
      const x = inputs[0]!;
      const cuts = sliceCuts(inputs);
      if (!cuts) throw new GraphError('where a slice starts and ends must be constant to differentiate it');
      const before = x.shape.map(() => 0);
      const after = x.shape.map(() => 0);
      let dx = dy!;
      for (const [axis, { start, step, size, length }] of cuts) {
        if (typeof size !== 'number' || typeof length !== 'number') {
          throw new GraphError(
            `axis ${axis} of ${showShape(x.shape)} must have a known size to differentiate Slice`,
          );
        }
        if (step === 1) {
          before[axis] = start;
          after[axis] = length - start - size;
        } else {
          const positions = int64(Array.from({ length: size }, (_, i) => start + i * step));
          dx = scatterAdd(dx, positions, axis, length);
        }
      }
      return [before.some(Boolean) || after.some(Boolean) ? dx.pad(before, after) : dx];
    },
  },
  Pad: {
    infer: (inputs, attributes) => {
      const x = required(inputs, 0);
      const { before, after } = padding(inputs, x.shape.length);
      if (attributes.mode !== undefined && typeof attributes.mode !== 'string') {
        throw new GraphError('attribute "mode" is not a text');
      }
      return [{ dtype: x.dtype, shape: x.shape.map((dim, i) => plus(dim, before[i]! + after[i]!)) }];
    },
    grad: ({ inputs, attributes }, [dy]) => {
      if ((attributes.mode ?? 'constant') !== 'constant') {
        throw new GraphError(`padding by "${attributes.mode}" has no gradient rule; expected "constant"`);
      }
      const { before, after } = padding(inputs, dy!.rank);
      return [
        dy!.pad(
          before.map((n) => -n),
          after.map((n) => -n),
        ),
      ];
    },
  },
  Expand: {
    infer: (inputs) => {
      const x = required(inputs, 0);
      return [{ dtype: x.dtype, shape: broadcastShapes(x.shape, requiredShape(inputs, 1)) }];
    },
    grad: ({ inputs: [x] }, [dy]) => [unbroadcast(dy!, x!)],
  },
  Tile: {
    infer: (inputs) => {
      const x = required(inputs, 0);
      const repeats = requiredNumbers(inputs, 1, 'repeats');
      return [{ dtype: x.dtype, shape: x.shape.map((dim, i) => sizeOf([dim, repeats[i]!])) }];
    },
    grad: ({ inputs }, [dy]) => {
      const repeats = requiredNumbers(inputs, 1, 'repeats');
      const unfolded = inputs[0]!.shape.flatMap((dim, i) => [repeats[i]!, dim]);
      return [dy!.reshape(unfolded).sum(repeats.map((_, i) => 2 * i))];
    },
  },

  /** [batch, block² × channels, height, width] -> [batch, channels, block × height, block × width] */
  DepthToSpace: {
    infer: (inputs, attributes) => {
      const { dtype, shape } = required(inputs, 0);
      const block = intAttribute(attributes, 'blocksize');
      const channels = quotient([shape[1]!], [block * block]);
      if (shape.length !== 4 || channels === undefined) {
        throw new GraphError(`${showShape(shape)} does not spread over blocks of ${block} × ${block}`);
      }
      const [height, width] = [sizeOf([shape[2]!, block]), sizeOf([shape[3]!, block])];
      return [{ dtype, shape: [shape[0]!, channels, height, width] }];
    },
    grad: ({ inputs: [x], attributes }, [dy]) => {
      const blocksize = intAttribute(attributes, 'blocksize');
      const gathered = apply('SpaceToDepth', [dy!], { blocksize });
      if (stringAttribute(attributes, 'mode', 'DCR') === 'DCR') return [gathered];
      const [batch, channels] = dy!.shape;
      const cells = blocksize * blocksize;
      const [, , rows, columns] = x!.shape;
      return [
        gathered
          .reshape([batch!, cells, channels!, rows!, columns!])
          .transpose([0, 2, 1, 3, 4])
          .reshape(x!.shape),
      ];
    },
  },
  SpaceToDepth: {
    infer: (inputs, attributes) => {
      const { dtype, shape } = required(inputs, 0);
      const block = intAttribute(attributes, 'blocksize');
      const [height, width] = shape.slice(2).map((size) => quotient([size], [block]));
      if (shape.length !== 4 || height === undefined || width === undefined) {
        throw new GraphError(`${showShape(shape)} does not split into blocks of ${block} × ${block}`);
      }
      return [{ dtype, shape: [shape[0]!, sizeOf([shape[1]!, block * block]), height, width] }];
    },
    grad: ({ attributes }, [dy]) => [
      apply('DepthToSpace', [dy!], { blocksize: intAttribute(attributes, 'blocksize'), mode: 'DCR' }),
    ],
  },
  Gather: {
    infer: (inputs, attributes) => {
      const [x, indices] = [required(inputs, 0), required(inputs, 1)];
      const axis = axisOf(attributes, x.shape.length, 0);
      return [
        { dtype: x.dtype, shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)] },
      ];
    },
    grad: ({ inputs: [x, indices], attributes }, [dy]) => {
      const axis = axisOf(attributes, x!.rank, 0);
      const length = x!.shape[axis]!;
      if (typeof length !== 'number') throw new GraphError('a looked-up axis must have a known size');
      const count = sizeOf(indices!.shape);
      const flat = dy!.reshape([...x!.shape.slice(0, axis), count, ...x!.shape.slice(axis + 1)]);
      return [scatterAdd(flat, indices!.reshape([count]), axis, length)];
    },
  },
  GatherElements: {
    infer: (inputs) => [{ dtype: required(inputs, 0).dtype, shape: required(inputs, 1).shape }],
    grad: ({ inputs: [x, indices], attributes }, [dy]) => [
      apply('ScatterElements', [full(0, x!), indices!, dy!], {
        axis: axisOf(attributes, x!.rank, 0),
        reduction: 'add',
      }),
    ],
  },
  ScatterElements: {
    infer: (inputs) => [{ dtype: required(inputs, 0).dtype, shape: required(inputs, 0).shape }],
    grad: ({ inputs: [, indices], attributes }, [dy]) => {
      requireAdd(attributes);
      return [dy!, undefined, dy!.gatherElements(indices!, axisOf(attributes, dy!.rank, 0))];
    },
  },
  ScatterND: {
    infer: (inputs) => [{ dtype: required(inputs, 0).dtype, shape: required(inputs, 0).shape }],
    grad: ({ inputs: [, indices], attributes }, [dy]) => {
      requireAdd(attributes);
      return [dy!, undefined, apply('GatherND', [dy!, indices!])];
    },
  },
  GatherND: {
    infer: (inputs) => {
      const [x, indices] = [required(inputs, 0), required(inputs, 1)];
      const depth = indices.shape.at(-1);
      if (typeof depth !== 'number')
        throw new GraphError('the last axis of the indices must have a known size');
      return [{ dtype: x.dtype, shape: [...indices.shape.slice(0, -1), ...x.shape.slice(depth)] }];
    },
    grad: ({ inputs: [x, indices] }, [dy]) => {
      const depth = indices!.shape.at(-1) as number;
      const lead: Shape = x!.shape.slice(0, depth);
      if (!isStatic(lead)) throw new GraphError('looked-up axes must have known sizes');
      // The looked-up axes as one: its positions are the indices weighed by how far apart they lie.
      const strides = lead.map((_, i) => lead.slice(i + 1).reduce((a, b) => a * b, 1));
      const count = sizeOf(indices!.shape.slice(0, -1));
      const positions = indices!.mul(int64(strides)).sum([-1]).reshape([count]);
      const rest = x!.shape.slice(depth);
      const length = lead.reduce((a, b) => a * b, 1);
      return [scatterAdd(dy!.reshape([count, ...rest]), positions, 0, length).reshape(x!.shape)];
    },
  },
  OneHot: {
    infer: (inputs, attributes) => {
      const [indices, values] = [required(inputs, 0), required(inputs, 2)];
      const [depth] = requiredNumbers(inputs, 1, 'depth');
      const [axis] = normalizeAxes([intAttribute(attributes, 'axis', -1)], indices.shape.length + 1);
      return [{ dtype: values.dtype, shape: indices.shape.toSpliced(axis!, 0, depth!) }];
    },
  },

  Shape: { infer: (inputs) => [{ dtype: 'int64', shape: [required(inputs, 0).shape.length] }] },
  ConstantOfShape: {
    infer: (inputs, attributes) => {
      const filler = attributes.value;
      const dtype = typeof filler === 'object' && 'tensor' in filler ? filler.tensor.dtype : 'float32';
      return [{ dtype, shape: requiredShape(inputs, 0) }];
    },
  },
});

/** The gradient of an op that only renames positions: the same elements in the input's shape. */
function backToInput({ inputs: [x] }: { inputs: readonly Tensor[] }, [dy]: readonly (Tensor | undefined)[]) {
  const unknown = x!.shape.filter((dim) => typeof dim === 'string').length;
  return [unknown < 2 ? dy!.reshape(x!.shape) : apply('Reshape', [dy!, x!.shapeTensor()])];
}

/**
 * Adds the slices of `updates` along `axis` into zeros of size `length` on that axis, at `positions` [n]; slices
 * that share a position add up.
 *
 * By ScatterElements, which ONNX Runtime does in order. Its ScatterND splits the updates among threads that add to
 * the same element at once: sums came out different from run to run.
 */
function scatterAdd(updates: Tensor, positions: Tensor, axis: number, length: number): Tensor {
  const onAxis = updates.shape.map((dim, i) => (i === axis ? dim : 1));
  const everywhere = positions.reshape(onAxis).expand(updates.shapeTensor());
  const shape = updates.shape.with(axis, length);
  const zeros = apply(
    'ConstantOfShape',
    [isStatic(shape) ? int64(shape) : sizes(updates, axis, length)],
    zeroOf(updates),
  );
  return apply('ScatterElements', [zeros, everywhere, updates], { axis, reduction: 'add' });
}

/** The shape of x with another length on one axis, at run time. */
function sizes(x: Tensor, axis: number, length: number): Tensor {
  const own = x.shapeTensor();
  const parts = [own.slice([0], [axis]), int64([length]), own.slice([axis + 1], [x.rank])];
  return concat(
    parts.filter(({ shape }) => shape[0] !== 0),
    0,
  );
}

const zeroOf = (like: Tensor): Attributes => ({
  value: {
    tensor: {
      dtype: like.dtype,
      dims: [1],
      data: like.dtype === 'float64' ? new Float64Array(1) : new Float32Array(1),
    },
  },
});

function requireAdd(attributes: Attributes): void {
  if (attributes.reduction !== 'add') {
    throw new GraphError(
      `scattering by "${attributes.reduction ?? 'none'}" has no gradient rule; expected "add"`,
    );
  }
}

function reshaped(from: Shape, target: Shape, allowZero: number): Shape {
  const shape = target.map((dim, i) => (dim === 0 && !allowZero ? from[i]! : dim));
  const unknown = shape.indexOf(-1);
  if (unknown >= 0) {
    const known = shape.filter((_, i) => i !== unknown);
    const rest = quotient(from, known);
    if (rest === undefined && isStatic(from) && isStatic(known)) {
      throw new GraphError(`cannot reshape ${showShape(from)} to ${showShape(target)}`);
    }
    shape[unknown] = rest ?? `${showShape(from)}/${showShape(known)}`;
  } else if (isStatic(from) && isStatic(shape) && sizeOf(from) !== sizeOf(shape)) {
    throw new GraphError(`cannot reshape ${showShape(from)} to ${showShape(target)}`);
  }
  return shape;
}

function permutation(x: Value, attributes: Attributes): number[] {
  const reversed = x.shape.map((_, i) => x.shape.length - 1 - i);
  const axes = normalizeAxes(intsAttribute(attributes, 'perm', reversed), x.shape.length);
  if (new Set(axes).size !== x.shape.length) {
    throw new GraphError(`[${axes}] does not name each axis of ${showShape(x.shape)} once`);
  }
  return axes;
}

function axisOf(attributes: Attributes, rank: number, fallback?: number): number {
  return normalizeAxes([intAttribute(attributes, 'axis', fallback)], rank)[0]!;
}

function splitSizes(inputs: readonly (Value | null)[], attributes: Attributes, whole: Dim): number[] {
  const sizes = constantNumbers(inputs[1]);
  if (sizes) return sizes;
  const parts = intAttribute(attributes, 'num_outputs');
  if (typeof whole !== 'number') throw new GraphError('a split axis must have a known size');
  const chunk = Math.ceil(whole / parts);
  return Array.from({ length: parts }, (_, i) => Math.min(chunk, whole - i * chunk));
}

interface Cut {
  readonly start: number;
  readonly step: number;
  readonly size: Dim;
  /** Of the axis that is cut. */
  readonly length: Dim;
}

/** An end beyond any axis. */
const ENDLESS = 2 ** 31 - 1;

/** What Slice takes from each axis it names, or undefined where starts or ends are computed when the graph runs. */
function sliceCuts(inputs: readonly (Value | null)[]): Map<number, Cut> | undefined {
  const { shape } = required(inputs, 0);
  const starts = constantNumbers(inputs[1]);
  const ends = constantNumbers(inputs[2]);
  if (!starts || !ends) return undefined;
  const axes = normalizeAxes(constantNumbers(inputs[3]) ?? starts.map((_, i) => i), shape.length);
  const steps = constantNumbers(inputs[4]) ?? starts.map(() => 1);
  const cuts = new Map<number, Cut>();
  for (const [k, axis] of axes.entries()) {
    const length = shape[axis]!;
    const [start, end, step] = [starts[k]!, ends[k]!, steps[k]!];
    if (typeof length !== 'number') {
      const toEnd = end >= ENDLESS;
      if (step !== 1 || start < 0 || !(toEnd || end < 0)) {
        throw new GraphError(`axis ${axis} of ${showShape(shape)} must have a known size for this slice`);
      }
      cuts.set(axis, { start, step, size: plus(length, (toEnd ? 0 : end) - start), length });
      continue;
    }
    const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
    const bound = (at: number) => Math.min(Math.max(at < 0 ? at + length : at, low), high);
    const from = bound(start);
    cuts.set(axis, { start: from, step, size: Math.max(0, Math.ceil((bound(end) - from) / step)), length });
  }
  return cuts;
}

function padding(inputs: readonly (Value | null)[], rank: number): { before: number[]; after: number[] } {
  const pads = requiredNumbers(inputs, 1, 'pads');
  const axes = normalizeAxes(constantNumbers(inputs[3]) ?? Array.from({ length: rank }, (_, i) => i), rank);
  if (pads.length !== 2 * axes.length)
    throw new GraphError(`expected ${2 * axes.length} pads, got ${pads.length}`);
  const before = new Array<number>(rank).fill(0);
  const after = new Array<number>(rank).fill(0);
  for (const [k, axis] of axes.entries()) {
    before[axis] = pads[k]!;
    after[axis] = pads[k + axes.length]!;
  }
  return { before, after };
}

function requiredNumbers(inputs: readonly (Value | null)[], index: number, what: string): number[] {
  const numbers = constantNumbers(required(inputs, index));
  if (!numbers) throw new GraphError(`the ${what} must be constant`);
  return numbers;
}

/** The sizes that a shape input stands for: a constant, or the Shape of another value. */
function requiredShape(inputs: readonly (Value | null)[], index: number): Shape {
  const value = required(inputs, index);
  const numbers = constantNumbers(value);
  if (numbers) return numbers;
  if (value.source.kind === 'node' && value.source.node.op === 'Shape')
    return value.source.node.inputs[0]!.shape;
  const [rank] = value.shape;
  if (typeof rank !== 'number') throw new GraphError('the rank of the shape must be known');
  return Array.from({ length: rank }, (_, i) => `size ${i}`);
}
