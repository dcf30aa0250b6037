/** Gradient rules over shapes, axes and geometries that chance draws, and gradients of gradients where a rule has one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../index.ts';
import type { Attributes } from '../graph.ts';
import { apply, concat, int64, type Tensor } from '../tensor.ts';
import { type Check, expectGradient } from '../testing/finite-differences.ts';
import { gradients } from '../transforms/grad.ts';

/** Few and small, for each element costs two runs. */
const RUNS = { numRuns: 12, seed: 7 };
const side = fc.integer({ min: 1, max: 3 });
const anyShape = fc.array(side, { maxLength: 4 });
const someAxes = fc.array(side, { minLength: 1, maxLength: 4 });

/** A shape and a second one that broadcasts with it, either way. */
const broadcastable = someAxes.chain((shape) =>
  fc
    .tuple(
      fc.array(fc.constantFrom(0, 1, 2), { minLength: shape.length, maxLength: shape.length }),
      fc.nat(shape.length),
    )
    .map(([ones, cut]) => [
      shape.map((size, i) => (ones[i] === 1 ? 1 : size)),
      shape.map((size, i) => (ones[i] === 2 ? 1 : size)).slice(cut),
    ]),
);

const SMOOTH: Record<string, Partial<Check>> = {
  Exp: {},
  Log: { range: [0.3, 2] },
  Sqrt: { range: [0.3, 2] },
  Reciprocal: { range: [0.3, 2] },
  Sin: {},
  Cos: {},
  Tanh: {},
  Sigmoid: {},
  Neg: {},
};
const BINARY: Record<string, Partial<Check>> = {
  Add: {},
  Sub: {},
  Mul: {},
  Div: { range: [0.4, 2] },
  Pow: { range: [0.4, 2] },
};
const REDUCTIONS = ['ReduceSum', 'ReduceMean', 'ReduceSumSquare', 'ReduceLogSumExp'];

const single = { dtype: 'float32' as const };

