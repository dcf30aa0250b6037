/**
 * Which part of a value belongs to which example of a batch. It tells whether a loss is the mean of what it is for each
 * example by itself; then parts of a batch can be worked on apart, and their gradients added up (data-parallel training).
 *
 * The batch is followed from its inputs to the loss by one small rule an op. Where there is no rule, or examples meet
 * (batch normalization, contrastive losses, means under masks), the answer is no.
 */

import { type Attributes, intAttribute, type Node, topologicalOrder, type Value } from '../graph.ts';
import { constantNumbers } from '../known.ts';
import { opNamed } from '../ops/registry.ts';
import { isStatic, normalizeAxes, sameShape } from '../shape.ts';
import { equal } from './equal.ts';
import { expansionOf } from './expansion.ts';

/** A loss of a batch as it was traced. */
export interface TracedLoss {
  readonly loss: Value;
  /** Inputs whose first axis is the examples. */
  readonly batch: readonly Value[];
  /** Inputs of random numbers, of which any are as good as any others. */
  readonly noise: readonly Value[];
}

/** The axis of `value` is as long as `outer` × examples × `inner`; the example is the middle one of the three indices. */
interface Along {
  readonly axis: number;
  readonly outer: number;
  readonly inner: number;
}

/**
 * What a value has to do with the batch: where its examples lie, or
 *
 * - `mean`: it is the mean of what it is for each example;
 * - `noise`: random numbers;
 * - `filled`: one number throughout, in a shape that goes by the size of the batch;
 * - `sizes`: whole numbers that go by the size of the batch;
 * - `same`: the batch does not change it.
 *
 * Undefined: examples meet in it, or it is not known what becomes of them.
 */
type Spread = Along | 'mean' | 'noise' | 'filled' | 'sizes' | 'same' | undefined;

/** A node as the rules see it. */
interface Seen {
  readonly inputs: readonly (Value | null)[];
  readonly outputs: readonly Value[];
  readonly attributes: Attributes;
  /** Of the inputs; those left out are the same. */
  readonly spreads: readonly Spread[];
  readonly examples: number;
  /** Axes of the first output whose length goes by the size of the batch. */
  readonly grown: readonly number[];
}

/**
 * Whether a loss is the mean of what it is for each example: whether the mean of `part`s, by their sizes, is `whole`.
 *
 * @param part the same loss, traced for fewer examples: what differs between the two goes by the size of the batch
 */
export function isMeanOverExamples(whole: TracedLoss, part: TracedLoss): boolean {
  const examples = whole.batch[0]?.shape[0];
  if (typeof examples !== 'number') return false;
  const known = new Map<Value, Spread>();
  for (const value of whole.batch) {
    if (value.shape[0] !== examples) return false;
    known.set(value, { axis: 0, outer: 1, inner: 1 });
  }
  for (const value of whole.noise) known.set(value, 'noise');
  const twins = new Map<Value, Value>();
  for (const side of ['batch', 'noise'] as const) {
    if (whole[side].length !== part[side].length) return false;
    for (const [i, value] of whole[side].entries()) twins.set(value, part[side][i]!);
  }
  return follow([whole.loss], [part.loss], { known, twins, examples })[0] === 'mean';
}

interface Course {
  readonly known: Map<Value, Spread>;
  /** Values of the whole batch's graph and what stands for them in the part's. */
  readonly twins: Map<Value, Value>;
  readonly examples: number;
}

function follow(
  whole: readonly Value[],
  part: readonly Value[],
  { known, twins, examples }: Course,
): Spread[] {
  const [nodes, others] = [topologicalOrder(whole), topologicalOrder(part)];
  if (nodes.length !== others.length) return [];
  const spreadOf = (value: Value, twin: Value): Spread => {
    const met = twins.get(value);
    if (met && met !== twin) return undefined;
    if (!known.has(value) && value.source.kind !== 'node') {
      twins.set(value, twin);
      known.set(value, value === twin ? 'same' : constants(value, twin));
    }
    return known.get(value);
  };
  for (const [k, node] of nodes.entries()) {
    const twin = others[k]!;
    const alike =
      node.op === twin.op &&
      node.inputs.length === twin.inputs.length &&
      equal(node.attributes, twin.attributes);
    const spreads = node.inputs.map((value, i): Spread => {
      const other = twin.inputs[i];
      return value && other ? spreadOf(value, other) : value || other ? undefined : 'same';
    });
    const found = alike ? spreadsOf(node, twin, spreads, { known, twins, examples }) : [];
    for (const [i, output] of node.outputs.entries()) {
      known.set(output, found[i]);
      twins.set(output, twin.outputs[i]!);
    }
  }
  return whole.map((value, i) => spreadOf(value, part[i]!));
}

