/** Layers give what PyTorch gives on the same sines. */
import { constant, type Tensor } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import { describe, expect, it } from 'vitest';
import {
  averagePool2d,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  elu,
  hardSwish,
  type Layer,
  Module,
  maxPool2d,
  melSpectrogram,
  mish,
  pad2d,
  parametersOf,
  prelu,
  resize2d,
  selu,
  silu,
  softplus,
  spectrogram,
  upsample1d,
  upsample2d,
} from '../index.ts';

const product = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1);
const sines = (dims: readonly number[], k: number) =>
  Float32Array.from({ length: product(dims) }, (_, i) => Math.sin(k * (i + 1)));
const sine = (...dims: number[]): Tensor => constant({ dtype: 'float32', dims, data: sines(dims, 1.1) });

/** What a layer gives, its weights sin(0.7 k) and its bias sin(0.3 k). */
async function given(layer: Layer, x: Tensor) {
  const forward = () => (layer instanceof Module ? layer.forward(x) : layer(x));
  forward();
  for (const [name, parameter] of layer instanceof Module ? parametersOf(layer) : []) {
    const dims = parameter.shape as readonly number[];
    if (name !== 'slope')
      parameter.value = { dtype: 'float32', dims, data: sines(dims, name === 'bias' ? 0.3 : 0.7) };
    else parameter.value = { dtype: 'float32', dims, data: new Float32Array(product(dims)).fill(0.25) };
  }
  const graph = await compile({ name: 'layer', inputs: {}, outputs: { out: forward() } });
  const { out } = await graph.run({});
  await graph.close();
  return out!;
}

// [batch, time, channels], [batch, channels, height, width]
const sequence = sine(2, 7, 4);
const image = sine(2, 4, 5, 5);

/** A layer, its input, and of PyTorch's output: its shape, its first four elements, and Σ cos(0.37 i) yᵢ. */
const CASES: Record<string, [Layer, Tensor, number[], number[], number]> = {
  // F.conv1d(F.pad(x, (1, 1)), w, b, stride=2), and so on, time and channels changing places before and after.
  'conv1d with a stride': [
    conv1d(6, 3, { stride: 2 }),
    sequence,
    [2, 4, 6],
    [-0.304, -0.1016, 0.36371, 0.95639],
    -2.04938,
  ],
  'conv1d with dilation': [
    conv1d(6, 3, { dilation: 2 }),
    sequence,
    [2, 7, 6],
    [0.1975, -0.72868, -1.09703, -0.65099],
    -2.63343,
  ],
  'causal conv1d': [
    conv1d(6, 3, { dilation: 2, padding: 'causal' }),
    sequence,
    [2, 7, 6],
    [1.04292, 1.51246, 1.48579, 1.05876],
    0.21993,
  ],
  'conv1d in groups': [
    conv1d(6, 3, { groups: 2 }),
    sequence,
    [2, 7, 6],
    [1.89902, 1.34181, 0.36866, 0.90353],
    -19.34643,
  ],
  convTranspose1d: [
    convTranspose1d(6, 3, { stride: 2, padding: 1, outputPadding: 1 }),
    sequence,
    [2, 14, 6],
    [0.86848, 0.43012, 0.34619, 1.50794],
    -3.86741,
  ],
  convTranspose2d: [
    convTranspose2d(6, 3, { stride: 2, padding: 1, dilation: 2, groups: 2 }),
    image,
    [2, 6, 11, 11],
    [0.29552, 0.29552, 0.29552, 0.29552],
    -6.37946,
  ],
  conv2d: [
    conv2d(6, 3, { stride: 2, padding: 2, dilation: 2, groups: 2 }),
    image,
    [2, 6, 3, 3],
    [0.433995, -0.11838, 0.21004, 0.28313],
    2.78518,
  ],
  // `same` as TensorFlow pads: F.pad by ⌈size / stride⌉ places, then F.conv2d; F.conv_transpose2d, then what is surplus cut off.
  'conv2d, same, with dilation': [
    conv2d(6, 3, { padding: 'same', dilation: 2 }),
    image,
    [2, 6, 5, 5],
    [0.48353, 0.4657, 0.65785, 0.02369],
    -3.574,
  ],
  'conv2d, same, an even kernel with a stride': [
    conv2d(6, [2, 4], { padding: 'same', stride: 2 }),
    image,
    [2, 6, 3, 3],
    [0.18799, 0.40694, 0.16885, 0.41139],
    2.65416,
  ],
  'conv2d, same, with a stride, dilation and groups': [
    conv2d(6, 3, { padding: 'same', stride: 2, dilation: 2, groups: 2 }),
    image,
    [2, 6, 3, 3],
    [0.433995, -0.11838, 0.21004, 0.28313],
    2.78518,
  ],
  'conv1d, same, with a stride over an even number of steps': [
    conv1d(6, 3, { stride: 2 }),
    sine(2, 8, 4),
    [2, 4, 6],
    [0.01357, 0.16977, 0.46125, 0.83424],
    -1.04253,
  ],
  'conv1d, same, with a stride and dilation': [
    conv1d(6, 3, { stride: 3, dilation: 2 }),
    sine(2, 8, 4),
    [2, 3, 6],
    [2.13387, 2.21866, 1.47511, 0.33622],
    0.2116,
  ],
  'conv1d, same, an even kernel': [
    conv1d(6, 4),
    sine(2, 8, 4),
    [2, 8, 6],
    [0.67233, 0.77419, 0.72706, 0.63642],
    -7.18018,
  ],
  'convTranspose2d, same, with a stride': [
    convTranspose2d(6, 3, { padding: 'same', stride: 2 }),
    image,
    [2, 6, 10, 10],
    [1.09212, 1.35301, 1.50594, 0.83276],
    12.84387,
  ],
  'convTranspose2d, same, a kernel shorter than the stride': [
    convTranspose2d(6, [1, 4], { padding: 'same', stride: 2 }),
    image,
    [2, 6, 10, 10],
    [2.49251, 3.91534, 2.24525, 0.58711],
    29.5309,
  ],
  'convTranspose2d, same, with dilation': [
    convTranspose2d(6, 3, { padding: 'same', dilation: 2 }),
    image,
    [2, 6, 5, 5],
    [0.29298, 0.66857, -0.41725, 0.90827],
    -3.88927,
  ],
  'convTranspose1d, same': [
    convTranspose1d(6, 3, { padding: 'same' }),
    sequence,
    [2, 7, 6],
    [1.72847, 0.69534, -0.78159, 2.38142],
    -1.84363,
  ],
  'maxPool2d, same': [
    maxPool2d(2, { padding: 'same' }),
    image,
    [2, 4, 3, 3],
    [0.98817, 0.58492, -0.70554, 0.59207],
    0.30661,
  ],
  'maxPool2d, same, overlapping': [
    maxPool2d(3, { stride: 2, padding: 'same' }),
    image,
    [2, 4, 3, 3],
    [0.98817, 0.98817, -0.45754, 0.98817],
    1.06892,
  ],
  'averagePool2d, same': [
    averagePool2d(2, { padding: 'same' }),
    image,
    [2, 4, 3, 3],
    [0.74985, -0.24549, -0.85277, -0.23885],
    -1.15819,
  ],
  prelu: [prelu(), image, [2, 4, 5, 5], [0.89121, 0.8085, -0.03944, -0.2379], 0.30624],
  elu: [elu(), image, [2, 4, 5, 5], [0.89121, 0.8085, -0.14593, -0.61388], 0.72788],
  selu: [selu(), image, [2, 4, 5, 5], [0.93639, 0.84949, -0.25656, -1.07926], 1.24403],
  silu: [silu(), image, [2, 4, 5, 5], [0.63199, 0.55931, -0.07266, -0.26508], 0.33464],
  'hardSwish of four times as much': [
    (x) => hardSwish()(x.mul(4)),
    image,
    [2, 4, 5, 5],
    [3.56483, 3.23399, -0.24913, 0],
    0.07203,
  ],
  mish: [mish(), image, [2, 4, 5, 5], [0.75218, 0.66822, -0.08665, -0.30012], 0.38276],
  softplus: [softplus(), image, [2, 4, 5, 5], [1.23491, 1.17697, 0.61738, 0.32651], -1.10469],
  'pad2d, reflecting': [
    pad2d([1, 2], 'reflect'),
    image,
    [2, 4, 7, 9],
    [0.58492, 0.98817, 0.31154, 0.98817],
    -0.26814,
  ],
  'pad2d, of the edge': [
    pad2d([1, 2], 'edge'),
    image,
    [2, 4, 7, 9],
    [0.89121, 0.89121, 0.89121, 0.8085],
    4.31556,
  ],
  'resize2d, linear': [resize2d([7, 9]), image, [2, 4, 7, 9], [0.89121, 0.86364, 0.81769, 0.37906], 3.79132],
  upsample2d: [upsample2d(2), image, [2, 4, 10, 10], [0.89121, 0.89121, 0.8085, 0.8085], 0.69628],
  'upsample1d, linear': [
    upsample1d(2, 'linear'),
    sequence,
    [2, 14, 4],
    [0.89121, 0.8085, -0.15775, -0.9516],
    0.81045,
  ],
};

