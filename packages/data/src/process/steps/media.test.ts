/** Images, sound and series, against PyTorch 2.13, SciPy 1.10 and a Fourier transform written out. */

import { Random } from '@gradus/base';
import { type HostTensor, writeOnnx } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import { describe, expect, it } from 'vitest';
import { pipelineGraph } from '../fold.ts';
import { fitPipeline, invert, pipeline, transform } from '../pipeline.ts';
import { processed, rowsOf, values } from '../testing/processed.ts';
import * as steps from './declared.ts';

const close = (got: ArrayLike<number>, expected: readonly number[], within: number) => {
  for (const [i, value] of expected.entries()) expect(Math.abs(got[i]! - value), `${i}`).toBeLessThan(within);
};

describe('images', () => {
  const pixels: HostTensor = {
    dtype: 'uint8',
    dims: [2, 7, 10, 3],
    data: Uint8Array.from({ length: 2 * 7 * 10 * 3 }, (_, i) => (i * 37) % 256),
  };
  const blue = (tensor: HostTensor) => (tensor.data as Float32Array).slice(-12);

  it.each([
    /*
     * img = (torch.arange(2*7*10*3) * 37 % 256).reshape(2, 7, 10, 3).float().permute(0, 3, 1, 2)
     * F.interpolate(img, (3, 4), mode=mode, antialias=True).clamp(0, 255)[1, 2] / 255
     */
    [
      'linear',
      [
        0.5363382, 0.5240336, 0.4535574, 0.4575503, 0.5091538, 0.5259239, 0.4842999, 0.4585509, 0.5019099,
        0.5036863, 0.5106555, 0.4720142,
      ],
    ],
    [
      'cubic',
      [
        0.5364701, 0.5300335, 0.4468957, 0.4556317, 0.5248312, 0.5120301, 0.4784172, 0.4641609, 0.5028936,
        0.5058714, 0.51292, 0.4665953,
      ],
    ],
  ] as const)('shrink as PyTorch shrinks them, antialiased (%s)', async (interpolation, expected) => {
    const step = steps.image({ size: [3, 4], fit: 'stretch', interpolation, normalize: 'unit' });
    const { x } = await processed('image', pixels, [step]);
    expect(x!.dims).toEqual([2, 3, 3, 4]);
    close(blue(x!), expected, 2e-6);
  });

  it('are normalized by the training images, each channel', async () => {
    const { x } = await processed('image', pixels, [steps.image({ size: 6 })]);
    const area = 36;
    for (let channel = 0; channel < 3; channel++) {
      const of = [0, 1].flatMap((image) => [
        ...(x!.data as Float32Array).slice((image * 3 + channel) * area, (image * 3 + channel + 1) * area),
      ]);
      const mean = of.reduce((a, b) => a + b) / of.length;
      expect(mean).toBeCloseTo(0, 5);
      expect(of.reduce((sum, value) => sum + (value - mean) ** 2, 0) / of.length).toBeCloseTo(1, 4);
    }
  });

  it('of other ratios are cut, or have black at the sides', async () => {
    const white: HostTensor = { dtype: 'uint8', dims: [1, 4, 8, 3], data: new Uint8Array(96).fill(255) };
    const grey = { size: 4, channels: 'grey', normalize: 'unit' } as const;
    const cover = await values('image', white, [steps.image({ ...grey, fit: 'cover' })]);
    close(cover, new Array<number>(16).fill(1), 1e-6);
    const contain = await values('image', white, [steps.image({ ...grey, fit: 'contain' })]);
    close(contain, [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0], 1e-6);
  });

  it('of a great ratio take no more memory than others', async () => {
    // Were it resized before it is cut, this row of pixels would need 900 gigabytes.
    const row: HostTensor = {
      dtype: 'uint8',
      dims: [1, 1, 60_000, 3],
      data: new Uint8Array(180_000).fill(255),
    };
    const { x } = await processed('image', row, [steps.image({ size: 1000, normalize: 'unit' })]);
    expect(x!.dims).toEqual([1, 3, 1000, 1000]);
  });

  it('become grey by the weights of BT.601', async () => {
    const red: HostTensor = { dtype: 'uint8', dims: [1, 1, 1, 3], data: Uint8Array.of(255, 0, 0) };
    close(
      await values('image', red, [steps.image({ size: 1, channels: 'grey', normalize: 'unit' })]),
      [0.299],
      1e-6,
    );
  });
});