/** @returns the spread of each output; none where examples meet */
function spreadsOf(node: Node, twin: Node, spreads: readonly Spread[], course: Course): readonly Spread[] {
  const { inputs, outputs, attributes, op } = node;
  if (spreads.includes(undefined) || !outputs.every(({ shape }) => isStatic(shape))) return [];
  const { elementwise } = opNamed(op);
  const grown = outputs[0]!.shape.flatMap((dim, axis) =>
    dim === twin.outputs[0]!.shape[axis] ? [] : [axis],
  );
  const seen: Seen = { inputs, outputs, attributes, spreads, examples: course.examples, grown };
  if (spreads.every((spread) => spread === 'same')) return outputs.map(() => 'same');
  if (op === 'Split') return pieces(seen);
  const rule = elementwise ? byElement(op) : RULES[op];
  if (rule) {
    // The rules speak of first outputs; others (where a maximum lies) may count through the batch.
    return outputs.map((_, i) => (i === 0 ? rule(seen) : undefined));
  }
  const [written, other] = [expansionOf(node), expansionOf(twin)];
  if (!written || !other) return [];
  for (const [i, value] of written.inputs.entries()) {
    if (!value) continue;
    course.known.set(value, spreads[i]);
    course.twins.set(value, other.inputs[i]!);
  }
  return follow(written.outputs, other.outputs, course);
}

function constants(value: Value, twin: Value): Spread {
  if (value.source.kind !== 'constant' || twin.source.kind !== 'constant') return undefined;
  const [a, b] = [value.source.data, twin.source.data];
  if (equal(a, b)) return 'same';
  if (a.dtype !== b.dtype) return undefined;
  if (a.dtype === 'int64' && sameShape(a.dims, b.dims)) return 'sizes';
  return [...a.data, ...b.data].every((element) => element === a.data[0]) ? 'filled' : undefined;
}

type Rule = (seen: Seen) => Spread;

const isAlong = (spread: Spread): spread is Along => typeof spread === 'object';

/**
 * Where the examples of an output lie, given where those of the inputs come to lie in it. Where no input has any, those that
 * are filled make the output the same for every example.
 */
function agreed(placed: readonly Along[], { outputs, grown, examples }: Seen): Spread {
  if (grown.length !== 1) return undefined;
  const [axis] = grown as [number];
  const length = outputs[0]!.shape[axis] as number;
  const [first] = placed;
  if (!first) return length % examples === 0 ? { axis, outer: 1, inner: length / examples } : undefined;
  return first.axis === axis && placed.every((other) => equal(other, first)) ? first : undefined;
}

/** Sums of means are means, and so are their multiples. Nothing else is. */
const LINEAR = new Set(['Add', 'Sub', 'Sum', 'Neg', 'Identity']);

const byElement =
  (op: string): Rule =>
  (seen) => {
    const { inputs, outputs, spreads, grown } = seen;
    const { shape } = outputs[0]!;
    if (spreads.includes('sizes')) return undefined;
    if (spreads.includes('mean')) {
      if (spreads.some((spread) => spread !== 'mean' && spread !== 'same')) return undefined;
      const scales = op === 'Mul' ? spreads.includes('same') : op === 'Div' && spreads[1] === 'same';
      return LINEAR.has(op) || scales ? 'mean' : undefined;
    }
    const placed = spreads.flatMap((spread, i) =>
      isAlong(spread) ? [{ ...spread, axis: spread.axis + shape.length - inputs[i]!.shape.length }] : [],
    );
    const single = (value: Value | null) => !value || value.shape.every((dim) => dim === 1);
    if (placed.length === 0 && spreads.includes('noise')) {
      // It stays as good as any other only where all of its numbers fare alike.
      const alike = inputs.every((value, i) =>
        spreads[i] === 'noise' ? sameShape(value!.shape, shape) : single(value),
      );
      return alike ? 'noise' : undefined;
    }
    if (inputs.every((value, i) => spreads[i] === 'filled' || single(value)) && placed.length === 0) {
      return grown.length > 0 ? 'filled' : 'same';
    }
    // One random number for several examples would be one for those of a part only.
    const shared = inputs.some(
      (value, i) => spreads[i] === 'noise' && value!.shape.at(grown[0]! - shape.length) !== shape[grown[0]!],
    );
    return shared ? undefined : agreed(placed, seen);
  };

/** Each example by itself, along the first axis of the first input. */
const byImage: Rule = (seen) => {
  const [x, ...others] = seen.spreads;
  const alone = isAlong(x) && others.every((spread) => spread === 'same' || spread === 'sizes');
  return alone && x.axis === 0 ? agreed([x], seen) : undefined;
};

