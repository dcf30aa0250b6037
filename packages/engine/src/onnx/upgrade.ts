/**
 * Upgrades nodes of older opsets to today's form. Many attributes became inputs, a few defaults changed, a few ops were renamed.
 * Each rule says before which opset it applies; a node passes the rules of its op in order, so each rule bridges one change.
 *
 * Source: the version history of each operator, https://github.com/onnx/onnx/blob/main/docs/Changelog.md
 */
import { GraphError } from '../errors.ts';
import {
  type Attribute,
  type Attributes,
  floatAttribute,
  intAttribute,
  intsAttribute,
  stringAttribute,
} from '../graph.ts';
import { normalizeAxes } from '../shape.ts';
import { apply, applyMany, constant, int64, scalar, type Tensor } from '../tensor.ts';

/** The oldest opset whose nodes are read. Before it, attributes controlled broadcasting. */
export const OLDEST_OPSET = 7;

/** A node as a file holds it. */
export interface FileNode {
  readonly op: string;
  readonly inputs: readonly (Tensor | null)[];
  readonly attributes: Attributes;
  /** How many outputs the file names. */
  readonly outputs: number;
}

/** A rule gives the node as of the opset it leads to, or the outputs where it takes several nodes. */
interface Upgrade {
  /** The first opset that does not need it. */
  readonly before: number;
  readonly rule: (node: FileNode) => FileNode | readonly Tensor[];
}

/** The outputs of a node of `opset`. @throws GraphError where the older form has no match today. */
export function upgraded(node: FileNode, opset: number): readonly Tensor[] {
  let current = node;
  // A rule may rename the node; the rules of its new name follow.
  for (let op = ''; op !== current.op; ) {
    op = current.op;
    for (const { before, rule } of UPGRADES[op] ?? []) {
      if (opset >= before) continue;
      const next = rule(current);
      if ('length' in next) return next;
      current = next;
    }
  }
  return applyMany(current.op, current.inputs, current.attributes);
}

/** One attribute becomes the input at `index`. */
const toInput =
  (name: string, index: number, make: (attribute: Attribute, node: FileNode) => Tensor) =>
  (node: FileNode): FileNode => {
    const { [name]: attribute, ...attributes } = node.attributes;
    if (attribute === undefined) return node;
    const inputs = [...node.inputs];
    while (inputs.length < index) inputs.push(null);
    inputs[index] = make(attribute, node);
    return { ...node, inputs, attributes };
  };

const list = (name: string, index: number) =>
  toInput(name, index, (_, { attributes }) => int64(intsAttribute(attributes, name)));

/** A number of the first input's type. */
const number = (name: string, index: number) =>
  toInput(name, index, (_, { attributes, inputs }) =>
    scalar(floatAttribute(attributes, name), inputs[0]?.dtype),
  );

const without =
  (name: string, check: (attribute: Attribute) => boolean, why: string) =>
  (node: FileNode): FileNode => {
    const { [name]: attribute, ...attributes } = node.attributes;
    if (attribute !== undefined && !check(attribute)) throw new GraphError(why);
    return { ...node, attributes };
  };

const withDefault =
  (name: string, value: Attribute) =>
  (node: FileNode): FileNode => ({ ...node, attributes: { [name]: value, ...node.attributes } });

const renamed =
  (op: string) =>
  (node: FileNode): FileNode => ({ ...node, op });

const reduction: readonly Upgrade[] = [{ before: 18, rule: list('axes', 1) }];

/** Softmax and its kin saw a matrix: all axes from `axis` on were one. */
const overMatrix: readonly Upgrade[] = [
  {
    before: 13,
    rule: ({ op, inputs: [x], attributes }) => {
      if (!x) throw new GraphError('input 0 is missing');
      const [axis] = normalizeAxes([intAttribute(attributes, 'axis', 1)], x.rank);
      if (axis === x.rank - 1) return applyMany(op, [x], { axis: -1 });
      const matrix = x.reshape([...x.shape.slice(0, axis), -1]);
      const [y] = applyMany(op, [matrix], { axis: -1 });
      return applyMany('Reshape', [y!, x.shapeTensor()]);
    },
  },
];

const scatterPlain: readonly Upgrade[] = [
  { before: Number.POSITIVE_INFINITY, rule: renamed('ScatterElements') },
];

