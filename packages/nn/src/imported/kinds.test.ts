/** Files of other kinds: half precision, quantized, constants in nodes, constants that are no weights. */
import { Random } from '@gradus/base';
import {
  apply,
  concat,
  constant,
  type Graph,
  type HostTensor,
  input,
  leavesOf,
  ModelFileError,
  readOnnx,
  type Tensor,
  writeOnnx,
} from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ImportedModel, imported, mse, parametersOf, sgd, Trainer } from '../index.ts';

const sine = (dims: readonly number[], k: number): HostTensor => {
  const length = dims.reduce((a, b) => a * b, 1);
  return { dtype: 'float32', dims, data: Float32Array.from({ length }, (_, i) => Math.sin(k * (i + 1))) };
};
const weight = (name: string, dims: readonly number[], k = 0.9) => constant(sine(dims, k), name);
const reals = (...values: number[]): HostTensor => ({
  dtype: 'float32',
  dims: [values.length],
  data: Float32Array.from(values),
});
const model = (outputs: Readonly<Record<string, Tensor>>, ...inputs: Tensor[]): Graph => {
  const named = inputs.map((value) => [(value.source as { name: string }).name, value]);
  return readOnnx(writeOnnx({ name: 'g', inputs: Object.fromEntries(named), outputs })).graph;
};

async function losses(
  net: ImportedModel,
  batch: { x: HostTensor; y: HostTensor },
  steps: number,
): Promise<number[]> {
  const phase = {
    name: 'loss',
    loss: (b: Readonly<Record<string, Tensor>>) => mse(net.forward(b.x!), b.y!),
    parameters: parametersOf(net),
    optimizer: sgd({ learningRate: 0.1, momentum: 0.5 }),
  };
  const trainer = new Trainer([phase], { random: new Random(0) });
  const found: number[] = [];
  for (let i = 0; i < steps; i++) found.push((await trainer.step(batch)).loss!);
  trainer.sync();
  await trainer.close();
  return found;
}

async function outputOf(graph: Graph, x: HostTensor): Promise<number[]> {
  const session = await compile(writeOnnx(graph));
  const outputs = await session.run({ x });
  await session.close();
  return Array.from(Object.values(outputs)[0]!.data as Float32Array);
}

describe('by default', () => {
  const x = input('x', [2, 4, 6]);

  it('weights, biases, tokens and what scales or shifts behind a layer train; scales, masks and means of the input do not', () => {
    const normed = x
      .sub(weight('mean', [6]))
      .matmul(weight('kernel', [6, 6]))
      .add(weight('bias', [6]));
    const scaled = normed
      .mul(weight('gamma', [6]))
      .mul(weight('scale', [1]))
      .add(weight('beta', [6]));
    const joined = concat([weight('token', [1, 1, 6]).expand([2, 1, 6]), scaled], 1);
    const scores = joined.matmul(joined.T).add(weight('relative', [5, 5]));
    const seen = scores.add(
      constant({ dtype: 'float32', dims: [5], data: Float32Array.of(0, 0, 0, -1e9, 0) }, 'mask'),
    );
    const y = seen.softmax().matmul(joined);
    expect(Object.keys(imported(model({ y }, x)).weights).sort()).toEqual(
      ['beta', 'bias', 'gamma', 'kernel', 'token'].sort(),
    );
  });

  it('a table that is looked up trains, also where it is added to the scores of a softmax', () => {
    const places = constant({
      dtype: 'int64',
      dims: [4, 4],
      data: BigInt64Array.from({ length: 16 }, (_, i) => BigInt(i % 7)),
    });
    const y = x
      .matmul(x.T)
      .add(weight('table', [7]).gather(places))
      .softmax()
      .matmul(x);
    expect(Object.keys(imported(model({ y }, x)).weights)).toEqual(['table']);
  });

  it('the first state of a recurrent layer does not, unless it is named', () => {
    const layer = ['input', 'recurrent', 'biases'].map((name, i) =>
      weight(
        name,
        [
          [1, 9, 6],
          [1, 9, 3],
          [1, 18],
        ][i]!,
      ),
    );
    const y = apply('GRU', [x.transpose([1, 0, 2]), ...layer, null, weight('first', [1, 2, 3])], {
      hidden_size: 3,
    });
    const graph = model({ y }, x);
    expect(Object.keys(imported(graph).weights).sort()).toEqual(['biases', 'input', 'recurrent']);
    const named = imported(graph, { besides: (name) => name === 'first' });
    expect(Object.keys(named.weights).sort()).toEqual(['biases', 'first', 'input', 'recurrent']);
  });

  it('scales of Resize stay constants, and sizes are known', async () => {
    const image = input('x', [2, 3, 4, 4]);
    const small = apply('Conv', [image, weight('kernel', [2, 3, 1, 1])]);
    const y = apply('Resize', [small, null, constant(reals(1, 1, 2, 2), 'scales')], { mode: 'nearest' });
    const net = imported(model({ y }, image));
    expect(Object.keys(net.weights)).toEqual(['kernel']);
    const found = await losses(net, { x: sine([2, 3, 4, 4], 1.1), y: sine([2, 2, 8, 8], 0.7) }, 3);
    expect(found[2]).toBeLessThan(found[0]!);
  });

  it('an embedding and the output layer that shares it stay one', () => {
    const ids = input('x', [2, 3], 'int64');
    const table = weight('table', [7, 6]);
    const y = table.gather(ids).matmul(constant((table.source as { data: HostTensor }).data, 'head').T);
    const net = imported({ name: 'g', inputs: { x: ids }, outputs: { y } });
    expect(Object.keys(net.weights)).toEqual(['table']);
  });
});