describe('log-mel spectrograms', () => {
  const rate = 8000;
  const random = new Random(3);
  // A rising tone, a steady one and noise.
  const sound = Float32Array.from({ length: 1000 }, (_, i) => {
    const t = i / rate;
    return (
      Math.sin(2 * Math.PI * (300 + 8000 * t) * t) +
      0.3 * Math.sin(2 * Math.PI * 2000 * t) +
      0.01 * random.normal()
    );
  });

  /** Frame by frame and sum by sum; the bands as librosa.filters.mel draws them, by ramps from each edge. */
  function naive(
    frame: number,
    hop: number,
    bands: number,
    scale: 'slaney' | 'htk',
    norm: boolean,
  ): number[] {
    const toMel = (hz: number) =>
      scale === 'htk'
        ? 1127.0104805 * Math.log1p(hz / 700)
        : hz >= 1000
          ? 15 + Math.log(hz / 1000) / 0.06875177742094912
          : hz / (200 / 3);
    const toHz = (mel: number) =>
      scale === 'htk'
        ? 700 * Math.expm1(mel / 1127.0104805)
        : mel >= 15
          ? 1000 * Math.exp(0.06875177742094912 * (mel - 15))
          : (200 / 3) * mel;
    const edges = Array.from({ length: bands + 2 }, (_, i) => toHz((toMel(rate / 2) * i) / (bands + 1)));
    const ends = new Array<number>(frame / 2).fill(0);
    const samples = [...ends, ...sound, ...ends];
    const result: number[] = [];
    for (let start = 0; start + frame <= samples.length; start += hop) {
      const power = Array.from({ length: frame / 2 + 1 }, (_, f) => {
        let [re, im] = [0, 0];
        for (let t = 0; t < frame; t++) {
          const value = samples[start + t]! * Math.sin((Math.PI * t) / frame) ** 2;
          re += value * Math.cos((2 * Math.PI * f * t) / frame);
          im += value * Math.sin((2 * Math.PI * f * t) / frame);
        }
        return re * re + im * im;
      });
      for (let band = 0; band < bands; band++) {
        const [a, b, c] = edges.slice(band) as [number, number, number];
        const energy = power.reduce((sum, value, f) => {
          const hz = (f * rate) / frame;
          const weight = hz <= a || hz >= c ? 0 : hz <= b ? (hz - a) / (b - a) : (c - hz) / (c - b);
          return sum + value * weight * (norm ? 2 / (c - a) : 1);
        }, 0);
        result.push(Math.log(Math.max(energy, 1e-10)));
      }
    }
    return result;
  }

  it.each([
    ['slaney', 'slaney'],
    ['htk', 'none'],
  ] as const)('are those of a Fourier transform written out (%s)', async (scale, norm) => {
    const step = steps.logMel({ rate, frame: 256, hop: 100, bands: 20, scale, norm });
    const tensor: HostTensor = { dtype: 'float32', dims: [1, sound.length], data: sound };
    const { x } = await processed('sound', tensor, [step]);
    expect(x!.dims).toEqual([1, 11, 20]);
    close(x!.data as Float32Array, naive(256, 100, 20, scale, norm === 'slaney'), 1e-3);
  });

  it('hear a tone in its band, and silence at the floor', async () => {
    const step = steps.logMel({ rate, frame: 256, hop: 128, bands: 20, scale: 'htk', log: 'decibel' });
    const tone = Float32Array.from({ length: 2048 }, (_, i) => Math.sin((2 * Math.PI * 1000 * i) / rate));
    const tensor: HostTensor = {
      dtype: 'float32',
      dims: [2, 2048],
      data: Float32Array.of(...tone, ...new Float32Array(2048)),
    };
    const [first, second] = rowsOf((await processed('sound', tensor, [step])).x!) as [number[], number[]];
    const middle = first.slice(8 * 20, 9 * 20);
    // 4000 Hz are 2146 mel, 1000 Hz 1000: band i peaks at (i + 1) 2146 / 21.
    expect(middle.indexOf(Math.max(...middle))).toBe(9);
    expect(new Set(second.map((value) => Math.round(value)))).toEqual(new Set([-100]));
  });
});

const SERIES = [3, 1, 4, 1, 5, 9, 2, 6, 5, 35, -8, 9.7];
const series = (data: readonly number[], rows = 1): HostTensor => ({
  dtype: 'float64',
  dims: [rows, data.length / rows],
  data: Float64Array.from(data),
});

