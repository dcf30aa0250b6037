/** The rule of each op: how its outputs depend on the batch, from how its inputs do. */
import { intAttribute, type Value } from '../../graph.ts';
import { constantNumbers } from '../../known.ts';
import { opNamed } from '../../ops/registry.ts';
import { normalizeAxes, sameShape } from '../../shape.ts';
import { equal } from '../equal.ts';
import { type BatchAxis, type BatchRole, hasAxis, type NodeView } from './batch-role.ts';

/** @returns the op's rule, which gives the role of each output; undefined where there is none */
export function ruleOf(op: string): ((view: NodeView) => readonly BatchRole[]) | undefined {
  const whole = ALL_OUTPUTS[op];
  if (whole) return whole;
  const rule = opNamed(op).elementwise ? elementwiseRule(op) : FIRST_OUTPUT[op];
  // Other outputs, such as where a maximum lies, may count through the batch.
  return rule && ((view) => view.outputs.map((_, i) => (i === 0 ? rule(view) : undefined)));
}

/** The role of the first output. */
type RoleRule = (view: NodeView) => BatchRole;

/**
 * The batch axis of an output, given where the batch axes of the inputs come to lie in it. Where no input has one, uniform
 * inputs make the output the same for every example.
 */
function commonAxis(placed: readonly BatchAxis[], { outputs, batchSized, examples }: NodeView): BatchRole {
  if (batchSized.length !== 1) return undefined;
  const [axis] = batchSized as [number];
  const length = outputs[0]!.shape[axis] as number;
  const [first] = placed;
  if (!first) return length % examples === 0 ? { axis, outer: 1, inner: length / examples } : undefined;
  return first.axis === axis && placed.every((other) => equal(other, first)) ? first : undefined;
}

/** Sums of means are means, and so are their multiples. Nothing else is. */
const LINEAR = new Set(['Add', 'Sub', 'Sum', 'Neg', 'Identity']);

const elementwiseRule =
  (op: string): RoleRule =>
  (view) => {
    const { inputs, outputs, roles, batchSized } = view;
    const { shape } = outputs[0]!;
    if (roles.includes('sizes')) return undefined;
    if (roles.includes('mean')) {
      if (roles.some((role) => role !== 'mean' && role !== 'independent')) return undefined;
      const scales =
        op === 'Mul' ? roles.includes('independent') : op === 'Div' && roles[1] === 'independent';
      return LINEAR.has(op) || scales ? 'mean' : undefined;
    }
    const placed = roles.flatMap((role, i) =>
      hasAxis(role) ? [{ ...role, axis: role.axis + shape.length - inputs[i]!.shape.length }] : [],
    );
    const single = (value: Value | null) => !value || value.shape.every((dim) => dim === 1);
    if (placed.length === 0 && roles.includes('noise')) {
      // Noise stays noise only where all of its numbers are treated alike.
      const alike = inputs.every((value, i) =>
        roles[i] === 'noise' ? sameShape(value!.shape, shape) : single(value),
      );
      return alike ? 'noise' : undefined;
    }
    if (inputs.every((value, i) => roles[i] === 'uniform' || single(value)) && placed.length === 0) {
      return batchSized.length > 0 ? 'uniform' : 'independent';
    }
    // One random number for several examples would be shared within a shard only.
    const shared = inputs.some(
      (value, i) =>
        roles[i] === 'noise' && value!.shape.at(batchSized[0]! - shape.length) !== shape[batchSized[0]!],
    );
    return shared ? undefined : commonAxis(placed, view);
  };

/** Each example by itself, along the first axis of the first input. */
const perExample: RoleRule = (view) => {
  const [x, ...others] = view.roles;
  const alone = hasAxis(x) && others.every((role) => role === 'independent' || role === 'sizes');
  return alone && x.axis === 0 ? commonAxis([x], view) : undefined;
};

/** Along one axis, or along the axes from one on. */
const withinAxis =
  (trailing = false): RoleRule =>
  (view) => {
    const [x, ...others] = view.roles;
    const { shape } = view.inputs[0]!;
    const [axis] = normalizeAxes([intAttribute(view.attributes, 'axis', -1)], shape.length);
    if (!hasAxis(x) || others.some((role) => role !== 'independent')) return undefined;
    return (trailing ? x.axis < axis! : x.axis !== axis) ? commonAxis([x], view) : undefined;
  };

