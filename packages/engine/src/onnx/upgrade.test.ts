/** Old forms of ops mean what ONNX Runtime, which runs them as they are, takes them to mean. */
import { describe, expect, it } from 'vitest';
import type { HostTensor } from '../host.ts';
import { ModelFileError, readOnnx, topologicalOrder } from '../index.ts';
import { type Attribute, bothOutputs, bytesOf, node, type OldModel } from './testing/old-models.ts';

/** One op applied to one input, of shape [2, 3, 4] unless said otherwise. */
const one = (
  opset: number,
  op: string,
  attributes: Readonly<Record<string, Attribute>>,
  {
    shape = [2, 3, 4] as readonly number[],
    outputs = ['y'],
    constants = {} as Record<string, HostTensor>,
  } = {},
): [string, OldModel] => [
  `${op} of opset ${opset} with ${JSON.stringify(attributes)}`,
  {
    opset,
    nodes: [node(op, ['x', ...Object.keys(constants)], outputs, attributes)],
    inputs: { x: shape },
    constants,
    outputs,
  },
];

const floats = (...data: number[]): HostTensor => ({
  dtype: 'float32',
  dims: [data.length],
  data: Float32Array.from(data),
});
const image = { shape: [1, 4, 3, 2] };
const statistics = {
  scale: floats(1, 2, 0.5, 1),
  bias: floats(0, 1, 2, 3),
  mean: floats(0.1, 0, 0, 1),
  variance: floats(1, 2, 3, 4),
};

describe('what is read means the same:', () => {
  it.each([
    one(11, 'Squeeze', { axes: [0, -1] }, { shape: [1, 3, 1] }),
    one(9, 'Squeeze', {}, { shape: [1, 3, 1] }),
    one(9, 'Unsqueeze', { axes: [0, 2] }),
    ...['Sum', 'Mean', 'Max', 'Min', 'Prod', 'L1', 'L2', 'SumSquare', 'LogSumExp'].map((name) =>
      one(11, `Reduce${name}`, { axes: [1, -1], keepdims: 0 }),
    ),
    one(12, 'ReduceSum', {}),
    one(17, 'ReduceMax', { axes: [1] }),
    one(9, 'Split', { axis: 1, split: [1, 2] }, { outputs: ['y', 'z'] }),
    one(11, 'Split', { axis: -1 }, { outputs: ['y', 'z'] }),
    one(13, 'Split', { axis: 2 }, { outputs: ['y', 'z'] }),
    one(9, 'Slice', { starts: [1, 0], ends: [2 ** 63, -1], axes: [2, 1] }),
    one(7, 'Slice', { starts: [0, 1], ends: [1, 3] }),
    one(9, 'Pad', { pads: [0, 1, 0, 0, 0, 2], value: { f: 1.5 } }),
    one(9, 'Pad', { pads: [0, 1, 1, 0, 2, 2], mode: 'reflect' }),
    one(7, 'Clip', { min: { f: -0.5 }, max: { f: 0.75 } }),
    one(7, 'Clip', { max: { f: 0.75 } }),
    one(10, 'Dropout', { ratio: { f: 0.3 } }),
    one(9, 'TopK', { k: 2, axis: 1 }, { outputs: ['y', 'z'] }),
    one(11, 'Softmax', { axis: 1 }),
    one(11, 'Softmax', {}),
    one(11, 'LogSoftmax', { axis: 0 }),
    one(12, 'Hardmax', { axis: -2 }),
    one(13, 'Softmax', {}),
    one(7, 'BatchNormalization', { epsilon: { f: 0.01 } }, { ...image, constants: statistics }),
    one(9, 'BatchNormalization', {}, { ...image, constants: statistics }),
    one(7, 'Upsample', { mode: 'nearest', scales: { floats: [1, 1, 2, 3] } }, image),
    one(9, 'Upsample', { mode: 'linear' }, { ...image, constants: { scales: floats(1, 1, 2, 3) } }),
    one(10, 'Resize', { mode: 'nearest' }, { ...image, constants: { scales: floats(1, 1, 2, 1.5) } }),
    one(10, 'Resize', { mode: 'linear' }, { ...image, constants: { scales: floats(1, 1, 2, 1.5) } }),
    one(
      11,
      'Resize',
      { mode: 'linear', coordinate_transformation_mode: 'align_corners' },
      {
        ...image,
        constants: { roi: floats(), scales: floats(1, 1, 2, 2) },
      },
    ),
    one(
      18,
      'GroupNormalization',
      { num_groups: 2 },
      {
        ...image,
        constants: { scale: floats(1, 2), bias: floats(0.5, -1) },
      },
    ),
    one(
      16,
      'GridSample',
      { mode: 'bicubic' },
      {
        ...image,
        constants: {
          grid: { dtype: 'float32', dims: [1, 1, 2, 2], data: Float32Array.of(0.1, -0.4, 0.9, 0.3) },
        },
      },
    ),
    one(17, 'DFT', { axis: 1 }, { shape: [2, 4, 1] }),
  ])('%s', async (_, model) => {
    const [expected, got] = await bothOutputs(model);
    for (const [i, { dims, data, dtype }] of expected.entries()) {
      expect(got[i]!.dims).toEqual(dims);
      expect(got[i]!.dtype).toEqual(dtype);
      for (const [k, value] of data.entries()) {
        expect(Number(got[i]!.data[k])).toBeCloseTo(Number(value), 5);
      }
    }
  });
});

it('batch normalization with more outputs was training', () => {
  const [, model] = one(
    9,
    'BatchNormalization',
    { momentum: { f: 0.8 } },
    {
      ...image,
      constants: statistics,
      outputs: ['y', 'newMean', 'newVariance'],
    },
  );
  const { graph } = readOnnx(bytesOf(model));
  const [node] = topologicalOrder(Object.values(graph.outputs));
  expect(node!.attributes).toEqual({ training_mode: 1, momentum: { float: expect.closeTo(0.8) } });
  expect(graph.outputs.newMean!.shape).toEqual([4]);
});

it('refuses a form that has no match today, and names it', () => {
  const refused = ([, model]: [string, OldModel]) => expect(() => readOnnx(bytesOf(model)));
  refused(one(6, 'Relu', {})).toThrow(/uses opset 6; expected 7 to/);
  refused(one(29, 'Relu', {})).toThrow(/uses opset 29/);
  refused(one(7, 'BatchNormalization', { spatial: 0 }, { ...image, constants: statistics })).toThrow(
    /BatchNormalization.*spatial = 0/,
  );
  refused(
    one(
      11,
      'Resize',
      { coordinate_transformation_mode: 'tf_half_pixel_for_nn' },
      {
        ...image,
        constants: { roi: floats(), scales: floats(1, 1, 2, 2) },
      },
    ),
  ).toThrow(ModelFileError);
});
