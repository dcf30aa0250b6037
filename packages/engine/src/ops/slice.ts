/** Ops that select or extend ranges: concatenate, split, slice, pad, crop, and the triangle of a matrix. */
import { GraphError } from '../errors.ts';
import { type Attributes, intAttribute, intsAttribute, stringAttribute, type Value } from '../graph.ts';
import { constantNumbers, known } from '../known.ts';
import {
  type Dim,
  fresh,
  isStatic,
  mayEqual,
  normalizeAxes,
  plus,
  quotient,
  type Shape,
  showShape,
  total,
} from '../shape.ts';
import { apply, applyMany, concat, full, int64, type Tensor } from '../tensor.ts';
import { declareOps } from './registry.ts';
import { required, sameDType, typeOf } from './rules.ts';
import { scatterAdd } from './scatter-add.ts';
import { axisOf, countOf, freshShape, MAX_COUNT, shapeInput } from './shape-inputs.ts';

declareOps({
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
        // Where one of them is a known number, all are.
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
        outputs.map((output, i) => dy[i] ?? full(0, output)),
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
  /** Crops or pads with zeros, evenly at both ends, to a target size. */
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
});

/** The gradient of padding by copies: the gradient of each copy is added to that of its element. */
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
  // Forth and back: a period of 2 (length − 1), with each end once.
  reflect: (at, length) => {
    const turn = length > 1 ? wrapped(at, 2 * (length - 1)) : 0;
    return turn < length ? turn : 2 * (length - 1) - turn;
  },
};

function splitSizes(inputs: readonly (Value | null)[], attributes: Attributes, whole: Dim): Shape {
  const sizes = constantNumbers(inputs[1]);
  if (sizes) return sizes;
  if (inputs[1]) return freshShape(countOf(inputs[1]));
  const count = intAttribute(attributes, 'num_outputs');
  if (count < 1 || count > MAX_COUNT) throw new GraphError(`cannot split into ${count} parts`);
  if (typeof whole !== 'number') {
    const even = quotient([whole], [count]);
    return Array.from({ length: count }, () => even ?? fresh());
  }
  const chunk = Math.ceil(whole / count);
  return Array.from({ length: count }, (_, i) => Math.max(0, Math.min(chunk, whole - i * chunk)));
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

/** The axes that Slice names; all, where they are known only when the graph runs. */
function slicedAxes(inputs: readonly (Value | null)[]): number[] {
  const { shape } = required(inputs, 0);
  if (inputs[3]) return normalizeAxes(constantNumbers(inputs[3]) ?? [...shape.keys()], shape.length);
  return [...shape.keys()].slice(0, countOf(required(inputs, 1)));
}

/** The range that Slice takes from each axis it names, or undefined where starts or ends are computed when the graph runs. */
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

/** The size of a slice of a named size, which is assumed to be longer than what the slice removes. */
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
