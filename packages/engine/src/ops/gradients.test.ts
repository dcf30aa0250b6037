/** Every gradient rule against finite differences. */
import { describe, expect, it } from 'vitest';
import '../index.ts';
import { apply, applyMany, concat, int64, scalar, type Tensor } from '../tensor.ts';
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
  Pad: one((x) => x.pad([1, 0], [0, 2])),
  Expand: one((x) => x.expand([2, 2, 3]), { shapes: [[2, 1]] }),
  Tile: one((x) => x.tile([2, 3])),
  Gather: [
    one((x) => x.gather(int64([2, 0, 2, 2])), { name: 'rows, repeated', shapes: [[3, 2]] }),
    one((x) => x.gather(int64([1, 1, 0]), 1), { name: 'columns', shapes: [[2, 3]] }),
  ],
  GatherElements: one((x) => x.gatherElements(int64([0, 1, 1, 0]).reshape([2, 2]), 1)),
  ScatterElements: {
    f: (x, u) =>
      apply('ScatterElements', [x, int64([0, 1, 1, 1]).reshape([2, 2]), u!], { axis: 1, reduction: 'add' }),
    shapes: [
      [2, 3],
      [2, 2],
    ],
  },
  ScatterND: {
    f: (x, u) => apply('ScatterND', [x, int64([2, 0, 2]).reshape([3, 1]), u!], { reduction: 'add' }),
    shapes: [
      [3, 2],
      [3, 2],
    ],
  },
  GatherND: [
    one((x) => apply('GatherND', [x, int64([1, 0, 1]).reshape([3, 1])]), { name: 'rows', shapes: [[2, 3]] }),
    one((x) => apply('GatherND', [x, int64([1, 0, 1, 2, 1, 0]).reshape([3, 2])]), {
      name: 'two axes',
      shapes: [[2, 3, 2]],
    }),
  ],
};

describe('the gradient of', () => {
  for (const [name, cases] of Object.entries(CASES)) {
    for (const check of [cases].flat() as Case[]) {
      it(check.name ? `${name}, ${check.name}` : name, () => expectGradient(check.f, check));
    }
  }

  it('every op that has a rule is checked here', () => {
    const unchecked = opsWithGradient().filter((name) => !(name in CASES) && name !== 'Dropout');
    expect(unchecked).toEqual([]);
    for (const name of Object.keys(CASES)) expect(opNamed(name).grad, name).toBeDefined();
  });

  it('a gradient, which is a graph like any other', async () => {
    await expectGradient((x) => gradients(x.tanh().mul(x.exp()).sum(), [x])[0]!, { shapes: [[2, 3]] });
  });
});