describe('denoising', () => {
  it.each([
    // uniform_filter1d(x, 3, mode='nearest')
    [
      'mean',
      { method: 'mean', width: 3 },
      [
        2.33333333333, 2.66666666667, 2, 3.33333333333, 5, 5.33333333333, 5.66666666667, 4.33333333333,
        15.3333333333, 10.6666666667, 12.2333333333, 3.8,
      ],
    ],
    // median_filter(x, 5, mode='nearest')
    ['median', { method: 'median', width: 5 }, [3, 3, 3, 4, 4, 5, 5, 6, 5, 6, 9.7, 9.7]],
    // savgol_filter(x, 5, 2, mode='nearest')
    [
      'Savitzky-Golay',
      { method: 'savgol', width: 5, degree: 2 },
      [
        2.22857142857, 2.54285714286, 1.94285714286, 2.71428571429, 5.34285714286, 6.17142857143,
        5.25714285714, 1.54285714286, 17, 14.6257142857, 10.18, 1.46285714286,
      ],
    ],
  ] as const)('gives the numbers of SciPy (%s)', async (_, options, expected) => {
    close(await values('series', series(SERIES), [steps.denoise(options)]), expected, 1e-9);
    const sound: HostTensor = { dtype: 'float32', dims: [1, SERIES.length], data: Float32Array.from(SERIES) };
    close(await values('sound', sound, [steps.denoise(options)]), expected, 1e-5);
  });

  it('does not end the process where there is nothing', async () => {
    const fitted = await fitPipeline(pipeline({ x: 'series' }, [steps.denoise()]), { x: series(SERIES) });
    const compiled = await compile(writeOnnx(pipelineGraph(fitted)));
    const { 'x processed': made } = await compiled.run({
      x: { dtype: 'float64', dims: [0, 12], data: new Float64Array(0) },
    });
    await compiled.close();
    expect(made!.dims).toEqual([0, 12]);
  });

  it('leaves all but wild values as they are', async () => {
    const smooth = Array.from({ length: 40 }, (_, i) => Math.sin(i / 3) + 0.1 * Math.cos(i * 5));
    const got = await values('series', series(smooth.with(20, 50)), [
      steps.denoise({ method: 'hampel', threshold: 4 }),
    ]);
    expect(got[20]).toBeLessThan(2);
    expect(got.filter((value, i) => value !== smooth[i]).length).toBeLessThanOrEqual(3);
  });
});

describe('series', () => {
  it('are cut into windows, and shorter ones into none', async () => {
    const step = steps.windows({ length: 4, stride: 3 });
    const { x } = await processed('series', series(SERIES), [step]);
    expect(x!.dims).toEqual([1, 3, 4]);
    expect(Array.from(x!.data as Float64Array)).toEqual([3, 1, 4, 1, 1, 5, 9, 2, 2, 6, 5, 35]);
    expect((await processed('series', series(SERIES), [step], series([1, 2, 3]))).x!.dims).toEqual([1, 0, 4]);
  });

  it('give their latest values as features', async () => {
    const step = steps.lags({ lags: [1, 2, 12] });
    expect(await values('series', series(SERIES), [step])).toEqual([9.7, -8, 3]);
    await expect(values('series', series(SERIES), [steps.lags({ lags: [13] })])).rejects.toThrow(
      /lags: column "x": has 12 steps/,
    );
  });

  it('are differenced, and forecasts of differences added up again onto the history', async () => {
    const declared = pipeline({ x: 'series' }, [steps.difference({ lags: [4, 1] }), steps.standardize()]);
    const whole = Array.from({ length: 30 }, (_, i) => i * i * 0.3 + [5, -1, 2, 9][i % 4]! + Math.sin(i));
    const history = series(whole.slice(0, 22));
    const fitted = await fitPipeline(declared, { x: history });
    // What the model should say: the differences of the steps to come, which are those of the whole series' end.
    const all = (await transform(fitted, { x: series(whole) })).x!.data as Float64Array;
    const forecast: HostTensor = { dtype: 'float64', dims: [1, 8], data: all.slice(-8) };
    const back = await invert(fitted, 'x', forecast, { x: history });
    close(back.data as Float64Array, whole.slice(22), 1e-9);
  });
});