describe('the gradient rules of', () => {
  it.each(Object.keys(SMOOTH))('%s, in any shape', async (op) => {
    await fc.assert(
      fc.asyncProperty(anyShape, (shape) =>
        expectGradient((x) => apply(op, [x]), { shapes: [shape], ...SMOOTH[op] }),
      ),
      RUNS,
    );
  });

  it.each(Object.keys(BINARY))('%s, however its inputs broadcast', async (op) => {
    await fc.assert(
      fc.asyncProperty(broadcastable, (shapes) =>
        expectGradient((a, b) => apply(op, [a, b!]), { shapes, ...BINARY[op] }),
      ),
      RUNS,
    );
  });

  it.each([...REDUCTIONS, 'ReduceMax'])('%s, over any axes, kept or not', async (op) => {
    const example = someAxes.chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        axes: fc.subarray(
          shape.map((_, i) => i),
          { minLength: 1 },
        ),
        fromTheEnd: fc.boolean(),
        keepdims: fc.constantFrom(0, 1),
      }),
    );
    await fc.assert(
      fc.asyncProperty(example, ({ shape, axes, fromTheEnd, keepdims }) =>
        expectGradient(
          (x) =>
            apply(op, [x, int64(axes.map((axis) => (fromTheEnd ? axis - shape.length : axis)))], {
              keepdims,
            }),
          { shapes: [shape], apart: op === 'ReduceMax' },
        ),
      ),
      RUNS,
    );
  });

  it.each(['Softmax', 'LogSoftmax'])('%s, over any axis', async (op) => {
    const example = someAxes.chain((shape) => fc.tuple(fc.constant(shape), fc.nat(shape.length - 1)));
    await fc.assert(
      fc.asyncProperty(example, ([shape, axis]) =>
        expectGradient((x) => apply(op, [x], { axis }), { shapes: [shape] }),
      ),
      RUNS,
    );
  });

  it('MatMul, batches broadcast', async () => {
    const example = fc.tuple(broadcastable, side, side, side);
    await fc.assert(
      fc.asyncProperty(example, ([[a, b], m, k, n]) =>
        expectGradient((x, y) => x.matmul(y!), {
          shapes: [
            [...a!.slice(-2), m, k],
            [...b!.slice(-2), k, n],
          ],
        }),
      ),
      RUNS,
    );
  });

  it('Transpose, Reshape, Tile, Pad, Slice and Concat, with any arguments', async () => {
    const example = someAxes.chain((shape) => {
      const each = <T>(value: fc.Arbitrary<T>) =>
        fc.array(value, { minLength: shape.length, maxLength: shape.length });
      return fc.record({
        shape: fc.constant(shape),
        order: fc.shuffledSubarray(
          shape.map((_, i) => i),
          { minLength: shape.length },
        ),
        repeats: each(fc.integer({ min: 1, max: 2 })),
        before: each(fc.nat(1)),
        after: each(fc.nat(2)),
        starts: each(fc.nat(2)),
        axis: fc.nat(shape.length - 1),
      });
    });
    await fc.assert(
      fc.asyncProperty(example, async ({ shape, order, repeats, before, after, starts, axis }) => {
        const check = (f: (x: Tensor) => Tensor) => expectGradient(f, { shapes: [shape] });
        await check((x) => x.transpose(order));
        await check((x) => x.reshape([-1]));
        await check((x) => x.tile(repeats));
        await check((x) => x.pad(before, after));
        await check((x) =>
          x.slice(
            starts.map((start, i) => Math.min(start, shape[i]! - 1)),
            shape,
          ),
        );
        await check((x) => concat([x, x.mul(x)], axis));
      }),
      RUNS,
    );
  });

  it('Gather, of any axis', async () => {
    const example = someAxes.chain((shape) =>
      fc
        .nat(shape.length - 1)
        .chain((axis) =>
          fc.tuple(
            fc.constant(shape),
            fc.constant(axis),
            fc.array(fc.nat(shape[axis]! - 1), { minLength: 1, maxLength: 4 }),
          ),
        ),
    );
    await fc.assert(
      fc.asyncProperty(example, ([shape, axis, indices]) =>
        expectGradient((x) => x.gather(int64(indices), axis), { shapes: [shape] }),
      ),
      RUNS,
    );
  });

  const geometry = fc.record({
    batch: side,
    group: fc.constantFrom(1, 2),
    channels: side,
    filters: side,
    kernel: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 2 }),
    stride: fc.integer({ min: 1, max: 2 }),
    dilation: fc.integer({ min: 1, max: 2 }),
    pad: fc.nat(1),
    more: fc.nat(2),
  });

  it.each(['Conv', 'ConvTranspose'])('%s, in any geometry', async (op) => {
    await fc.assert(
      fc.asyncProperty(
        geometry,
        ({ batch, group, channels, filters, kernel, stride, dilation, pad, more }) => {
          const sides = kernel.map((size) => (size - 1) * dilation + 1 + more);
          const attributes: Attributes = {
            group,
            strides: kernel.map(() => stride),
            dilations: kernel.map(() => dilation),
            pads: [...kernel, ...kernel].map(() => (op === 'Conv' ? pad : 0)),
          };
          const weights =
            op === 'Conv' ? [group * filters, channels, ...kernel] : [group * channels, filters, ...kernel];
          return expectGradient((...inputs) => apply(op, inputs, attributes), {
            shapes: [[batch, group * channels, ...sides], weights, [group * filters]],
            ...single,
          });
        },
      ),
      RUNS,
    );
  });

  it.each(['MaxPool', 'AveragePool'])('%s, in any geometry', async (op) => {
    await fc.assert(
      fc.asyncProperty(geometry, ({ batch, channels, kernel, stride, more, pad }) =>
        expectGradient(
          (x) =>
            apply(op, [x], {
              kernel_shape: kernel,
              strides: kernel.map(() => stride),
              pads: [...kernel, ...kernel].map(() => Math.min(pad, Math.min(...kernel) - 1)),
            }),
          { shapes: [[batch, channels, ...kernel.map((size) => size + more)]], apart: true, ...single },
        ),
      ),
      RUNS,
    );
  });

  it.each(['LayerNormalization', 'InstanceNormalization', 'GroupNormalization'])(
    '%s, in any shape',
    async (op) => {
      const shape = fc.tuple(side, fc.constantFrom(2, 4), fc.integer({ min: 2, max: 3 }), side);
      await fc.assert(
        fc.asyncProperty(shape, (shape) => {
          const size = [op === 'LayerNormalization' ? shape[3] : shape[1]];
          if (op === 'LayerNormalization') shape[3] += 1;
          if (op === 'LayerNormalization') size[0] = shape[3];
          const attributes: Attributes = op === 'GroupNormalization' ? { num_groups: 2 } : {};
          // The offset keeps variances away from zero, where normalization is too steep for differences.
          return expectGradient((x, scale, bias) => apply(op, [x, scale!, bias!], attributes), {
            shapes: [shape, size as number[], size as number[]],
            apart: true,
            ...single,
          });
        }),
        RUNS,
      );
    },
  );
});