describe('a model of half-precision weights', () => {
  const halves = (dims: readonly number[]): HostTensor => ({
    dtype: 'float16',
    dims,
    data: Uint16Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => 0x3000 + 97 * i),
  });

  it.each(['float16', 'float32'] as const)('with inputs of %s trains in single precision', async (dtype) => {
    const x = input('x', [5, 4], dtype);
    const y = x
      .cast('float16')
      .matmul(constant(halves([4, 3]), 'kernel'))
      .add(constant(halves([3]), 'bias'));
    const net = imported(model({ y: y.cast(dtype) }, x));
    expect(Object.keys(net.weights).sort()).toEqual(['bias', 'kernel']);
    const found = await losses(net, { x: sine([5, 4], 1.1), y: sine([5, 3], 0.7) }, 5);
    expect(found[4]).toBeLessThan(found[0]!);
    const written = readOnnx(writeOnnx(net.graph())).graph;
    expect(written.inputs.x!.dtype).toBe('float32');
    expect(leavesOf(written).some((leaf) => leaf.dtype === 'float16')).toBe(false);
  });

  it('takes inputs of half precision too', () => {
    const x = input('x', [5, 4], 'float16');
    const net = imported(model({ y: x.matmul(constant(halves([4, 3]), 'kernel')) }, x));
    expect(net.forward(x).dtype).toBe('float32');
  });
});

