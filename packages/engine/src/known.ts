/**
 * Data propagation, as ONNX calls it: values that are known before the graph runs. Models compute sizes with ordinary nodes (Shape,
 * then Gather, then Concat into a Reshape); following those few numbers, named sizes among them, lets shapes be inferred
 * through such models.
 */
import type { DType } from './dtype.ts';
import { halfBits, halfValue } from './float16.ts';
import type { Node, Value } from './graph.ts';
import type { NumericArray } from './host.ts';
import { type Dim, fresh, isStatic, plus, quotient, type Shape, sizeOf, total } from './shape.ts';

/** A number, a named size, or undefined where nothing is known. */
export type Known = Dim | undefined;

/** Sizes are few, and the lists that they are chosen from short: larger values are not results. */
const MAX_ELEMENTS = 4096;
const MAX_RANK = 64;
/** How many nodes deep sizes are results. */
const MAX_DEPTH = 200;

/** The elements of a value, row-major, as far as they are known; undefined where not even their count is. */
export function known(value: Value | null | undefined): readonly Known[] | undefined {
  return value ? follow(value, 0) : undefined;
}

/** The elements as numbers, or undefined where one of them is not known to be one. */
export function constantNumbers(value: Value | null | undefined): number[] | undefined {
  const elements = known(value);
  return elements?.every((element) => typeof element === 'number') ? [...elements] : undefined;
}

/** The shape that a whole-number vector stands for, or undefined where its rank is not known. */
export function knownShape(value: Value | null | undefined): Shape | undefined {
  const elements = known(value);
  if (elements) return elements.map((element) => element ?? fresh());
  const rank = value?.shape[0];
  return typeof rank === 'number' && rank <= MAX_RANK ? Array.from({ length: rank }, fresh) : undefined;
}

const results = new WeakMap<Value, readonly Known[] | undefined>();

function follow(value: Value, depth: number): readonly Known[] | undefined {
  if (value.dtype === 'string') return undefined;
  if (value.source.kind === 'constant') {
    if (depth > 0 && value.source.data.data.length > MAX_ELEMENTS) return undefined;
    const data = value.source.data.data as NumericArray;
    return Array.from(data, value.dtype === 'float16' ? (bits) => halfValue(Number(bits)) : Number);
  }
  const count = sizeOf(value.shape);
  if (count === 0) return [];
  if (value.source.kind !== 'node' || depth > MAX_DEPTH) return undefined;
  const { node, index } = value.source;
  const rule = SIZE_RULES[node.op];
  if (!rule || typeof count !== 'number' || count > MAX_ELEMENTS) return undefined;
  if (results.has(value)) return results.get(value);
  const inputAt = (i: number) => {
    const input = node.inputs[i];
    return input ? follow(input, depth + 1) : undefined;
  };
  const elements = rule(node, inputAt, index);
  const result =
    elements?.length === count ? elements.map(ROUNDING[value.dtype] ?? ((element) => element)) : undefined;
  results.set(value, result);
  return result;
}

const numberwise =
  (round: (value: number) => number) =>
  (element: Known): Known =>
    typeof element === 'number' ? round(element) : element;

/** The runtime computes in the type's precision: 0.7 × 10 is 7 in 32 bits, and less than 7 in 64. */
const ROUNDING: { readonly [D in DType]?: (element: Known) => Known } = {
  float32: numberwise(Math.fround),
  float16: numberwise((value) => halfValue(halfBits(value))),
};

/** The elements of the input at an index, as far as they are known. */
type InputAt = (index: number) => readonly Known[] | undefined;
/** @param output which of the node's outputs is asked for */
type SizeRule = (node: Node, inputAt: InputAt, output: number) => readonly Known[] | undefined;

const same: SizeRule = (_, inputAt) => inputAt(0);

/** The index along each axis of every element of an array of `shape`, row-major. */
function* indicesOf(shape: readonly number[]): Generator<readonly number[]> {
  const count = shape.reduce((a, b) => a * b, 1);
  const at = shape.map(() => 0);
  for (let i = 0; i < count; i++) {
    yield at;
    for (let axis = shape.length - 1; axis >= 0 && ++at[axis]! === shape[axis]; axis--) at[axis] = 0;
  }
}

