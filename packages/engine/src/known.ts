/**
 * Data propagation, as ONNX calls it: values that are known before the graph runs. Models compute sizes with ordinary nodes (Shape,
 * then Gather, then Concat into a Reshape); following those few numbers, named sizes among them, lets shapes be inferred
 * through such models.
 */
import type { DType } from './dtype.ts';
import { halfBits, halfValue } from './float16.ts';
import type { Node, Value } from './graph.ts';
import type { NumericArray } from './host.ts';
import { type Dim, fresh, plus, quotient, type Shape, sizeOf } from './shape.ts';

/** A number, a named size, or undefined where nothing is known. */
export type Known = Dim | undefined;

/** Sizes are few: larger computed values are not results. */
const MAX_ELEMENTS = 64;
/** Constants that sizes are computed from may be lists to choose from. Larger ones are weights. */
const MAX_TABLE = 4096;
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
  return typeof rank === 'number' && rank <= MAX_ELEMENTS ? Array.from({ length: rank }, fresh) : undefined;
}

const results = new WeakMap<Node, readonly Known[] | undefined>();

function follow(value: Value, depth: number): readonly Known[] | undefined {
  if (value.dtype === 'string') return undefined;
  if (value.source.kind === 'constant') {
    if (depth > 0 && value.source.data.data.length > MAX_TABLE) return undefined;
    const data = value.source.data.data as NumericArray;
    return Array.from(data, value.dtype === 'float16' ? (bits) => halfValue(Number(bits)) : Number);
  }
  const count = sizeOf(value.shape);
  if (count === 0) return [];
  if (value.source.kind !== 'node' || depth > MAX_DEPTH) return undefined;
  const { node } = value.source;
  const rule = SIZE_RULES[node.op];
  if (!rule || typeof count !== 'number' || count > MAX_ELEMENTS) return undefined;
  if (results.has(node)) return results.get(node);
  const elements = rule(node, (i) => {
    const input = node.inputs[i];
    return input ? follow(input, depth + 1) : undefined;
  });
  const result =
    elements?.length === count ? elements.map(ROUNDING[value.dtype] ?? ((element) => element)) : undefined;
  results.set(node, result);
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
type SizeRule = (node: Node, inputAt: InputAt) => readonly Known[] | undefined;

const same: SizeRule = (_, inputAt) => inputAt(0);

/** Element by element; a single element is broadcast. */
function elementwise(f: (...elements: Known[]) => Known): SizeRule {
  return (node, inputAt) => {
    const operands = node.inputs.map((_, i) => inputAt(i));
    if (!operands.every((operand) => operand !== undefined)) return undefined;
    const length = Math.max(...operands.map((operand) => operand.length));
    if (operands.some((operand) => operand.length !== length && operand.length !== 1)) return undefined;
    return Array.from({ length }, (_, i) =>
      f(...operands.map((operand) => (operand.length === 1 ? operand[0] : operand[i]))),
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
  Concat: ({ inputs }, inputAt) => {
    const operands = inputs.map((_, i) => inputAt(i));
    return operands.every((operand) => operand !== undefined) ? operands.flat() : undefined;
  },
  Gather: ({ inputs }, inputAt) => {
    if (inputs[0]!.shape.length !== 1) return undefined;
    const elements = inputAt(0);
    return elements && inputAt(1)?.map((at) => (typeof at === 'number' ? elements.at(at) : undefined));
  },
  Slice: ({ inputs }, inputAt) => {
    const elements = inputAt(0);
    const [start, end, step] = [inputAt(1)?.[0], inputAt(2)?.[0], inputs[4] ? inputAt(4)?.[0] : 1];
    if (!elements || inputs[0]!.shape.length !== 1) return undefined;
    if (typeof start !== 'number' || typeof end !== 'number' || step !== 1) return undefined;
    return elements.slice(start, end);
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
    })(node, inputAt),
  Mod: (node, inputAt) => {
    const fmod = node.attributes.fmod === 1;
    return elementwise((a, b) =>
      typeof a === 'number' && typeof b === 'number' && b !== 0
        ? fmod
          ? a % b
          : a - b * Math.floor(a / b)
        : undefined,
    )(node, inputAt);
  },
  Max: numeric(Math.max),
  Min: numeric(Math.min),
  Neg: numeric((a) => -a),
  Abs: numeric(Math.abs),
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