const reduction =
  (op: 'mean' | 'sum' | 'other'): RoleRule =>
  (view) => {
    const { inputs, roles, attributes, batchSized } = view;
    const [x, ofAxes] = roles;
    const { shape } = inputs[0]!;
    const all = shape.map((_, axis) => axis);
    const named = inputs[1] ? constantNumbers(inputs[1]) : [];
    if (!named || (inputs[1] && ofAxes !== 'independent')) return undefined;
    const axes = named.length > 0 ? normalizeAxes(named, shape.length) : all;
    if (x === 'mean') return op === 'other' ? undefined : 'mean';
    if (x === 'uniform' && op === 'mean') return batchSized.length > 0 ? 'uniform' : 'independent';
    if (!hasAxis(x) || intAttribute(attributes, 'noop_with_empty_axes', 0) === 1) return undefined;
    if (axes.includes(x.axis)) return op === 'mean' ? 'mean' : undefined;
    const removed =
      intAttribute(attributes, 'keepdims', 1) === 1 ? 0 : axes.filter((axis) => axis < x.axis).length;
    return commonAxis([{ ...x, axis: x.axis - removed }], view);
  };

/** The same elements in the same order under other sizes. */
const reshaped: RoleRule = (view) => {
  const { inputs, outputs, roles, examples, batchSized } = view;
  const [x] = roles;
  if (!hasAxis(x)) return x === 'uniform' && batchSized.length === 0 ? 'independent' : x;
  const before = (shape: readonly unknown[], axis: number) =>
    (shape as readonly number[]).slice(0, axis).reduce((a, b) => a * b, 1);
  const [axis] = batchSized as [number];
  const { shape } = outputs[0]!;
  if (batchSized.length !== 1) return undefined;
  const outer = (before(inputs[0]!.shape, x.axis) * x.outer) / before(shape, axis);
  const inner = (shape[axis] as number) / (outer * examples);
  return Number.isInteger(outer) && Number.isInteger(inner) ? { axis, outer, inner } : undefined;
};

const product: RoleRule = (view) => {
  const { inputs, outputs, roles } = view;
  const rank = outputs[0]!.shape.length;
  if (inputs.some((value) => value!.shape.length < 2)) return undefined;
  const placed = roles.map((role, i) =>
    hasAxis(role) ? { ...role, axis: role.axis + rank - inputs[i]!.shape.length } : role,
  );
  const summed = ([a, b]: readonly BatchRole[]) =>
    (hasAxis(a!) && a.axis === rank - 1) || (hasAxis(b!) && b.axis === rank - 2);
  return summed(placed) ? undefined : productRole(placed, view);
};

const gemm: RoleRule = (view) => {
  const { inputs, roles, attributes } = view;
  const [a, b, c = 'independent'] = roles;
  const turned = (name: string) => intAttribute(attributes, name, 0) === 1;
  const [rows, columns] = [turned('transA') ? 1 : 0, turned('transB') ? 0 : 1];
  if ((hasAxis(a) && a.axis !== rows) || (hasAxis(b) && b.axis !== columns)) return undefined;
  return productRole(
    [
      hasAxis(a) ? { ...a, axis: 0 } : a,
      hasAxis(b) ? { ...b, axis: 1 } : b,
      hasAxis(c) ? { ...c, axis: c.axis + 2 - inputs[2]!.shape.length } : c,
    ],
    view,
  );
};

/** One of two factors may be uniform: the axis that is summed over is then not the batch axis of the other. */
function productRole(placed: readonly BatchRole[], view: NodeView): BatchRole {
  const known = placed.every((role) => hasAxis(role) || role === 'independent' || role === 'uniform');
  if (!known || (placed[0] === 'uniform' && placed[1] === 'uniform')) return undefined;
  return commonAxis(placed.filter(hasAxis), view);
}

const concatenated: RoleRule = (view) => {
  const { roles, outputs, attributes } = view;
  const [axis] = normalizeAxes([intAttribute(attributes, 'axis')], outputs[0]!.shape.length);
  const known = roles.every((role) => hasAxis(role) || role === 'uniform');
  return known && view.batchSized[0] !== axis ? commonAxis(roles.filter(hasAxis), view) : undefined;
};

/** Sliced or padded: `untouched` says whether the batch axis keeps its length. */
const cut =
  (untouched: (inputs: NodeView['inputs'], axis: number) => boolean): RoleRule =>
  (view) => {
    const [x, ...others] = view.roles;
    // What is sliced must not depend on the batch size.
    if (!hasAxis(x) || others.some((role) => role !== 'independent')) return undefined;
    return untouched(view.inputs, x.axis) ? commonAxis([x], view) : undefined;
  };

