/**
 * Which constants of a graph are parameters. A model file has one kind of constant for all: weights, masks, first states, scales and
 * sizes. What a constant is shows in what it is used for:
 *
 * - a *weight* is what layers are made of: the kernel of a convolution, the matrix of a product, the table of a lookup, the scale and
 *   shift of a normalization, whatever reshapes, slices or transposes it on the way there;
 * - a *bias* is added right after a layer;
 * - other constants that values are scaled by, shifted by or joined with are parameters where these values have been through a
 *   layer (the scale and shift of a norm that is written out, a class token, position embeddings), unless they are single numbers
 *   or masks: what is added to the scores of a softmax and was not looked up in a table.
 *
 * Where the file tells what a constant was (graph.ts, Origin), that decides: a parameter trains wherever it stands, a buffer never;
 * what the exporter made itself trains as a weight or bias only.
 */
import { type Graph, type Node, type Origin, topologicalOrder, type Value } from '@gradus/engine';

export interface Roles {
  /** What trains unless the caller says otherwise. */
  readonly parameters: ReadonlySet<Value>;
  /** The running means and variances of batch normalizations: they change in training, but no gradient trains them. */
  readonly statistics: ReadonlySet<Value>;
  /** Tables that values are looked up in. */
  readonly tables: ReadonlySet<Value>;
  /** Of the parameters, those that an exporter folded with what it repeats or looks up: their elements may be copies. */
  readonly folded: ReadonlySet<Value>;
}

/** Which inputs of a layer are its weights. */
const WEIGHTS: Readonly<Record<string, readonly number[]>> = {
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  DeformConv: [1, 3],
  Gemm: [0, 1, 2],
  MatMul: [0, 1],
  Einsum: [0, 1],
  BatchNormalization: [1, 2],
  InstanceNormalization: [1, 2],
  LayerNormalization: [1, 2],
  GroupNormalization: [1, 2],
  RMSNormalization: [1],
  RNN: [1, 2, 3],
  GRU: [1, 2, 3],
  LSTM: [1, 2, 3, 7],
  Gather: [0],
  PRelu: [1],
};

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Ops that give the elements of their inputs, in other places or types. */
const MOVES = words(
  'Identity Cast Reshape Flatten Squeeze Unsqueeze Transpose Expand Tile Slice Split Concat Gather QuantizeLinear DequantizeLinear',
);
/** Of these, those whose other inputs are places or scales. */
const FIRST_ONLY = words('Gather QuantizeLinear DequantizeLinear');
/** Ops by which a constant scales, shifts or joins other values. */
const COMBINES = words('Add Sub Mul Div Sum Concat');
/** Ops between the addition of a mask and the softmax. */
const OF_SCORES = words(
  'Add Sub Mul Div Sum Where Max Min Clip Cast Reshape Transpose Squeeze Unsqueeze Identity',
);

export function rolesOf(graph: Graph): Roles {
  const order = topologicalOrder(Object.values(graph.outputs));
  const scores = scoresOf(order);
  const [parameters, statistics] = [new Set<Value>(), new Set<Value>()];
  const [tables, folded] = [new Set<Value>(), new Set<Value>()];
  /** Values that follow from constants alone. */
  const fixed = new Set<Value>();
  /** Values that have been through a layer, and those that come right out of one. */
  const [learned, fresh] = [new Set<Value>(), new Set<Value>()];
  const isFixed = (value: Value | null): value is Value =>
    value !== null && (value.source.kind === 'constant' || fixed.has(value));

  const take = (value: Value, fits: (leaf: Leaf) => boolean): boolean => {
    let taken = false;
    for (const leaf of leavesBehind(value)) {
      if (leaf.looked) tables.add(leaf.value);
      if (!isReal(leaf.value) || !(originOf(leaf.value) === 'parameter' || fits(leaf))) continue;
      parameters.add(leaf.value);
      taken = true;
    }
    return taken;
  };

  for (const node of order) {
    const { op, inputs, outputs } = node;
    if (inputs.length > 0 && inputs.every((value) => value === null || isFixed(value))) {
      for (const output of outputs) fixed.add(output);
      continue;
    }
    if (op === 'BatchNormalization') for (const value of inputs.slice(3)) if (value) statistics.add(value);
    const weights = WEIGHTS[op] ?? [];
    const running = inputs.filter((value) => value !== null && !isFixed(value));
    const after = running.some((value) => learned.has(value!));
    const rightAfter = running.length === 1 && fresh.has(running[0]!);
    let layer = false;
    for (const [i, value] of inputs.entries()) {
      if (!isFixed(value) || (op === 'BatchNormalization' && i >= 3)) continue;
      if (weights.includes(i)) {
        if (op === 'Gather') for (const leaf of leavesBehind(value)) tables.add(leaf.value);
        layer = take(value, isWeight) || layer;
      } else if (rightAfter && (op === 'Add' || op === 'Sub' || op === 'Sum')) take(value, isBias);
      else {
        const scored = outputs.some((output) => scores.has(output));
        const fits = (leaf: Leaf) =>
          (leaf.looked && originOf(leaf.value) !== 'computed') || (after && isOperand(leaf, scored));
        if (COMBINES.has(op) && take(value, fits)) {
          if (originOf(value) === 'folded') folded.add(value);
        } else take(value, () => false);
      }
    }
    for (const output of outputs) {
      if (layer || after) learned.add(output);
      if (layer || (rightAfter && MOVES.has(op))) fresh.add(output);
    }
  }
  for (const value of statistics) parameters.delete(value);
  return { parameters, statistics, tables, folded };
}