/** The element of an array of `shape` that broadcasting puts at `at`, an index of as many axes or more. */
function elementAt(elements: readonly Known[], shape: readonly number[], at: readonly number[]): Known {
  const lead = at.length - shape.length;
  return elements[shape.reduce((flat, size, i) => flat * size + (size === 1 ? 0 : at[i + lead]!), 0)];
}

/** For an op that only moves the elements of its first input: `from` gives where the element at an index comes from. */
function moving(from: (node: Node, inputAt: InputAt) => Moved | undefined): SizeRule {
  return (node, inputAt, output) => {
    const [elements, source] = [inputAt(0), from(node, inputAt)];
    const [shape, target] = [node.inputs[0]!.shape, node.outputs[output]!.shape];
    if (!elements || !source || !isStatic(shape) || !isStatic(target)) return undefined;
    return Array.from(indicesOf(target), (at) => elementAt(elements, shape, source(at)));
  };
}

type Moved = (at: readonly number[]) => readonly number[];

/** Element by element, with broadcasting. */
function elementwise(f: (...elements: Known[]) => Known): SizeRule {
  return ({ inputs, outputs: [y] }, inputAt) => {
    const operands = inputs.map((x, i) => ({ elements: inputAt(i), shape: x?.shape ?? [] }));
    if (!y || !isStatic(y.shape)) return undefined;
    const known = operands.flatMap(({ elements, shape }) =>
      elements && isStatic(shape) ? [{ elements, shape }] : [],
    );
    if (known.length < operands.length) return undefined;
    return Array.from(indicesOf(y.shape), (at) =>
      f(...known.map(({ elements, shape }) => elementAt(elements, shape, at))),
    );
  };
}

/** Of numbers only. */
const numeric = (f: (...numbers: number[]) => number): SizeRule =>
  elementwise((...elements) =>
    elements.every((element) => typeof element === 'number') ? f(...elements) : undefined,
  );

const isWhole = ({ dtype }: Value): boolean => !dtype.startsWith('float') && dtype !== 'bool';

const reduced =
  (f: (elements: readonly Known[]) => Known): SizeRule =>
  (_, inputAt) => {
    const elements = inputAt(0);
    return elements && [f(elements)];
  };

