/** Every gradient rule against finite differences. One table holds a case an op, so that a missing one shows: it is long. */
import { describe, expect, it } from 'vitest';
import '../index.ts';
import type { Attributes } from '../graph.ts';
import { compile } from '../runtime/node/index.ts';
import { apply, applyMany, concat, constant, input, int64, scalar, type Tensor } from '../tensor.ts';
import { type Check, expectGradient } from '../testing/finite-differences.ts';
import { gradients } from '../transforms/grad.ts';
import { opNamed, opsWithGradient } from './registry.ts';

interface Case extends Check {
  readonly name?: string;
  readonly f: (...inputs: Tensor[]) => Tensor;
}

const one = (f: Case['f'], more: Partial<Case> = {}): Case => ({ f, shapes: [[2, 3]], ...more });
const two = (f: Case['f'], more: Partial<Case> = {}): Case => ({
  f,
  shapes: [
    [2, 3],
    [1, 3],
  ],
  ...more,
});
const op = (name: string, more: Partial<Case> = {}) => one((x) => apply(name, [x]), more);
const bools = (...data: number[]): Tensor =>
  constant({ dtype: 'bool', dims: [data.length], data: Uint8Array.from(data) });
const floats = (...data: number[]): Tensor =>
  constant({ dtype: 'float32', dims: [data.length], data: Float32Array.from(data) });
const doubles = (...data: number[]): Tensor =>
  constant({ dtype: 'float64', dims: [data.length], data: Float64Array.from(data) });
/** Bytes of every kind. */
const bytes = (dims: number[]): Tensor => {
  const length = dims.reduce((a, b) => a * b, 1);
  return constant({ dtype: 'uint8', dims, data: Uint8Array.from({ length }, (_, i) => (37 * i + 11) % 256) });
};
const positive = { range: [0.3, 2] as const };
const single = { dtype: 'float32' as const };
const reduce = (name: string, more: Partial<Case> = {}): Case[] => [
  one((x) => apply(name, [x]), { name: 'all axes, kept', shapes: [[2, 3, 2]], ...more }),
  one((x) => apply(name, [x, int64([1])], { keepdims: 0 }), {
    name: 'one axis, dropped',
    shapes: [[2, 3, 2]],
    ...more,
  }),
];

const constantOf = (values: number[]) =>
  constant({ dtype: 'float32', dims: [values.length], data: Float32Array.from(values) });
const conv = (name: string, shapes: Case['shapes'], attributes: Attributes = {}, opName = 'Conv'): Case => ({
  name,
  f: (...xs) => apply(opName, xs, attributes),
  shapes,
  ...single,
});
const pool = (opName: string, name: string | undefined, shape: number[], attributes: Attributes): Case => ({
  ...(name === undefined ? {} : { name }),
  f: (x) => apply(opName, [x], attributes),
  shapes: [shape],
  // Values a step of the differences apart would change which one is the largest.
  apart: true,
  ...single,
});
const einsum = (equation: string, shapes: Case['shapes']): Case => ({
  name: equation,
  f: (...xs) => apply('Einsum', xs, { equation }),
  shapes,
  ...single,
});
/** Outputs and last states of a recurrent op, both ways and with lengths. */
const recurrent = (opName: string, gates: number): Case[] => [
  {
    f: (x, w, r, b, h) => {
      const [all, last] = applyMany(opName, [x, w!, r!, b!, null, h!], { hidden_size: 2 });
      return all!.squeeze(1).add(last!);
    },
    shapes: [
      [3, 2, 2],
      [1, 2 * gates, 2],
      [1, 2 * gates, 2],
      [1, 4 * gates],
      [1, 2, 2],
    ],
    ...single,
  },
  {
    name: 'both ways, with lengths',
    f: (x, w, r) =>
      apply(opName, [x, w!, r!, null, int64([3, 2]).cast('int32')], {
        hidden_size: 2,
        direction: 'bidirectional',
      }),
    shapes: [
      [3, 2, 2],
      [2, 2 * gates, 2],
      [2, 2 * gates, 2],
    ],
    ...single,
  },
];

const losses = (name: string): Case[] =>
  [{}, { reduction: 'sum', ignore_index: 2 }, { reduction: 'none' }, { ignore_index: 0 }].map(
    (attributes, i) => ({
      name: JSON.stringify(attributes),
      f: (x) => {
        const weights = floats(1, 0.5, 2);
        return apply(name, [x, int64([2, 0, 1, 1]).reshape([2, 2]), ...(i > 1 ? [weights] : [])], attributes);
      },
      shapes: [[2, 3, 2]],
      ...single,
    }),
  );