/** The axes that the input at `index` names, or all; undefined where they are not known. */
function axesAt(inputs: NodeView['inputs'], index: number): readonly number[] | undefined {
  const { length: rank } = inputs[0]!.shape;
  if (!inputs[index]) return Array.from({ length: rank }, (_, axis) => axis);
  const axes = constantNumbers(inputs[index]);
  return axes && normalizeAxes(axes, rank);
}

function splitRoles(view: NodeView): readonly BatchRole[] {
  const { outputs, roles, attributes, examples } = view;
  const [x] = roles;
  const [axis] = normalizeAxes([intAttribute(attributes, 'axis', 0)], outputs[0]!.shape.length);
  return outputs.map((output) => {
    if (!hasAxis(x)) return undefined;
    if (x.axis !== axis) return x;
    // A whole number of outer indices.
    const outer = (output.shape[axis] as number) / (examples * x.inner);
    return Number.isInteger(outer) ? { ...x, outer } : undefined;
  });
}

/** Ops whose outputs other than the first have a role too. */
const ALL_OUTPUTS: Readonly<Record<string, (view: NodeView) => readonly BatchRole[]>> = { Split: splitRoles };

const FIRST_OUTPUT: Readonly<Record<string, RoleRule>> = {
  AveragePool: perExample,
  BatchNormalization: (view) =>
    intAttribute(view.attributes, 'training_mode', 0) === 0 ? perExample(view) : undefined,
  Concat: concatenated,
  ConstantOfShape: ({ batchSized }) => (batchSized.length > 0 ? 'uniform' : 'independent'),
  Conv: perExample,
  ConvTranspose: perExample,
  DepthToSpace: perExample,
  Expand: (view) => {
    const [x] = view.roles;
    const more = view.outputs[0]!.shape.length - view.inputs[0]!.shape.length;
    if (x === 'uniform') return 'uniform';
    return hasAxis(x)
      ? commonAxis([{ ...x, axis: x.axis + more }], view)
      : x === 'independent'
        ? commonAxis([], view)
        : undefined;
  },
  Flatten: reshaped,
  Gather: (view) => {
    const [data, indices] = view.roles;
    const [table, index] = view.inputs as readonly [Value, Value];
    const [axis] = normalizeAxes([intAttribute(view.attributes, 'axis', 0)], table.shape.length);
    if (data === 'independent' && hasAxis(indices))
      return commonAxis([{ ...indices, axis: indices.axis + axis! }], view);
    if (!hasAxis(data) || indices !== 'independent' || data.axis === axis) return undefined;
    return commonAxis(
      [{ ...data, axis: data.axis + (data.axis < axis! ? 0 : index.shape.length - 1) }],
      view,
    );
  },
  GatherElements: (view) => {
    const [data, indices] = view.roles;
    const [axis] = normalizeAxes([intAttribute(view.attributes, 'axis', 0)], view.inputs[0]!.shape.length);
    return hasAxis(data) && hasAxis(indices) && data.axis !== axis
      ? commonAxis([data, indices], view)
      : undefined;
  },
  Gemm: gemm,
  GlobalAveragePool: perExample,
  GlobalMaxPool: perExample,
  LayerNormalization: withinAxis(true),
  LogSoftmax: withinAxis(),
  MatMul: product,
  MaxPool: perExample,
  OneHot: (view) => {
    const [indices, ...others] = view.roles;
    const [axis] = normalizeAxes([intAttribute(view.attributes, 'axis', -1)], view.outputs[0]!.shape.length);
    if (!hasAxis(indices) || others.some((role) => role !== 'independent')) return undefined;
    return commonAxis([{ ...indices, axis: indices.axis + (indices.axis < axis! ? 0 : 1) }], view);
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
  Reshape: reshaped,
  Resize: perExample,
  Slice: cut((inputs, axis) => axesAt(inputs, 3)?.includes(axis) === false),
  Softmax: withinAxis(),
  SpaceToDepth: perExample,
  Squeeze: reshaped,
  Transpose: (view) => {
    const [x] = view.roles;
    if (!hasAxis(x)) return x;
    const order =
      (view.attributes.perm as readonly number[] | undefined) ??
      view.inputs[0]!.shape.map((_, i) => i).reverse();
    return commonAxis([{ ...x, axis: order.indexOf(x.axis) }], view);
  },
  Unsqueeze: reshaped,
};