/** Along one axis, or the axes from one on. */
const withinAxis =
  (trailing = false): Rule =>
  (seen) => {
    const [x, ...others] = seen.spreads;
    const { shape } = seen.inputs[0]!;
    const [axis] = normalizeAxes([intAttribute(seen.attributes, 'axis', -1)], shape.length);
    if (!isAlong(x) || others.some((spread) => spread !== 'same')) return undefined;
    return (trailing ? x.axis < axis! : x.axis !== axis) ? agreed([x], seen) : undefined;
  };

const reduction =
  (op: 'mean' | 'sum' | 'other'): Rule =>
  (seen) => {
    const { inputs, spreads, attributes, grown } = seen;
    const [x, ofAxes] = spreads;
    const { shape } = inputs[0]!;
    const all = shape.map((_, axis) => axis);
    const given = inputs[1] ? constantNumbers(inputs[1]) : [];
    if (!given || (inputs[1] && ofAxes !== 'same')) return undefined;
    const axes = given.length > 0 ? normalizeAxes(given, shape.length) : all;
    if (x === 'mean') return op === 'other' ? undefined : 'mean';
    if (x === 'filled' && op === 'mean') return grown.length > 0 ? 'filled' : 'same';
    if (!isAlong(x) || intAttribute(attributes, 'noop_with_empty_axes', 0) === 1) return undefined;
    if (axes.includes(x.axis)) return op === 'mean' ? 'mean' : undefined;
    const gone =
      intAttribute(attributes, 'keepdims', 1) === 1 ? 0 : axes.filter((axis) => axis < x.axis).length;
    return agreed([{ ...x, axis: x.axis - gone }], seen);
  };

/** The same elements in the same order under other sizes. */
const regrouped: Rule = (seen) => {
  const { inputs, outputs, spreads, examples, grown } = seen;
  const [x] = spreads;
  if (!isAlong(x)) return x === 'filled' && grown.length === 0 ? 'same' : x;
  const before = (shape: readonly unknown[], axis: number) =>
    (shape as readonly number[]).slice(0, axis).reduce((a, b) => a * b, 1);
  const [axis] = grown as [number];
  const { shape } = outputs[0]!;
  if (grown.length !== 1) return undefined;
  const outer = (before(inputs[0]!.shape, x.axis) * x.outer) / before(shape, axis);
  const inner = (shape[axis] as number) / (outer * examples);
  return Number.isInteger(outer) && Number.isInteger(inner) ? { axis, outer, inner } : undefined;
};

const product: Rule = (seen) => {
  const { inputs, outputs, spreads } = seen;
  const rank = outputs[0]!.shape.length;
  if (inputs.some((value) => value!.shape.length < 2)) return undefined;
  const placed = spreads.map((spread, i) =>
    isAlong(spread) ? { ...spread, axis: spread.axis + rank - inputs[i]!.shape.length } : spread,
  );
  const summed = ([a, b]: readonly Spread[]) =>
    (isAlong(a!) && a.axis === rank - 1) || (isAlong(b!) && b.axis === rank - 2);
  return summed(placed) ? undefined : ofProduct(placed, seen);
};

const gemm: Rule = (seen) => {
  const { inputs, spreads, attributes } = seen;
  const [a, b, c = 'same'] = spreads;
  const turned = (name: string) => intAttribute(attributes, name, 0) === 1;
  const [rows, columns] = [turned('transA') ? 1 : 0, turned('transB') ? 0 : 1];
  if ((isAlong(a) && a.axis !== rows) || (isAlong(b) && b.axis !== columns)) return undefined;
  return ofProduct(
    [
      isAlong(a) ? { ...a, axis: 0 } : a,
      isAlong(b) ? { ...b, axis: 1 } : b,
      isAlong(c) ? { ...c, axis: c.axis + 2 - inputs[2]!.shape.length } : c,
    ],
    seen,
  );
};

/** Of two factors one may be filled: then what is summed over is not the examples, of which the other factor has none there. */
function ofProduct(placed: readonly Spread[], seen: Seen): Spread {
  const known = placed.every((spread) => isAlong(spread) || spread === 'same' || spread === 'filled');
  if (!known || (placed[0] === 'filled' && placed[1] === 'filled')) return undefined;
  return agreed(placed.filter(isAlong), seen);
}

const concatenated: Rule = (seen) => {
  const { spreads, outputs, attributes } = seen;
  const [axis] = normalizeAxes([intAttribute(attributes, 'axis')], outputs[0]!.shape.length);
  const known = spreads.every((spread) => isAlong(spread) || spread === 'filled');
  return known && seen.grown[0] !== axis ? agreed(spreads.filter(isAlong), seen) : undefined;
};

/** Cut or padded, but for the axis of examples: `untouched` says whether that is left as it is. */
const cut =
  (untouched: (inputs: Seen['inputs'], axis: number) => boolean): Rule =>
  (seen) => {
    const [x, ...others] = seen.spreads;
    // What is cut must not go by the size of the batch.
    if (!isAlong(x) || others.some((spread) => spread !== 'same')) return undefined;
    return untouched(seen.inputs, x.axis) ? agreed([x], seen) : undefined;
  };

