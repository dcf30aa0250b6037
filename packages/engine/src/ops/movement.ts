/** Ops that move elements without computing with them: reshape, transpose, join, cut, pad, repeat, look up. */
import { GraphError } from '../errors.ts';
import { type Attributes, intAttribute, intsAttribute, stringAttribute, type Value } from '../graph.ts';
import { constantNumbers, known, knownShape } from '../known.ts';
import {
  broadcastShapes,
  type Dim,
  fresh,
  isStatic,
  mayEqual,
  normalizeAxes,
  plus,
  quotient,
  type Shape,
  showShape,
  sizeOf,
  total,
} from '../shape.ts';
import { apply, applyMany, concat, full, int64, type Tensor, unbroadcast } from '../tensor.ts';
import { declareOps } from './registry.ts';
import { noGradient, required, sameDType, typeOf } from './rules.ts';

declareOps({
  Reshape: {
    infer: (inputs, attributes) => {
      const x = required(inputs, 0);
      const target = shapeInput(inputs, 1);
      return [{ dtype: x.dtype, shape: reshaped(x.shape, target, intAttribute(attributes, 'allowzero', 0)) }];
    },
    grad: backToInput,
  },
  Flatten: {
    infer: (inputs, attributes) => {
      const x = required(inputs, 0);
      // The axis may also lie behind the last; counted from the back, −1 is the last itself.
      const at = intAttribute(attributes, 'axis', 1);
      const [axis] = at === x.shape.length ? [at] : normalizeAxes([at], x.shape.length);
      return [{ dtype: x.dtype, shape: [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))] }];
    },
    grad: backToInput,
  },
  Squeeze: {
    infer: (inputs) => {
      const x = required(inputs, 0);
      const given = constantNumbers(inputs[1]);
      if (!given && inputs[1])
        return [{ dtype: x.dtype, shape: freshShape(x.shape.length - countOf(inputs[1])) }];
      const axes = normalizeAxes(
        given ?? x.shape.flatMap((dim, i) => (dim === 1 ? [i] : [])),
        x.shape.length,
      );
      const wide = axes.find((axis) => typeof x.shape[axis] === 'number' && x.shape[axis] !== 1);
      if (wide !== undefined) throw new GraphError(`axis ${wide} of ${showShape(x.shape)} is not of size 1`);
      return [{ dtype: x.dtype, shape: x.shape.filter((_, i) => !axes.includes(i)) }];
    },
    grad: backToInput,
  },
  Unsqueeze: {
    infer: (inputs) => {
      const x = required(inputs, 0);
      const given = constantNumbers(required(inputs, 1));
      if (!given) return [{ dtype: x.dtype, shape: freshShape(x.shape.length + countOf(inputs[1]!)) }];
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
          value.shape.every((dim, i) => i === axis || mayEqual(dim, first.shape[i]!));
        if (!fits) throw new GraphError(`shapes differ outside axis ${axis}`);
      }
      const shape = first.shape.map((dim, i) => {
        const sizes = inputs.map((value) => value!.shape[i]!);
        // Where one of them is known to be a number, all are.
        return i === axis ? total(sizes) : (sizes.find((size) => typeof size === 'number') ?? dim);
      });
      return [{ dtype: sameDType(inputs), shape }];
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
      const axes = slicedAxes(inputs);
      const cuts = sliceCuts(inputs);
      return [
        {
          dtype: x.dtype,
          shape: x.shape.map((dim, i) =>
            cuts ? (cuts.get(i)?.size ?? dim) : axes.includes(i) ? fresh() : dim,
          ),
        },
      ];
    },
    grad: ({ inputs }, [dy]) => {
      const x = inputs[0]!;
      const cuts = sliceCuts(inputs);
      if (!cuts) throw new GraphError('where a slice starts and ends must be known to differentiate it');
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
      stringAttribute(attributes, 'mode', 'constant');
      const pads = padding(inputs, x.shape.length);
      if (!pads) return [{ dtype: x.dtype, shape: freshShape(x.shape.length) }];
      const { before, after } = pads;
      return [{ dtype: x.dtype, shape: x.shape.map((dim, i) => plus(dim, before[i]! + after[i]!)) }];
    },
    grad: ({ inputs, attributes }, [dy]) => {
      const x = inputs[0]!;
      const pads = padding(inputs, x.rank);
      if (!pads) throw new GraphError('the pads must be known to differentiate Pad');
      const mode = stringAttribute(attributes, 'mode', 'constant');
      if (mode !== 'constant') return [unpadded(dy!, x.shape, pads, mode)];
      return [
        dy!.pad(
          pads.before.map((n) => -n),
          pads.after.map((n) => -n),
        ),
      ];
    },
  },
  Expand: {
    infer: (inputs) => {
      const x = required(inputs, 0);
      return [{ dtype: x.dtype, shape: broadcastShapes(x.shape, shapeInput(inputs, 1)) }];
    },
    grad: ({ inputs: [x] }, [dy]) => [unbroadcast(dy!, x!)],
  },
  Tile: {
    infer: (inputs) => {
      const x = required(inputs, 0);
      const repeats = known(required(inputs, 1));
      return [
        {
          dtype: x.dtype,
          shape: x.shape.map((dim, i) => (repeats?.[i] === undefined ? fresh() : sizeOf([dim, repeats[i]]))),
        },
      ];
    },
    grad: ({ inputs }, [dy]) => {
      const repeats = constantNumbers(inputs[1]);
      if (!repeats) throw new GraphError('the repeats must be known to differentiate Tile');
      const unfolded = inputs[0]!.shape.flatMap((dim, i) => [repeats[i]!, dim]);
      return [dy!.reshape(unfolded).sum(repeats.map((_, i) => 2 * i))];
    },
  },

  /** [batch, block² × channels, height, width] -> [batch, channels, block × height, block × width] */
  DepthToSpace: {
    infer: (inputs, attributes) => {
      const { dtype, shape } = required(inputs, 0);
      const block = intAttribute(attributes, 'blocksize');
      const channels = parts(shape[1], block * block);
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
      const [height, width] = shape.slice(2).map((size) => parts(size, block));
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
  // What was there before stays, or makes way for the update; of several updates by "none" any may be the last.
  ScatterElements: {
    infer: inferScatter,
    grad: ({ inputs: [, indices], attributes }, [dy]) => {
      const axis = axisOf(attributes, dy!.rank, 0);
      const kept = (zeros: Tensor) => apply('ScatterElements', [dy!, indices!, zeros], { axis });
      const du = dy!.gatherElements(indices!, axis);
      return [scattersBy(attributes) === 'add' ? dy! : kept(full(0, du)), undefined, du];
    },
  },
  ScatterND: {
    infer: inferScatter,
    grad: ({ inputs: [, indices], attributes }, [dy]) => {
      const du = apply('GatherND', [dy!, indices!]);
      const kept = (zeros: Tensor) => apply('ScatterND', [dy!, indices!, zeros]);
      return [scattersBy(attributes) === 'add' ? dy! : kept(full(0, du)), undefined, du];
    },
  },
  GatherND: {
    infer: (inputs, attributes) => {
      const [x, indices] = [required(inputs, 0), required(inputs, 1)];
      const depth = indices.shape.at(-1);
      const batch = intAttribute(attributes, 'batch_dims', 0);
      if (typeof depth !== 'number')
        throw new GraphError('the last axis of the indices must have a known size');
      return [{ dtype: x.dtype, shape: [...indices.shape.slice(0, -1), ...x.shape.slice(batch + depth)] }];
    },
    grad: ({ inputs: [x, indices], attributes }, [dy]) => {
      if (intAttribute(attributes, 'batch_dims', 0) > 0) {
        throw new GraphError(
          'looking up within a batch (batch_dims) has no gradient rule; expected batch_dims 0',
        );
      }
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
      const depth = known(required(inputs, 1))?.[0] ?? fresh();
      const [axis] = normalizeAxes([intAttribute(attributes, 'axis', -1)], indices.shape.length + 1);
      return [{ dtype: values.dtype, shape: indices.shape.toSpliced(axis!, 0, depth) }];
    },
  },

  /** Turns the first `lengths[i]` elements of each sample i around; applied twice it changes nothing. */
  ReverseSequence: {
    infer: (inputs) => [typeOf(required(inputs, 0))],
    grad: ({ inputs: [, lengths], attributes }, [dy]) => [
      apply('ReverseSequence', [dy!, lengths!], attributes),
    ],
  },
  /** Cuts off or pads with zeros, evenly on both sides, to a given size. */
  CenterCropPad: {
    infer: (inputs, attributes) => {
      const x = required(inputs, 0);
      const axes = normalizeAxes(
        intsAttribute(
          attributes,
          'axes',
          x.shape.map((_, i) => i),
        ),
        x.shape.length,
      );
      const target = shapeInput(inputs, 1);
      const shape = x.shape.map((dim, i) => (axes.includes(i) ? target[axes.indexOf(i)]! : dim));
      return [{ dtype: x.dtype, shape }];
    },
    expand: ([x, target], attributes) => {
      const axes = normalizeAxes(
        intsAttribute(
          attributes,
          'axes',
          x!.shape.map((_, i) => i),
        ),
        x!.rank,
      );
      const sizes = constantNumbers(target);
      const before = x!.shape.map(() => 0);
      const after = x!.shape.map(() => 0);
      for (const [k, axis] of axes.entries()) {
        const length = x!.shape[axis];
        if (!sizes || typeof length !== 'number') {
          throw new GraphError('sizes must be known to differentiate CenterCropPad');
        }
        const more = sizes[k]! - length;
        // Of an odd number, one more is added after, one less cut off before.
        before[axis] = Math.trunc(more / 2);
        after[axis] = more - before[axis];
      }
      return [x!.pad(before, after)];
    },
  },
  /** A triangle of each matrix, zeros elsewhere. */
  Trilu: {
    infer: (inputs) => {
      const x = required(inputs, 0);
      if (x.shape.length < 2) throw new GraphError('expected matrices');
      return [typeOf(x)];
    },
    grad: ({ inputs: [, k], attributes }, [dy]) => [apply('Trilu', k ? [dy!, k] : [dy!], attributes)],
  },
  /** A cache with new entries written at given places along an axis. */
  TensorScatter: { since: 24, infer: (inputs) => [typeOf(required(inputs, 0))], grad: noGradient },

  Shape: {
    infer: (inputs, { start, end }) => [
      {
        dtype: 'int64',
        shape: [required(inputs, 0).shape.slice((start ?? 0) as number, end as number | undefined).length],
      },
    ],
  },
  Size: {
    infer: (inputs) => {
      required(inputs, 0);
      return [{ dtype: 'int64', shape: [] }];
    },
  },
  ConstantOfShape: {
    infer: (inputs, attributes) => {
      const filler = attributes.value;
      const dtype = typeof filler === 'object' && 'tensor' in filler ? filler.tensor.dtype : 'float32';
      return [{ dtype, shape: shapeInput(inputs, 0) }];
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

function scattersBy(attributes: Attributes): string {
  const reduction = stringAttribute(attributes, 'reduction', 'none');
  if (reduction === 'add' || reduction === 'none') return reduction;
  throw new GraphError(`scattering by "${reduction}" has no gradient rule; expected "add" or "none"`);
}

function inferScatter(inputs: readonly (Value | null)[]) {
  required(inputs, 2);
  return [typeOf(required(inputs, 0))];
}

/** The gradient of padding by copies: each copy's is added to that of the element it is of. */
function unpadded(dy: Tensor, shape: Shape, { before, after }: Padding, mode: string): Tensor {
  const source = PAD_SOURCES[mode];
  if (!source) throw new GraphError(`padding by "${mode}" has no gradient rule`);
  let dx = dy;
  for (const [axis, length] of shape.entries()) {
    if (before[axis] === 0 && after[axis] === 0) continue;
    if (typeof length !== 'number') {
      throw new GraphError(`axis ${axis} of ${showShape(shape)} must have a known size to differentiate Pad`);
    }
    const padded = before[axis]! + length + after[axis]!;
    const from = Array.from({ length: padded }, (_, i) => source(i - before[axis]!, length));
    dx = scatterAdd(dx, int64(from), axis, length);
  }
  return dx;
}

const wrapped = (at: number, length: number): number => ((at % length) + length) % length;

/** Which element of an axis of `length` stands at position `at`, which may lie outside. */
const PAD_SOURCES: Readonly<Record<string, (at: number, length: number) => number>> = {
  edge: (at, length) => Math.min(Math.max(at, 0), length - 1),
  wrap: wrapped,
  // There and back again: a period of 2 (length − 1), the ends once each.
  reflect: (at, length) => {
    const turn = length > 1 ? wrapped(at, 2 * (length - 1)) : 0;
    return turn < length ? turn : 2 * (length - 1) - turn;
  },
};

/** How many parts of a size there are: undefined where it does not split, a new size where only the run tells. */
const parts = (whole: Dim | undefined, size: number): Dim | undefined =>
  whole === undefined
    ? undefined
    : (quotient([whole], [size]) ?? (typeof whole === 'string' ? fresh() : undefined));

const freshShape = (rank: number): Shape => Array.from({ length: rank }, fresh);

/** How many elements a vector has, one for each axis or part. */
function countOf({ shape }: Value): number {
  const [count = 1] = shape;
  if (typeof count === 'number' && count <= MAX_PARTS) return count;
  throw new GraphError(`the number of elements must be known, and ${MAX_PARTS} at most`);
}

function reshaped(from: Shape, target: Shape, allowZero: number): Shape {
  const shape = target.map((dim, i) => {
    if (dim !== 0 || allowZero) return dim;
    if (from[i] !== undefined) return from[i];
    throw new GraphError(
      `cannot reshape ${showShape(from)} to ${showShape(target)}: there is no axis ${i} to copy`,
    );
  });
  const unknown = shape.indexOf(-1);
  if (unknown >= 0) {
    const others = shape.filter((_, i) => i !== unknown);
    const rest = quotient(from, others);
    if (rest === undefined && isStatic(from) && isStatic(others)) {
      throw new GraphError(`cannot reshape ${showShape(from)} to ${showShape(target)}`);
    }
    shape[unknown] = rest ?? fresh();
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
  if (rank === 0) throw new GraphError('a scalar has no axis');
  return normalizeAxes([intAttribute(attributes, 'axis', fallback)], rank)[0]!;
}

function splitSizes(inputs: readonly (Value | null)[], attributes: Attributes, whole: Dim): Shape {
  const sizes = constantNumbers(inputs[1]);
  if (sizes) return sizes;
  if (inputs[1]) return freshShape(countOf(inputs[1]));
  const count = intAttribute(attributes, 'num_outputs');
  if (count < 1 || count > MAX_PARTS) throw new GraphError(`cannot split into ${count} parts`);
  if (typeof whole !== 'number') {
    const even = quotient([whole], [count]);
    return Array.from({ length: count }, () => even ?? fresh());
  }
  const chunk = Math.ceil(whole / count);
  return Array.from({ length: count }, (_, i) => Math.max(0, Math.min(chunk, whole - i * chunk)));
}

/** More outputs than any node has: a file may ask for any number. */
const MAX_PARTS = 100_000;

interface Cut {
  readonly start: number;
  readonly step: number;
  readonly size: Dim;
  /** Of the axis that is cut. */
  readonly length: Dim;
}

/** An end beyond any axis. */
const ENDLESS = 2 ** 31 - 1;

/** The axes that Slice names; all, where they are known only when the graph runs. */
function slicedAxes(inputs: readonly (Value | null)[]): number[] {
  const { shape } = required(inputs, 0);
  if (inputs[3]) return normalizeAxes(constantNumbers(inputs[3]) ?? [...shape.keys()], shape.length);
  return [...shape.keys()].slice(0, countOf(required(inputs, 1)));
}

/** What Slice takes from each axis it names, or undefined where starts or ends are computed when the graph runs. */
function sliceCuts(inputs: readonly (Value | null)[]): Map<number, Cut> | undefined {
  const { shape } = required(inputs, 0);
  const [starts, ends] = [known(inputs[1]), known(inputs[2])];
  const steps = inputs[4] ? constantNumbers(inputs[4]) : starts?.map(() => 1);
  if (!starts || !ends || !steps || (inputs[3] && !constantNumbers(inputs[3]))) return undefined;
  const cuts = new Map<number, Cut>();
  for (const [k, axis] of slicedAxes(inputs).entries()) {
    const length = shape[axis]!;
    const [start, step] = [starts[k], steps[k]!];
    // An end at a named size that is the axis's own is its end.
    const end = ends[k] === length && typeof length === 'string' ? ENDLESS : ends[k];
    if (typeof start !== 'number' || typeof end !== 'number') return undefined;
    if (step === 0) throw new GraphError('a slice cannot step by 0');
    if (typeof length !== 'number') {
      cuts.set(axis, { start, step, size: cutOfNamed(length, start, end, step), length });
      continue;
    }
    const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
    const bound = (at: number, low: number) => Math.min(Math.max(at < 0 ? at + length : at, low), high);
    const from = bound(start, 0);
    cuts.set(axis, {
      start: from,
      step,
      size: Math.max(0, Math.ceil((bound(end, low) - from) / step)),
      length,
    });
  }
  return cuts;
}

/** What a slice leaves of a named size, taken to be longer than what is cut off. */
function cutOfNamed(length: Dim, start: number, end: number, step: number): Dim {
  const toEnd = end >= ENDLESS;
  if (step === -1 && start === -1 && end <= -ENDLESS) return length;
  if (step !== 1) return fresh();
  if (start >= 0 && (toEnd || end < 0)) return plus(length, (toEnd ? 0 : end) - start);
  return fresh();
}

interface Padding {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** How much Pad adds to each axis, or undefined where that is computed when the graph runs. */
function padding(inputs: readonly (Value | null)[], rank: number): Padding | undefined {
  const pads = constantNumbers(required(inputs, 1));
  const named = inputs[3] ? constantNumbers(inputs[3]) : Array.from({ length: rank }, (_, i) => i);
  if (!pads || !named) return undefined;
  const axes = normalizeAxes(named, rank);
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

/** The sizes that a shape input stands for. */
function shapeInput(inputs: readonly (Value | null)[], index: number): Shape {
  const shape = knownShape(required(inputs, index));
  if (!shape) throw new GraphError('the rank of the shape must be known');
  return shape;
}