/** By op, oldest change first. */
export const UPGRADES: Readonly<Record<string, readonly Upgrade[]>> = {
  Squeeze: [{ before: 13, rule: list('axes', 1) }],
  Unsqueeze: [{ before: 13, rule: list('axes', 1) }],
  ReduceSum: [{ before: 13, rule: list('axes', 1) }],
  ReduceMean: reduction,
  ReduceMax: reduction,
  ReduceMin: reduction,
  ReduceProd: reduction,
  ReduceL1: reduction,
  ReduceL2: reduction,
  ReduceSumSquare: reduction,
  ReduceLogSum: reduction,
  ReduceLogSumExp: reduction,

  Split: [
    { before: 13, rule: list('split', 1) },
    {
      before: 18,
      rule: (node) =>
        node.inputs[1] ? node : { ...node, attributes: { ...node.attributes, num_outputs: node.outputs } },
    },
  ],
  Slice: [
    {
      before: 10,
      rule: (node) =>
        [list('starts', 1), list('ends', 2), list('axes', 3)].reduce((n, rule) => rule(n), node),
    },
  ],
  Pad: [{ before: 11, rule: (node) => number('value', 2)(list('pads', 1)(node)) }],
  Clip: [{ before: 11, rule: (node) => number('max', 2)(number('min', 1)(node)) }],
  Dropout: [
    {
      before: 12,
      rule: toInput('ratio', 1, (_, { attributes }) => scalar(floatAttribute(attributes, 'ratio'))),
    },
  ],
  TopK: [
    { before: 10, rule: toInput('k', 1, (_, { attributes }) => int64([intAttribute(attributes, 'k')])) },
  ],
  Scatter: scatterPlain,

  Softmax: overMatrix,
  LogSoftmax: overMatrix,
  Hardmax: overMatrix,

  BatchNormalization: [
    {
      before: 9,
      rule: without(
        'spatial',
        (value) => value === 1,
        'statistics for each position (spatial = 0) are not supported; expected one a channel',
      ),
    },
    {
      before: 14,
      // Before there was an attribute for it, more outputs meant training. The outputs after the running statistics belonged
      // to a former gradient op and cannot be read.
      rule: (node) =>
        node.outputs > 1 ? { ...node, attributes: { ...node.attributes, training_mode: 1 } } : node,
    },
  ],
  GroupNormalization: [{ before: 21, rule: perChannel }],

  Upsample: [
    {
      before: 9,
      rule: toInput('scales', 1, (scales) => {
        if (typeof scales !== 'object' || !('floats' in scales))
          throw new GraphError('the scales are not real numbers');
        const data = Float32Array.from(scales.floats);
        return constant({ dtype: 'float32', dims: [data.length], data });
      }),
    },
    { before: Number.POSITIVE_INFINITY, rule: (node) => ({ ...node, ...scaled(node), op: 'Resize' }) },
  ],
  Resize: [
    { before: 11, rule: (node) => (node.inputs.length === 2 ? { ...node, ...scaled(node) } : node) },
    {
      before: 13,
      rule: (node) => {
        if (node.attributes.coordinate_transformation_mode === 'tf_half_pixel_for_nn') {
          throw new GraphError(
            '"tf_half_pixel_for_nn" is no longer a way to resize; expected "half_pixel" or another',
          );
        }
        return node;
      },
    },
  ],
  // A gate on one half (Shazeer, 2020); younger than what runtimes take.
  SwiGLU: [
    {
      before: Number.POSITIVE_INFINITY,
      rule: ({ inputs: [a, b], attributes }) => {
        if (!a || !b) throw new GraphError('expected two inputs');
        return applyMany('Mul', [apply('Swish', [a], attributes), b]);
      },
    },
  ],
  // Vectors of one element were accepted in place of scalars.
  Range: [
    {
      before: Number.POSITIVE_INFINITY,
      rule: (node) => ({ ...node, inputs: node.inputs.map((x) => (x?.rank === 1 ? x.reshape([]) : x)) }),
    },
  ],
  RoiAlign: [{ before: 16, rule: withDefault('coordinate_transformation_mode', 'output_half_pixel') }],
  GridSample: [
    {
      before: 20,
      rule: (node) => {
        const mode = stringAttribute(node.attributes, 'mode', 'bilinear');
        return { ...node, attributes: { ...node.attributes, mode: GRID_MODES[mode] ?? mode } };
      },
    },
  ],
  DFT: [
    {
      before: 20,
      rule: ({ inputs: [x = null, length = null], attributes: { axis, ...attributes }, ...node }) => ({
        ...node,
        attributes,
        inputs: [x, length, scalar(intAttribute({ axis: axis ?? 1 }, 'axis'), 'int64')],
      }),
    },
  ],
};

const GRID_MODES: Readonly<Record<string, string>> = { bilinear: 'linear', bicubic: 'cubic' };

/** Resizing by scales alone: an element's left edge was its position, rounded down. */
function scaled({ inputs, attributes }: FileNode): Pick<FileNode, 'inputs' | 'attributes'> {
  return {
    inputs: [inputs[0]!, null, inputs[1]!],
    attributes: { ...attributes, coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
  };
}

/** One scale and bias a group becomes one a channel. */
function perChannel(node: FileNode): FileNode {
  const [x, scale, bias] = node.inputs as readonly Tensor[];
  const groups = intAttribute(node.attributes, 'num_groups');
  const channels = x?.shape[1];
  if (typeof channels !== 'number') throw new GraphError('the number of channels must be known');
  const repeated = (t: Tensor) =>
    t
      .unsqueeze(1)
      .expand([groups, channels / groups])
      .reshape([channels]);
  return { ...node, inputs: [x!, repeated(scale!), repeated(bias!)] };
}