/** The axes that the input at `index` names, or all; undefined where they are not known. */
function axesAt(inputs: Seen['inputs'], index: number): readonly number[] | undefined {
  const { length: rank } = inputs[0]!.shape;
  if (!inputs[index]) return Array.from({ length: rank }, (_, axis) => axis);
  const axes = constantNumbers(inputs[index]);
  return axes && normalizeAxes(axes, rank);
}

function pieces(seen: Seen): readonly Spread[] {
  const { outputs, spreads, attributes, examples } = seen;
  const [x] = spreads;
  const [axis] = normalizeAxes([intAttribute(attributes, 'axis', 0)], outputs[0]!.shape.length);
  return outputs.map((output) => {
    if (!isAlong(x)) return undefined;
    if (x.axis !== axis) return x;
    // Whole turns of the outer index.
    const outer = (output.shape[axis] as number) / (examples * x.inner);
    return Number.isInteger(outer) ? { ...x, outer } : undefined;
  });
}

const RULES: Readonly<Record<string, Rule>> = {
  AveragePool: byImage,
  BatchNormalization: (seen) =>
    intAttribute(seen.attributes, 'training_mode', 0) === 0 ? byImage(seen) : undefined,
  Concat: concatenated,
  ConstantOfShape: ({ grown }) => (grown.length > 0 ? 'filled' : 'same'),
  Conv: byImage,
  ConvTranspose: byImage,
  DepthToSpace: byImage,
  Expand: (seen) => {
    const [x] = seen.spreads;
    const more = seen.outputs[0]!.shape.length - seen.inputs[0]!.shape.length;
    if (x === 'filled') return 'filled';
    return isAlong(x)
      ? agreed([{ ...x, axis: x.axis + more }], seen)
      : x === 'same'
        ? agreed([], seen)
        : undefined;
  },
  Flatten: regrouped,
  Gather: (seen) => {
    const [data, indices] = seen.spreads;
    const [table, index] = seen.inputs as readonly [Value, Value];
    const [axis] = normalizeAxes([intAttribute(seen.attributes, 'axis', 0)], table.shape.length);
    if (data === 'same' && isAlong(indices))
      return agreed([{ ...indices, axis: indices.axis + axis! }], seen);
    if (!isAlong(data) || indices !== 'same' || data.axis === axis) return undefined;
    return agreed([{ ...data, axis: data.axis + (data.axis < axis! ? 0 : index.shape.length - 1) }], seen);
  },
  GatherElements: (seen) => {
    const [data, indices] = seen.spreads;
    const [axis] = normalizeAxes([intAttribute(seen.attributes, 'axis', 0)], seen.inputs[0]!.shape.length);
    return isAlong(data) && isAlong(indices) && data.axis !== axis
      ? agreed([data, indices], seen)
      : undefined;
  },
  Gemm: gemm,
  GlobalAveragePool: byImage,
  GlobalMaxPool: byImage,
  LayerNormalization: withinAxis(true),
  LogSoftmax: withinAxis(),
  MatMul: product,
  MaxPool: byImage,
  OneHot: (seen) => {
    const [indices, ...others] = seen.spreads;
    const [axis] = normalizeAxes([intAttribute(seen.attributes, 'axis', -1)], seen.outputs[0]!.shape.length);
    if (!isAlong(indices) || others.some((spread) => spread !== 'same')) return undefined;
    return agreed([{ ...indices, axis: indices.axis + (indices.axis < axis! ? 0 : 1) }], seen);
  },
  Pad: cut((inputs, axis) => {
    const [axes, widths] = [axesAt(inputs, 3), constantNumbers(inputs[1])];
    const at = axes?.indexOf(axis) ?? -1;
    return (
      axes !== undefined &&
      widths !== undefined &&
      (at < 0 || (widths[at] === 0 && widths[at + axes.length] === 0))
    );
  }),
  ReduceL2: reduction('other'),
  ReduceMax: reduction('other'),
  ReduceMean: reduction('mean'),
  ReduceMin: reduction('other'),
  ReduceSum: reduction('sum'),
  Reshape: regrouped,
  Resize: byImage,
  Slice: cut((inputs, axis) => axesAt(inputs, 3)?.includes(axis) === false),
  Softmax: withinAxis(),
  SpaceToDepth: byImage,
  Squeeze: regrouped,
  Transpose: (seen) => {
    const [x] = seen.spreads;
    if (!isAlong(x)) return x;
    const order =
      (seen.attributes.perm as readonly number[] | undefined) ??
      seen.inputs[0]!.shape.map((_, i) => i).reverse();
    return agreed([{ ...x, axis: order.indexOf(x.axis) }], seen);
  },
  Unsqueeze: regrouped,
};