/** How the elements of an op's output follow from those of its inputs. */
export const SIZE_RULES: Readonly<Record<string, SizeRule>> = {
  Shape: ({ inputs, attributes: { start, end } }) =>
    inputs[0]?.shape.slice((start ?? 0) as number, end as number | undefined),
  Size: ({ inputs: [x] }) => (x ? [sizeOf(x.shape)] : undefined),

  Identity: same,
  Reshape: same,
  Flatten: same,
  Squeeze: same,
  Unsqueeze: same,
  Cast: cast,
  CastLike: cast,
  Transpose: moving(({ inputs: [x], attributes: { perm } }) => {
    const order = (perm as readonly number[] | undefined) ?? x!.shape.map((_, i) => x!.shape.length - 1 - i);
    return (at) => x!.shape.map((_, axis) => at[order.indexOf(axis)]!);
  }),
  Expand: moving(() => (at) => at),
  Tile: moving(({ inputs: [x] }) => {
    const lengths = x!.shape as readonly number[];
    return (at) => at.map((i, axis) => i % lengths[axis]!);
  }),
  Trilu: (node, inputAt) => {
    const [elements, k] = [inputAt(0), node.inputs[1] ? inputAt(1)?.[0] : 0];
    const { shape } = node.inputs[0]!;
    if (!elements || typeof k !== 'number' || !isStatic(shape)) return undefined;
    const upper = node.attributes.upper !== 0;
    return Array.from(indicesOf(shape), (at, i) => {
      const beyond = at.at(-1)! - at.at(-2)! - k;
      return (upper ? beyond >= 0 : beyond <= 0) ? elements[i] : 0;
    });
  },
  Concat: ({ inputs, outputs: [y], attributes: { axis } }, inputAt) => {
    const operands = inputs.map((x, i) => ({ elements: inputAt(i), shape: x!.shape }));
    const along = ((axis as number) + y!.shape.length) % y!.shape.length;
    const runs = operands.map(({ elements, shape }) => {
      const length = sizeOf(shape.slice(along));
      return elements && typeof length === 'number' ? { elements, length } : undefined;
    });
    // A row of the output, up to the joined axis, is a run of each operand.
    const rows = sizeOf(y!.shape.slice(0, along));
    if (!runs.every((run) => run !== undefined) || typeof rows !== 'number') return undefined;
    return Array.from({ length: rows }, (_, row) =>
      runs.flatMap(({ elements, length }) => elements.slice(row * length, (row + 1) * length)),
    ).flat();
  },
  Gather: ({ inputs: [x, indices], outputs: [y], attributes: { axis = 0 } }, inputAt) => {
    const [elements, places] = [inputAt(0), inputAt(1)];
    const [shape, among] = [x!.shape, indices!.shape];
    if (!elements || !places || !isStatic(shape) || !isStatic(among) || !isStatic(y!.shape)) return undefined;
    const along = ((axis as number) + shape.length) % shape.length;
    const length = shape[along] ?? 0;
    return Array.from(indicesOf(y!.shape), (at) => {
      const place = elementAt(places, among, at.slice(along, along + among.length));
      if (typeof place !== 'number') return undefined;
      const inside = place < 0 ? place + length : place;
      return elementAt(elements, shape, [...at.slice(0, along), inside, ...at.slice(along + among.length)]);
    });
  },
  Slice: moving(({ inputs }, inputAt) => {
    const { shape } = inputs[0]!;
    const [starts, named] = [inputAt(1), inputs[3] ? inputAt(3) : [...shape.keys()]];
    const steps = inputs[4] ? inputAt(4) : starts?.map(() => 1);
    if (!starts || !named || !steps) return undefined;
    const cuts = new Map<number, { start: number; step: number }>();
    for (const [k, start] of starts.entries()) {
      const [axis, step] = [named[k], steps[k]];
      const length = typeof axis === 'number' ? shape.at(axis) : undefined;
      if (typeof start !== 'number' || typeof step !== 'number' || typeof length !== 'number')
        return undefined;
      const from = start < 0 ? start + length : start;
      const first = Math.min(Math.max(from, 0), step < 0 ? length - 1 : length);
      cuts.set(((axis as number) + shape.length) % shape.length, { start: first, step });
    }
    return (at) =>
      at.map((i, axis) => {
        const cut = cuts.get(axis);
        return cut ? cut.start + i * cut.step : i;
      });
  }),
  Split: ({ inputs: [x], outputs, attributes: { axis = 0 } }, inputAt, output) => {
    const elements = inputAt(0);
    const [shape, target] = [x!.shape, outputs[output]!.shape];
    const along = ((axis as number) + shape.length) % shape.length;
    const before = outputs.slice(0, output).map((other) => other.shape[along]!);
    if (!elements || !isStatic(shape) || !isStatic(target) || !isStatic(before)) return undefined;
    const skipped = total(before) as number;
    return Array.from(indicesOf(target), (at) => {
      const from = at.map((i, axis) => (axis === along ? i + skipped : i));
      return elementAt(elements, shape, from);
    });
  },
  NonZero: ({ inputs: [x] }, inputAt) => {
    const elements = inputAt(0);
    if (!elements?.every((element) => typeof element === 'number') || !isStatic(x!.shape)) return undefined;
    const found = Array.from(indicesOf(x!.shape), (at, i) => (elements[i] === 0 ? [] : [[...at]])).flat();
    return x!.shape.flatMap((_, axis) => found.map((at) => at[axis]));
  },
  ConstantOfShape: ({ attributes: { value } }, inputAt) => {
    const count = sizeOf(inputAt(0)?.map((size) => size ?? '') ?? ['']);
    const filler = typeof value === 'object' && 'tensor' in value ? Number(value.tensor.data[0]) : 0;
    return typeof count === 'number' && count <= MAX_ELEMENTS
      ? new Array<number>(count).fill(filler)
      : undefined;
  },
  Range: (_, inputAt) => {
    const [start, limit, step] = [inputAt(0)?.[0], inputAt(1)?.[0], inputAt(2)?.[0]];
    if (typeof start !== 'number' || typeof limit !== 'number' || typeof step !== 'number') return undefined;
    const length = Math.max(0, Math.ceil((limit - start) / step));
    return length <= MAX_ELEMENTS ? Array.from({ length }, (_, i) => start + i * step) : undefined;
  },

  Add: elementwise((a, b) => sum(a, b) ?? sum(b, a)),
  Sub: elementwise((a, b) =>
    a !== undefined && a === b ? 0 : typeof b === 'number' ? sum(a, -b) : undefined,
  ),
  Mul: elementwise((a, b) =>
    a !== undefined && b !== undefined && [a, b].every(isCountable)
      ? sizeOf([a, b])
      : typeof a === 'number' && typeof b === 'number'
        ? a * b
        : undefined,
  ),
  Div: (node, inputAt) =>
    elementwise((a, b) => {
      if (typeof a === 'number' && typeof b === 'number') {
        return isWhole(node.inputs[0]!) ? (b === 0 ? undefined : Math.trunc(a / b)) : a / b;
      }
      return a !== undefined && b !== undefined && isCountable(b) ? quotient([a], [b]) : undefined;
    })(node, inputAt, 0),
  Mod: (node, inputAt) => {
    const fmod = node.attributes.fmod === 1;
    return elementwise((a, b) =>
      typeof a === 'number' && typeof b === 'number' && b !== 0
        ? fmod
          ? a % b
          : a - b * Math.floor(a / b)
        : undefined,
    )(node, inputAt, 0);
  },
  Max: numeric(Math.max),
  Min: numeric(Math.min),
  Neg: numeric((a) => -a),
  Abs: numeric(Math.abs),
  Sqrt: numeric(Math.sqrt),
  Pow: numeric((a, b) => a ** b),
  // A named size is whole already.
  Floor: elementwise((a) => (typeof a === 'number' ? Math.floor(a) : a)),
  Ceil: elementwise((a) => (typeof a === 'number' ? Math.ceil(a) : a)),
  ReduceProd: reduced((elements) =>
    elements.every((element) => element !== undefined) ? sizeOf(elements) : undefined,
  ),
  ReduceSum: reduced((elements) =>
    elements.every((element) => typeof element === 'number')
      ? elements.reduce((a, b) => a + b, 0)
      : undefined,
  ),

  Equal: elementwise((a, b) =>
    a !== undefined && a === b
      ? 1
      : typeof a === 'number' && typeof b === 'number'
        ? Number(a === b)
        : // A size is never negative.
          (typeof a === 'number' && a < 0) || (typeof b === 'number' && b < 0)
          ? 0
          : undefined,
  ),
  Less: numeric((a, b) => Number(a < b)),
  Greater: numeric((a, b) => Number(a > b)),
  LessOrEqual: numeric((a, b) => Number(a <= b)),
  GreaterOrEqual: numeric((a, b) => Number(a >= b)),
  Not: numeric((a) => 1 - a),
  And: numeric((a, b) => a * b),
  Or: numeric(Math.max),
  Where: elementwise((condition, yes, no) =>
    condition === undefined ? undefined : condition === 0 ? no : yes,
  ),
};

function cast({ inputs, outputs }: Node, inputAt: InputAt): readonly Known[] | undefined {
  const whole = isWhole(outputs[0]!) && !isWhole(inputs[0]!);
  const truth = outputs[0]!.dtype === 'bool';
  return inputAt(0)?.map((element) => {
    if (typeof element !== 'number') return truth ? undefined : element;
    return truth ? Number(element !== 0) : whole ? Math.trunc(element) : element;
  });
}

const isCountable = (dim: Dim): boolean => typeof dim === 'string' || (Number.isInteger(dim) && dim >= 0);

function sum(a: Known, b: Known): Known {
  return a !== undefined && typeof b === 'number' && (typeof a === 'number' || Number.isInteger(b))
    ? plus(a, b)
    : undefined;
}