const CASES: Record<string, Case | readonly Case[]> = {
  Add: two((a, b) => a.add(b!)),
  Sub: two((a, b) => a.sub(b!)),
  Mul: [two((a, b) => a.mul(b!)), one((a) => a.mul(a), { name: 'with itself' })],
  Div: two((a, b) => a.div(b!), positive),
  Pow: two((a, b) => a.pow(b!), positive),
  Max: two((a, b) => a.max(b!)),
  Min: two((a, b) => a.min(b!)),
  Sum: { f: (...xs) => apply('Sum', xs), shapes: [[2, 3], [3], [2, 1]] },
  Mean: { f: (...xs) => apply('Mean', xs), shapes: [[2, 3], [3], [2, 1]], ...single },
  PRelu: two((a, b) => apply('PRelu', [a, b!]), single),
  Identity: op('Identity'),
  Neg: op('Neg'),
  Abs: op('Abs'),
  Mod: two((a, b) => apply('Mod', [a, b!], { fmod: 1 }), { range: [0.3, 2] }),
  Swish: one((x) => apply('Swish', [x], { alpha: { float: 1.3 } }), single),
  Shrink: one((x) => apply('Shrink', [x], { lambd: { float: 0.4 }, bias: { float: 0.2 } }), {
    range: [-1.5, -0.5],
    ...single,
  }),
  CastLike: one(
    (x) =>
      apply('CastLike', [x, scalar(0, 'float64')])
        .square()
        .cast('float32'),
    single,
  ),
  Det: [
    one((x) => apply('Det', [x]), { shapes: [[2, 3, 3]], ...single }),
    one((x) => apply('Det', [x]), { name: 'four by four', shapes: [[4, 4]], ...single }),
  ],
  Exp: op('Exp'),
  Log: op('Log', positive),
  Sqrt: op('Sqrt', positive),
  Reciprocal: op('Reciprocal', positive),
  Sin: op('Sin'),
  Cos: op('Cos'),
  Tan: op('Tan', { range: [-1, 1], ...single }),
  Asin: op('Asin', { range: [-0.8, 0.8], ...single }),
  Acos: op('Acos', { range: [-0.8, 0.8], ...single }),
  Atan: op('Atan', single),
  Sinh: op('Sinh', single),
  Cosh: op('Cosh', single),
  Asinh: op('Asinh', single),
  Acosh: op('Acosh', { range: [1.5, 3], ...single }),
  Atanh: op('Atanh', { range: [-0.8, 0.8], ...single }),
  Erf: op('Erf', single),
  Sigmoid: op('Sigmoid'),
  Tanh: op('Tanh'),
  Softplus: op('Softplus', single),
  Softsign: op('Softsign', single),
  Relu: op('Relu'),
  LeakyRelu: one((x) => x.leakyRelu(0.2), single),
  ThresholdedRelu: one((x) => apply('ThresholdedRelu', [x], { alpha: { float: 0.3 } }), single),
  Elu: one((x) => x.elu(1.3), single),
  Celu: one((x) => apply('Celu', [x], { alpha: { float: 1.3 } }), single),
  Selu: op('Selu', single),
  HardSigmoid: op('HardSigmoid', single),
  HardSwish: op('HardSwish', single),
  Mish: op('Mish', single),
  Gelu: [one((x) => x.gelu(), single), one((x) => x.gelu('tanh'), { name: 'tanh', ...single })],
  Clip: one((x) => x.clip(-0.7, 0.9)),
  Where: { f: (a, b) => a.greater(scalar(0.1, a.dtype)).where(a, b!), shapes: [[2, 3], [3]] },
  Cast: one((x) => x.cast('float64').square().cast('float32'), single),

  ReduceSum: reduce('ReduceSum'),
  ReduceMean: reduce('ReduceMean'),
  ReduceMax: reduce('ReduceMax'),
  ReduceMin: reduce('ReduceMin'),
  ReduceProd: reduce('ReduceProd', { ...positive, ...single }),
  ReduceL1: reduce('ReduceL1', single),
  ReduceL2: reduce('ReduceL2', { ...positive, ...single }),
  ReduceSumSquare: reduce('ReduceSumSquare'),
  ReduceLogSum: reduce('ReduceLogSum', { ...positive, ...single }),
  ReduceLogSumExp: reduce('ReduceLogSumExp'),
  Softmax: [one((x) => x.softmax()), one((x) => x.softmax(0), { name: 'first axis' })],
  LogSoftmax: one((x) => x.logSoftmax()),
  CumSum: [
    one((x) => apply('CumSum', [x, scalar(1, 'int64')])),
    one((x) => apply('CumSum', [x, scalar(0, 'int64')], { exclusive: 1, reverse: 1 }), {
      name: 'exclusive, reverse',
    }),
  ],

  CumProd: [
    one((x) => apply('CumProd', [x, scalar(1, 'int64')]), positive),
    one((x) => apply('CumProd', [x, scalar(0, 'int64')], { exclusive: 1, reverse: 1 }), {
      name: 'exclusive, reverse',
      shapes: [[4, 2]],
      ...positive,
    }),
  ],

  // Of whole numbers of 8 and of 4 bits, two scales a row.
  MatMulNBits: [8, 4].map(
    (bits): Case => ({
      name: `${bits} bits`,
      f: (x) =>
        apply('MatMulNBits', [x, bytes([3, 2, 2 * bits]), floats(0.5, 0.1, 0.2, 0.3, 0.05, 0.4)], {
          K: 32,
          N: 3,
          bits,
          block_size: 16,
        }),
      shapes: [[2, 32]],
      ...single,
    }),
  ),
  MatMul: [
    {
      f: (a, b) => a.matmul(b!),
      shapes: [
        [2, 3],
        [3, 4],
      ],
    },
    {
      name: 'one matrix for a batch',
      f: (a, b) => a.matmul(b!),
      shapes: [
        [2, 2, 3],
        [3, 4],
      ],
    },
    {
      name: 'broadcast batches',
      f: (a, b) => a.matmul(b!),
      shapes: [
        [2, 1, 2, 3],
        [2, 3, 2],
      ],
    },
    { name: 'vector by matrix', f: (a, b) => a.matmul(b!), shapes: [[3], [3, 2]] },
    { name: 'matrix by vector', f: (a, b) => a.matmul(b!), shapes: [[2, 3], [3]] },
    { name: 'batch by vector', f: (a, b) => a.matmul(b!), shapes: [[2, 2, 3], [3]] },
    { name: 'vectors', f: (a, b) => a.matmul(b!), shapes: [[3], [3]] },
  ],
  Gemm: [0, 1, 2, 3].map((k): Case => {
    const [transA, transB] = [k & 1, k >> 1];
    return {
      name: `transA ${transA}, transB ${transB}`,
      f: (a, b, c) =>
        apply('Gemm', [a, b!, c!], { transA, transB, alpha: { float: 0.5 }, beta: { float: 2 } }),
      shapes: [transA ? [3, 2] : [2, 3], transB ? [4, 3] : [3, 4], [4]],
    };
  }),

  Reshape: one((x) => x.reshape([3, -1])),
  Flatten: one((x) => x.flatten(2), { shapes: [[2, 3, 2]] }),
  Squeeze: one((x) => x.squeeze(1), { shapes: [[2, 1, 3]] }),
  Unsqueeze: one((x) => x.unsqueeze(0, 2)),
  Transpose: one((x) => x.transpose([2, 0, 1]), { shapes: [[2, 3, 4]] }),
  Concat: {
    f: (a, b) => concat([a, b!, a], 1),
    shapes: [
      [2, 3],
      [2, 1],
    ],
  },
  Split: one(
    (x) => {
      const [a, , c] = applyMany('Split', [x, int64([1, 2, 1])], { axis: 1 });
      return concat([c!, a!], 1);
    },
    { shapes: [[2, 4]] },
  ),
  Slice: [
    one((x) => x.slice([1, 0], [3, 2]), { shapes: [[3, 4]] }),
    one((x) => x.slice([0], [100], [1], [2]), { name: 'every second', shapes: [[2, 5]] }),
    one((x) => x.slice([-1], [-100], [1], [-1]), { name: 'backwards', shapes: [[2, 3]] }),
  ],
  Pad: [
    one((x) => x.pad([1, 0], [0, 2])),
    ...['reflect', 'edge', 'wrap'].map((mode) =>
      one((x) => apply('Pad', [x, int64([2, 1, 1, 2])], { mode }), { name: mode, shapes: [[3, 4]] }),
    ),
    one((x) => apply('Pad', [x, int64([-1, 2]), null, int64([1])], { mode: 'edge' }), {
      name: 'edge, one axis, cut off on one side',
      shapes: [[2, 4]],
    }),
  ],
  ReverseSequence: one(
    (x) => apply('ReverseSequence', [x, int64([2, 1, 3])], { time_axis: 1, batch_axis: 0 }),
    { shapes: [[3, 3, 2]], ...single },
  ),
  CenterCropPad: one((x) => apply('CenterCropPad', [x, int64([2, 6])], { axes: [0, 1] }), {
    shapes: [[5, 3]],
    ...single,
  }),
  Trilu: [
    one((x) => apply('Trilu', [x]), { shapes: [[2, 3, 3]] }),
    one((x) => apply('Trilu', [x, scalar(1, 'int64')], { upper: 0 }), { name: 'lower', shapes: [[3, 4]] }),
  ],
  TopK: [
    one((x) => apply('TopK', [x, int64([2])]), { shapes: [[3, 4]], apart: true }),
    one((x) => apply('TopK', [x, int64([1])], { axis: 0, largest: 0 }), {
      name: 'smallest of the first axis',
      shapes: [[3, 4]],
      apart: true,
    }),
  ],
  Compress: [
    one((x) => apply('Compress', [x, bools(1, 0, 1)], { axis: 1 }), { shapes: [[2, 4]] }),
    one((x) => apply('Compress', [x, bools(0, 1, 0, 1, 1)]), { name: 'of all elements', shapes: [[2, 3]] }),
  ],
  Unique: [
    one(
      (x) =>
        apply('Unique', [concat([x, x], 0)])
          .square()
          .sum(),
      { apart: true },
    ),
    one(
      (x) =>
        apply('Unique', [concat([x, x], 0)], { axis: 0 })
          .square()
          .sum(),
      {
        name: 'rows',
        apart: true,
      },
    ),
  ],
  Expand: one((x) => x.expand([2, 2, 3]), { shapes: [[2, 1]] }),
  Tile: one((x) => x.tile([2, 3])),
  Gather: [
    one((x) => x.gather(int64([2, 0, 2, 2])), { name: 'rows, repeated', shapes: [[3, 2]] }),
    one((x) => x.gather(int64([1, 1, 0]), 1), { name: 'columns', shapes: [[2, 3]] }),
  ],
  GatherElements: one((x) => x.gatherElements(int64([0, 1, 1, 0]).reshape([2, 2]), 1)),
  ScatterElements: [
    {
      f: (x, u) =>
        apply('ScatterElements', [x, int64([0, 1, 1, 1]).reshape([2, 2]), u!], { axis: 1, reduction: 'add' }),
      shapes: [
        [2, 3],
        [2, 2],
      ],
    },
    {
      name: 'in place of what was there',
      f: (x, u) => apply('ScatterElements', [x, int64([0, 2, 1, 0]).reshape([2, 2]), u!], { axis: 1 }),
      shapes: [
        [2, 3],
        [2, 2],
      ],
    },
  ],
  ScatterND: [
    {
      f: (x, u) => apply('ScatterND', [x, int64([2, 0, 2]).reshape([3, 1]), u!], { reduction: 'add' }),
      shapes: [
        [3, 2],
        [3, 2],
      ],
    },
    {
      name: 'in place of what was there',
      f: (x, u) => apply('ScatterND', [x, int64([2, 0]).reshape([2, 1]), u!]),
      shapes: [
        [3, 2],
        [2, 2],
      ],
    },
  ],
  GatherND: [
    one((x) => apply('GatherND', [x, int64([1, 0, 1]).reshape([3, 1])]), { name: 'rows', shapes: [[2, 3]] }),
    one((x) => apply('GatherND', [x, int64([1, 0, 1, 2, 1, 0]).reshape([3, 2])]), {
      name: 'two axes',
      shapes: [[2, 3, 2]],
    }),
  ],
  Conv: [
    conv('padded', [[2, 2, 4, 5], [3, 2, 3, 2], [3]], { pads: [1, 0, 1, 1] }),
    conv(
      'strided',
      [
        [1, 2, 5, 6],
        [2, 2, 3, 3],
      ],
      { strides: [2, 2], pads: [1, 1, 1, 1] },
    ),
    conv(
      'stride leaves a rest',
      [
        [2, 1, 6, 6],
        [2, 1, 3, 3],
      ],
      { strides: [2, 2] },
    ),
    conv(
      'dilated',
      [
        [1, 1, 6, 5],
        [2, 1, 2, 2],
      ],
      { dilations: [2, 3] },
    ),
    conv(
      'grouped',
      [
        [2, 4, 4, 4],
        [6, 2, 2, 2],
      ],
      { group: 2 },
    ),
    conv(
      'depthwise',
      [
        [2, 3, 4, 4],
        [3, 1, 3, 3],
      ],
      { group: 3, pads: [1, 1, 1, 1] },
    ),
    conv('over time', [[2, 3, 6], [2, 3, 3], [2]], { strides: [2], pads: [2, 0] }),
    conv(
      'same',
      [
        [1, 2, 5, 4],
        [2, 2, 2, 2],
      ],
      { auto_pad: 'SAME_UPPER', strides: [2, 1] },
    ),
    conv('in space', [
      [1, 2, 3, 3, 3],
      [2, 2, 2, 2, 2],
    ]),
  ],
  ConvTranspose: [
    conv('plain', [[2, 2, 3, 3], [2, 3, 2, 2], [3]], {}, 'ConvTranspose'),
    conv(
      'strided, output padded',
      [
        [1, 2, 3, 3],
        [2, 2, 3, 3],
      ],
      { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] },
      'ConvTranspose',
    ),
    conv(
      'grouped',
      [
        [1, 4, 3, 3],
        [4, 2, 2, 2],
      ],
      { group: 2, strides: [2, 1] },
      'ConvTranspose',
    ),
    conv(
      'over time',
      [
        [2, 2, 4],
        [2, 3, 4],
      ],
      { strides: [2], pads: [1, 1] },
      'ConvTranspose',
    ),
  ],
  MaxPool: [
    pool('MaxPool', 'tiles', [2, 2, 4, 6], { kernel_shape: [2, 3], strides: [2, 3] }),
    pool('MaxPool', 'overlapping', [1, 2, 5, 5], {
      kernel_shape: [3, 3],
      strides: [2, 2],
      pads: [1, 1, 1, 1],
    }),
    pool('MaxPool', 'a rest cut off', [1, 1, 5, 7], { kernel_shape: [2, 2], strides: [2, 2] }),
    pool('MaxPool', 'a rest kept', [1, 1, 5, 5], { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 }),
    pool('MaxPool', 'over time', [2, 2, 6], { kernel_shape: [3], dilations: [2] }),
  ],
  AveragePool: [
    pool('AveragePool', 'tiles', [2, 2, 4, 4], { kernel_shape: [2, 2], strides: [2, 2] }),
    pool('AveragePool', 'padding not counted', [1, 1, 4, 4], {
      kernel_shape: [3, 3],
      strides: [2, 2],
      pads: [1, 1, 1, 1],
    }),
    pool('AveragePool', 'padding counted', [1, 1, 4, 4], {
      kernel_shape: [3, 3],
      pads: [1, 1, 1, 1],
      count_include_pad: 1,
    }),
    pool('AveragePool', 'a rest kept', [1, 1, 5, 5], { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 }),
  ],
  DepthToSpace: ['DCR', 'CRD'].map((mode) =>
    one((x) => apply('DepthToSpace', [x], { blocksize: 2, mode }), {
      name: mode,
      shapes: [[1, 8, 2, 1]],
      ...single,
    }),
  ),
  SpaceToDepth: one((x) => apply('SpaceToDepth', [x], { blocksize: 2 }), {
    shapes: [[1, 2, 4, 2]],
    ...single,
  }),
  LpPool: pool('LpPool', undefined, [1, 2, 4, 4], { kernel_shape: [2, 2] }),
  GlobalMaxPool: op('GlobalMaxPool', { shapes: [[2, 2, 3, 3]], ...single }),
  GlobalAveragePool: op('GlobalAveragePool', { shapes: [[2, 2, 3, 3]], ...single }),
  GlobalLpPool: op('GlobalLpPool', { shapes: [[2, 2, 3, 3]], ...single }),
  Resize: [
    ...(['nearest', 'linear', 'cubic'] as const).map((mode) =>
      one((x) => apply('Resize', [x, null, null, int64([1, 1, 5, 7])], { mode }), {
        name: `${mode}, larger`,
        shapes: [[1, 1, 3, 4]],
        ...single,
      }),
    ),
    one(
      (x) =>
        apply('Resize', [x, null, null, int64([1, 1, 3, 3])], {
          mode: 'linear',
          coordinate_transformation_mode: 'align_corners',
        }),
      { name: 'linear, smaller, corners aligned', shapes: [[1, 1, 5, 4]], ...single },
    ),
    ...(['linear', 'cubic'] as const).flatMap((mode) =>
      [0, 1].map((exclude) =>
        one(
          (x) =>
            apply('Resize', [x, null, null, int64([1, 1, 3, 4])], {
              mode,
              antialias: 1,
              exclude_outside: exclude,
            }),
          {
            name: `${mode}, smaller, antialiased, ${exclude ? 'without' : 'with'} what is outside`,
            shapes: [[1, 1, 8, 9]],
            ...single,
          },
        ),
      ),
    ),
  ],
  BatchNormalization: [
    {
      name: 'in use',
      f: (x, scale, bias, mean, spread) =>
        apply('BatchNormalization', [x, scale!, bias!, mean!, spread!.square().add(0.5)]),
      shapes: [[2, 3, 2, 2], [3], [3], [3], [3]],
      ...single,
    },
    {
      name: 'in training',
      f: (x, scale, bias) => {
        const [mean, variance] = [constantOf([0, 0, 0]), constantOf([1, 1, 1])];
        return applyMany('BatchNormalization', [x, scale!, bias!, mean, variance], {
          training_mode: 1,
          momentum: { float: 0 },
        })[0]!;
      },
      shapes: [[3, 3, 2, 2], [3], [3]],
      ...single,
    },
  ],
  BatchNormalizationGradient: ['x', 'scale', 'bias'].map((name, which) => ({
    name: `by ${name}`,
    f: (dy, x, scale, mean, spread) =>
      applyMany('BatchNormalizationGradient', [dy, x!, scale!, mean!, spread!.square().add(0.5)])[which]!,
    shapes: [[3, 2, 2, 2], [3, 2, 2, 2], [2], [2], [2]],
    ...single,
  })),
  LayerNormalization: {
    f: (x, scale, bias) => apply('LayerNormalization', [x, scale!, bias!], { axis: 1 }),
    shapes: [
      [2, 2, 3],
      [2, 3],
      [2, 3],
    ],
    ...single,
  },
  RMSNormalization: {
    f: (x, scale) => apply('RMSNormalization', [x, scale!]),
    shapes: [[2, 4], [4]],
    ...single,
  },
  InstanceNormalization: {
    f: (x, scale, bias) => apply('InstanceNormalization', [x, scale!, bias!]),
    shapes: [[2, 2, 3, 2], [2], [2]],
    ...single,
  },
  GroupNormalization: {
    f: (x, scale, bias) => apply('GroupNormalization', [x, scale!, bias!], { num_groups: 2 }),
    shapes: [[2, 4, 3], [4], [4]],
    ...single,
  },
  MeanVarianceNormalization: op('MeanVarianceNormalization', { shapes: [[2, 2, 2, 2]], ...single }),
  LpNormalization: [1, 2].map((p) =>
    one((x) => apply('LpNormalization', [x], { p, axis: 1 }), { name: `p = ${p}`, ...positive, ...single }),
  ),
  LRN: one((x) => apply('LRN', [x], { size: 3, alpha: { float: 0.5 } }), {
    shapes: [[1, 5, 2, 2]],
    ...single,
  }),
  RNN: recurrent('RNN', 1),
  LstmCell: [0, 1, 'both'].map((which) => ({
    f: (x, h, c, w, r) => {
      const [after, next] = applyMany('LstmCell', [x, h!, c!, w!, r!, concat([w!, r!], 1)]);
      return which === 'both' ? after!.mul(next!) : which === 0 ? after! : next!;
    },
    shapes: [
      [2, 3],
      [2, 3],
      [2, 3],
      [8, 2],
      [8, 2],
    ],
  })),
  LSTM: [
    ...recurrent('LSTM', 4),
    {
      name: 'with peepholes',
      f: (x, w, r, b, p) => apply('LSTM', [x, w!, r!, b!, null, null, null, p!], { hidden_size: 2 }),
      shapes: [
        [3, 2, 2],
        [1, 8, 2],
        [1, 8, 2],
        [1, 16],
        [1, 6],
      ],
      ...single,
    },
    {
      name: 'over more steps than one product makes gradients of',
      f: (x, w, r) => apply('LSTM', [x, w!, r!], { hidden_size: 4 }).square(),
      shapes: [
        [18, 1, 1],
        [1, 16, 1],
        [1, 16, 4],
      ],
      ...single,
    },
  ],
  GRU: [
    ...recurrent('GRU', 3),
    {
      name: 'linear before reset',
      f: (x, w, r, b) => apply('GRU', [x, w!, r!, b!], { hidden_size: 2, linear_before_reset: 1 }),
      shapes: [
        [3, 2, 2],
        [1, 6, 2],
        [1, 6, 2],
        [1, 12],
      ],
      ...single,
    },
  ],
  Einsum: [
    einsum('bij,bjk->bik', [
      [2, 2, 3],
      [2, 3, 2],
    ]),
    einsum('ij->j', [[2, 3]]),
    einsum('ii->i', [[3, 3]]),
    einsum('...ij,...jk', [
      [2, 2, 3],
      [2, 3, 2],
    ]),
    einsum('i,j,k->ijk', [[2], [3], [2]]),
  ],
  Attention: [
    {
      name: 'causal, heads apart',
      f: (q, k, v) => apply('Attention', [q, k!, v!], { is_causal: 1 }),
      shapes: [
        [1, 2, 3, 2],
        [1, 2, 3, 2],
        [1, 2, 3, 2],
      ],
      ...single,
    },
    {
      name: 'grouped heads in one axis',
      f: (q, k, v) => apply('Attention', [q, k!, v!], { q_num_heads: 2, kv_num_heads: 1 }),
      shapes: [
        [2, 2, 4],
        [2, 3, 2],
        [2, 3, 2],
      ],
      ...single,
    },
  ],
  DFT: [
    one((x) => apply('DFT', [x, null, scalar(1, 'int64')]), {
      name: 'of reals',
      shapes: [[2, 5, 1]],
      ...single,
    }),
    one((x) => apply('DFT', [x, scalar(4, 'int64'), scalar(1, 'int64')], { inverse: 1 }), {
      name: 'inverse, complex',
      shapes: [[2, 5, 2]],
      ...single,
    }),
  ],
  STFT: one((x) => apply('STFT', [x, scalar(2, 'int64'), null, scalar(4, 'int64')]), {
    shapes: [[2, 8, 1]],
    ...single,
  }),

  NegativeLogLikelihoodLoss: losses('NegativeLogLikelihoodLoss'),
  SoftmaxCrossEntropyLoss: losses('SoftmaxCrossEntropyLoss'),
  AffineGrid: [
    one((x) => apply('AffineGrid', [x, int64([2, 1, 2, 3])]), { shapes: [[2, 2, 3]], ...single }),
    one((x) => apply('AffineGrid', [x, int64([1, 1, 2, 2, 3])], { align_corners: 1 }), {
      name: 'in space, corners aligned',
      shapes: [[1, 3, 4]],
      ...single,
    }),
  ],
  RotaryEmbedding: [
    {
      f: (x, cos, sin) => apply('RotaryEmbedding', [x, cos!, sin!], {}),
      shapes: [
        [1, 2, 3, 4],
        [1, 3, 2],
        [1, 3, 2],
      ],
      ...single,
    },
    {
      name: 'interleaved, in part, by positions',
      f: (x, cos, sin) =>
        apply('RotaryEmbedding', [x, cos!, sin!, int64([1, 0, 4]).reshape([1, 3])], {
          interleaved: 1,
          num_heads: 2,
          rotary_embedding_dim: 2,
        }),
      shapes: [
        [1, 3, 8],
        [5, 1],
        [5, 1],
      ],
      ...single,
    },
  ],
};