/** A constant behind a value that follows from constants. */
interface Leaf {
  readonly value: Value;
  /** Whether its elements are those of the value, only moved. */
  readonly moved: boolean;
  /** Whether it was the table of a lookup on the way. */
  readonly looked: boolean;
}

function leavesBehind(value: Value): Leaf[] {
  const leaves: Leaf[] = [];
  const stack: Leaf[] = [{ value, moved: true, looked: false }];
  const seen = new Set<string>();
  const numbers = new Map<Value, number>();
  while (stack.length > 0) {
    const { value, moved, looked } = stack.pop()!;
    const number = numbers.get(value) ?? numbers.size;
    numbers.set(value, number);
    const key = `${number} ${moved} ${looked}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (value.source.kind === 'constant') leaves.push({ value, moved, looked });
    if (value.source.kind !== 'node') continue;
    const { op, inputs } = value.source.node;
    for (const [i, input] of inputs.entries()) {
      if (!input || (i > 0 && FIRST_ONLY.has(op))) continue;
      stack.push({
        value: input,
        moved: moved && MOVES.has(op),
        looked: looked || (moved && op === 'Gather'),
      });
    }
  }
  return leaves;
}

/** What is on its way into a softmax, behind the last layer. */
function scoresOf(order: readonly Node[]): Set<Value> {
  const scores = new Set<Value>();
  for (const { op, inputs, outputs } of order.toReversed()) {
    if (op === 'Softmax' && inputs[0]) scores.add(inputs[0]);
    if (OF_SCORES.has(op) && outputs.some((output) => scores.has(output))) {
      for (const value of inputs) if (value) scores.add(value);
    }
  }
  return scores;
}

const originOf = ({ source }: Value): Origin | undefined =>
  source.kind === 'constant' ? source.origin : undefined;

const isReal = ({ dtype, shape, source }: Value): boolean =>
  dtype === 'float32' &&
  source.kind === 'constant' &&
  source.name !== undefined &&
  source.origin !== 'buffer' &&
  (shape.length > 0 || source.origin === 'parameter');

/** Elements of a layer's weight; what the weight is computed from otherwise where it is no number of the exporter's. */
const isWeight = ({ value, moved }: Leaf): boolean =>
  moved || (originOf(value) !== 'computed' && sizeOf(value) > 1);

const isBias = ({ value }: Leaf): boolean => !isMask(value);

function isOperand({ value }: Leaf, scored: boolean): boolean {
  const origin = originOf(value);
  if (origin === 'computed' || sizeOf(value) === 1 || isMask(value)) return false;
  // A folded value is a mask too where it has two values: a place is seen or not.
  return origin === 'folded' ? valuesOf(value, 2) > 2 : !scored;
}

const sizeOf = ({ shape }: Value): number => (shape as readonly number[]).reduce((a, b) => a * b, 1);

const numbersOf = ({ source }: Value): Float32Array =>
  source.kind === 'constant' ? (source.data.data as Float32Array) : new Float32Array();

/** How many different elements there are, counted to one more than `most`. */
function valuesOf(value: Value, most: number): number {
  const seen = new Set<number>();
  for (const element of numbersOf(value)) if (seen.add(element).size > most) break;
  return seen.size;
}

/** Added to scores, a large negative number is a place that nothing may look at. */
const LOW = -1e4;

const isMask = (value: Value): boolean => {
  const numbers = numbersOf(value);
  return (
    numbers.some((element) => element <= LOW) && numbers.every((element) => element === 0 || element <= LOW)
  );
};