describe('second derivatives', () => {
  /** The gradient of Σ f, as a function whose own gradient is checked. */
  const slope =
    (f: (...inputs: Tensor[]) => Tensor) =>
    (...inputs: Tensor[]) => {
      const parts = gradients(
        f(...inputs)
          .mul(f(...inputs))
          .sum(),
        inputs,
      );
      return concat(
        parts.map((part) => part.reshape([-1])),
        0,
      );
    };
  const shapes = (...all: number[][]) => ({ shapes: all });

  it.each(Object.keys(SMOOTH))('of %s', async (op) => {
    await expectGradient(
      slope((x) => apply(op, [x])),
      { ...shapes([2, 3]), ...SMOOTH[op] },
    );
  });
  it.each(Object.keys(BINARY))('of %s', async (op) => {
    await expectGradient(
      slope((a, b) => apply(op, [a, b!])),
      { ...shapes([2, 3], [3]), ...BINARY[op] },
    );
  });
  it.each(REDUCTIONS)('of %s', async (op) => {
    await expectGradient(
      slope((x) => apply(op, [x, int64([1])])),
      shapes([2, 3]),
    );
  });

  const MORE: Record<string, [(...inputs: Tensor[]) => Tensor, Check]> = {
    Softmax: [(x) => x.softmax(), shapes([2, 3])],
    LogSoftmax: [(x) => x.logSoftmax(), shapes([2, 3])],
    MatMul: [(a, b) => a.matmul(b!), shapes([2, 3], [3, 2])],
    Gemm: [(a, b, c) => apply('Gemm', [a, b!, c!], { transA: 1 }), shapes([3, 2], [3, 2], [2])],
    Gather: [(x) => x.gather(int64([0, 1, 1])), shapes([2, 2])],
    Slice: [(x) => x.slice([1], [3], [1]).exp(), shapes([2, 4])],
    Conv: [
      (x, w) => apply('Conv', [x, w!], { pads: [1, 1] }),
      { ...shapes([1, 2, 3], [2, 2, 2]), ...single },
    ],
    ConvTranspose: [
      (x, w) => apply('ConvTranspose', [x, w!]),
      { ...shapes([1, 2, 3], [2, 2, 2]), ...single },
    ],
    AveragePool: [
      (x) => apply('AveragePool', [x.exp()], { kernel_shape: [2] }),
      { ...shapes([1, 2, 4]), range: [-1, 0.5], ...single },
    ],
    Gelu: [(x) => x.gelu(), { ...shapes([2, 3]), ...single }],
    Erf: [(x) => apply('Erf', [x]), { ...shapes([2, 3]), ...single }],
    Einsum: [
      (a, b) => apply('Einsum', [a, b!], { equation: 'ij,kj->ik' }),
      { ...shapes([2, 3], [2, 3]), ...single },
    ],
    LayerNormalization: [
      (x, s, b) => apply('LayerNormalization', [x, s!, b!]),
      { ...shapes([2, 6], [6], [6]), range: [-4, 4], apart: true, ...single },
    ],
    'BatchNormalization by the batch': [
      (x, s, b) =>
        apply('BatchNormalization', [x, s!, b!, b!.mul(0), s!.mul(0)], {
          training_mode: 1,
          momentum: { float: 0 },
        }),
      { ...shapes([6, 2], [2], [2]), range: [-4, 4], apart: true, ...single },
    ],
    LSTM: [
      (x, w, r) => apply('LSTM', [x, w!, r!], { hidden_size: 2 }),
      { ...shapes([2, 1, 2], [1, 8, 2], [1, 8, 2]), ...single },
    ],
    InstanceNormalization: [
      (x, s, b) => apply('InstanceNormalization', [x, s!, b!]),
      { ...shapes([1, 2, 6], [2], [2]), range: [-4, 4], apart: true, ...single },
    ],
  };
  it.each(Object.keys(MORE))('of %s', async (op) => {
    const [f, check] = MORE[op]!;
    await expectGradient(slope(f), check);
  });

  it('up to the fourth', async () => {
    let f = (x: Tensor): Tensor => x.tanh();
    for (let order = 0; order < 3; order++) {
      const before = f;
      f = (x) => gradients(before(x).sum(), [x])[0]!;
    }
    await expectGradient(f, shapes([3]));
    expect.assertions(4);
  });
});