/** Differences say nothing about these: dropout is random, quantization is steps. They have tests of their own. */
const UNSMOOTH = new Set(['Dropout', 'QuantizeLinear', 'DequantizeLinear', 'FakeQuantize']);

/** Ops that could have a rule and say that they have none. */
const UNWRITTEN = new Set(['TensorScatter', 'MaxUnpool', 'GridSample', 'RoiAlign', 'Col2Im', 'DeformConv']);

describe('the gradient of', () => {
  for (const [name, cases] of Object.entries(CASES)) {
    for (const check of [cases].flat() as Case[]) {
      it(check.name ? `${name}, ${check.name}` : name, () => expectGradient(check.f, check));
    }
  }

  it('every op that has a rule is checked here', () => {
    const unchecked = opsWithGradient().filter(
      (name) => !(name in CASES) && !UNSMOOTH.has(name) && !UNWRITTEN.has(name),
    );
    expect(unchecked).toEqual([]);
    for (const name of Object.keys(CASES)) {
      expect(opNamed(name).grad ?? opNamed(name).expand, name).toBeDefined();
    }
  });

  // PyTorch 2.13, float64: the gradient of the sum at these values (of its hard sigmoid with a slope of 1/6).
  const SINGULAR: Record<string, { f: (x: Tensor) => Tensor; at: number[]; slopes: number[] }> = {
    'the root of a relu': { f: (x) => x.relu().sqrt(), at: [-1, 4], slopes: [0, 0.25] },
    'the root of a clipped value': { f: (x) => x.clip(0, 10).sqrt(), at: [-1e-9, 4], slopes: [0, 0.25] },
    'the root of a maximum': { f: (x) => x.max(0).sqrt(), at: [-1, 4], slopes: [0, 0.25] },
    'the root of a minimum': { f: (x) => x.neg().min(0).neg().sqrt(), at: [-1, 4], slopes: [0, 0.25] },
    'a bounded logarithm': { f: (x) => x.clip(0, 1).log().max(-100), at: [-1, 0.5], slopes: [0, 2] },
    'a power of 0': { f: (x) => x.pow(0), at: [0, 3], slopes: [0, 0] },
    'powers of which one is 0': { f: (x) => x.pow(doubles(0, 2)), at: [0, 3], slopes: [0, 6] },
    'the root of a threshold': {
      f: (x) => apply('ThresholdedRelu', [x.cast('float32')]).sqrt(),
      at: [-1, 4],
      slopes: [0, 0.25],
    },
    'the root of a hard sigmoid': {
      f: (x) => apply('HardSigmoid', [x.cast('float32')]).sqrt(),
      at: [-9, 0],
      slopes: [0, 0.2 / (2 * Math.SQRT1_2)],
    },
    'the root of a hard swish': {
      f: (x) => apply('HardSwish', [x.cast('float32')]).sqrt(),
      at: [-4, 4],
      slopes: [0, 0.25],
    },
    'the root of a shrunk value': {
      f: (x) => apply('Shrink', [x.cast('float32')]).sqrt(),
      at: [0.1, 4],
      slopes: [0, 0.25],
    },
    'the root of the largest': {
      f: (x) => x.maximum([0], true).sub(4).sqrt().mul(0),
      at: [0, 5],
      slopes: [0, 0],
    },
    'the length of nothing': { f: (x) => apply('ReduceL2', [x]), at: [0, 0], slopes: [0, 0] },
    'a product with one 0': { f: (x) => apply('ReduceProd', [x]), at: [0, 3, 2], slopes: [6, 0, 0] },
    'a product with two': { f: (x) => apply('ReduceProd', [x]), at: [0, 0, 2], slopes: [0, 0, 0] },
    'the root of pooled maxima': {
      f: (x) =>
        apply('MaxPool', [x.reshape([1, 1, -1]).cast('float32')], { kernel_shape: [2], strides: [2] }).sqrt(),
      at: [-1, 0, 4, 1],
      slopes: [0, Number.POSITIVE_INFINITY, 0.25, 0],
    },
    'the root of overlapping maxima': {
      f: (x) => apply('MaxPool', [x.reshape([1, 1, -1]).cast('float32')], { kernel_shape: [2] }).sqrt(),
      at: [-1, 0, 4],
      slopes: [0, Number.POSITIVE_INFINITY, 0.25],
    },
    'the root of a global maximum': {
      f: (x) => apply('GlobalMaxPool', [x.reshape([1, 1, -1]).cast('float32')]).sqrt(),
      at: [-1, 0],
      slopes: [0, Number.POSITIVE_INFINITY],
    },
  };
  it.each(Object.entries(SINGULAR))(
    '%s is 0 where it does not count, though what follows is infinite',
    async (_, { f, at, slopes }) => {
      const x = input('x', [at.length], 'float64');
      const [dx] = gradients(f(x).sum(), [x]);
      const graph = await compile({ name: 'slopes', inputs: { x }, outputs: { dx: dx! } }, { threads: 1 });
      const feed = { dtype: 'float64', dims: [at.length], data: Float64Array.from(at) } as const;
      const got = [...((await graph.run({ x: feed })).dx!.data as Float64Array)];
      await graph.close();
      for (const [i, slope] of slopes.entries()) {
        if (Number.isFinite(slope)) expect(got[i]).toBeCloseTo(slope, 6);
        else expect(got[i]).toBe(slope);
      }
    },
  );

  it('a relu chooses slopes also between two layers, whichever way they are made', async () => {
    await expectGradient((x, w) => x.matmul(w!).relu().matmul(w!).relu().reshape([-1]).relu(), {
      shapes: [
        [3, 3],
        [3, 3],
      ],
    });
  });

  it('a gradient, which is a graph like any other', async () => {
    await expectGradient((x) => gradients(x.tanh().mul(x.exp()).sum(), [x])[0]!, { shapes: [[2, 3]] });
  });
});