describe('a layer gives what PyTorch gives:', () => {
  it.each(Object.keys(CASES))('%s', async (name) => {
    const [layer, x, dims, first, sum] = CASES[name]!;
    expectLike(await given(layer, x), dims, first, sum);
  });

  it('melSpectrogram', async () => {
    const sound = [0, 1].flatMap((voice) =>
      Array.from({ length: 400 }, (_, i) =>
        voice === 0 ? Math.sin(0.05 * i * (1 + i / 400)) : 0.3 * Math.sin(0.9 * i),
      ),
    );
    const x = constant({ dtype: 'float32', dims: [2, 400], data: Float32Array.from(sound) });
    const layer = melSpectrogram({ rate: 8000, bands: 8, range: [50, 4000], window: 64, hop: 32 });
    // torch.stft(x, 64, 32, window=hann_window(64), center=False), its power times torchaudio's melscale_fbanks, ln(· + 1e-10)
    expectLike(await given(layer, x), [2, 11, 8], [4.83911, 0.46743, -5.50781, -8.38858], -3.14562, 2);
    expect((await given(spectrogram({ window: 64, hop: 32 }), x)).dims).toEqual([2, 11, 33]);
  });
});

function expectLike(
  { data, dims }: { data: ArrayLike<unknown>; dims: readonly number[] },
  shape: readonly number[],
  first: readonly number[],
  sum: number,
  digits = 3,
): void {
  const values = Array.from(data as Float32Array);
  expect(dims).toEqual(shape);
  for (const [i, value] of first.entries()) expect(values[i]).toBeCloseTo(value, digits + 1);
  expect(values.reduce((total, value, i) => total + Math.cos(0.37 * i) * value, 0)).toBeCloseTo(sum, digits);
}