describe('a quantized model', () => {
  const bytes = (...values: number[]) =>
    constant({ dtype: 'int8', dims: [values.length], data: Int8Array.from(values) });
  const single = (value: number, zero: number) =>
    [
      constant({ dtype: 'float32', dims: [], data: Float32Array.of(value) }),
      constant({ dtype: 'int8', dims: [], data: Int8Array.of(zero) }),
    ] as const;
  const rounded = (x: Tensor, scale: number, zero: number) => {
    const by = single(scale, zero);
    return apply('DequantizeLinear', [apply('QuantizeLinear', [x, ...by]), ...by]);
  };
  const whole = Int8Array.from({ length: 12 }, (_, i) => ((37 * i + 11) % 255) - 127);
  const x = input('x', [5, 4]);
  const kernel = apply(
    'DequantizeLinear',
    [
      constant({ dtype: 'int8', dims: [3, 4], data: whole }, 'kernel'),
      constant(reals(0.02, 0.01, 0.03), 'scales'),
      bytes(0, 0, 0),
    ],
    { axis: 0 },
  );
  const bias = apply(
    'DequantizeLinear',
    [
      constant({ dtype: 'int32', dims: [3], data: Int32Array.of(120, -40, 900) }, 'bias'),
      constant(reals(0.001, 0.002, 0.0005), 'bias scales'),
    ],
    { axis: 0 },
  );
  const graph = model(
    { y: rounded(apply('Gemm', [rounded(x, 0.008, 3), kernel, bias], { transB: 1 }), 0.02, -5) },
    x,
  );
  const batch = { x: sine([5, 4], 1.1), y: sine([5, 3], 0.7) };

  // PyTorch 2.13: fake_quantize of input, weight and output, SGD with a learning rate of 0.1 and momentum 0.5.
  const LOSSES = [
    5.2259841, 5.0402308, 4.8209977, 4.5648956, 4.1915388, 3.8567054, 3.5774381, 3.4006212, 3.2582934,
    3.1730115, 3.1138358, 3.072283,
  ];
  const KERNEL = [-80, -44, -46, -44, 30, 4, 49, -99, -60, -45, -22, 23];

  it('is what it was before it is trained', async () => {
    expect(await outputOf(imported(graph).graph(), batch.x)).toEqual(await outputOf(graph, batch.x));
  });

  it('trains through its rounding as in PyTorch (fake_quantize_per_channel_affine), and is written in whole numbers', async () => {
    const net = imported(graph);
    expect(Object.keys(net.weights).sort()).toEqual(['bias', 'kernel']);
    const found = await losses(net, batch, LOSSES.length);
    for (const [i, expected] of LOSSES.entries())
      expect(Math.abs(found[i]! - expected), `step ${i}`).toBeLessThan(1e-6);
    const written = leavesOf(net.graph()).find(({ dtype, shape }) => dtype === 'int8' && shape.length === 2)!;
    expect(Array.from((written.source as { data: HostTensor }).data.data as Int8Array)).toEqual(KERNEL);
  });

  it('keeps any whole weight that is not trained', () => {
    const scale = fc.float({ min: Math.fround(1e-3), max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.int8Array({ minLength: 4, maxLength: 4 }),
        scale,
        fc.integer({ min: -128, max: 127 }),
        (data, s, zero) => {
          const q = constant({ dtype: 'int8', dims: [4, 1], data }, 'kernel');
          const y = x.matmul(apply('DequantizeLinear', [q, ...single(s, zero)]));
          const leaf = leavesOf(imported({ name: 'g', inputs: { x }, outputs: { y } }).graph()).find(
            ({ dtype, shape }) => dtype === 'int8' && shape.length === 2,
          )!;
          expect((leaf.source as { data: HostTensor }).data.data).toEqual(data);
        },
      ),
    );
  });

  it('of layers that compute with whole numbers is refused, with the way out', () => {
    const q = apply('DynamicQuantizeLinear', [x]);
    const y = apply('MatMulInteger', [
      q,
      constant({ dtype: 'uint8', dims: [4, 3], data: new Uint8Array(12) }, 'kernel'),
    ]);
    const refuse = () => imported({ name: 'g', inputs: { x }, outputs: { y } });
    expect(refuse).toThrow(ModelFileError);
    expect(refuse).toThrow(
      /whole numbers \(MatMulInteger\)\. Import the model from before it was quantized, or quantize it in the QDQ format/,
    );
  });
});

describe('a model without anything to train', () => {
  const x = input('x', [2, 3]);
  it('is refused with the reason', () => {
    const doubles = constant({ dtype: 'float64', dims: [3, 3], data: new Float64Array(9) }, 'kernel');
    expect(() => imported(model({ y: x.cast('float64').matmul(doubles) }, x))).toThrow(
      /float64 \(1\)\. Convert/,
    );
    expect(() => imported(model({ y: x.mul(weight('scale', [3])) }, x))).toThrow(
      /no constant .* is the weight of a layer\. .*"besides"/,
    );
  });
});
