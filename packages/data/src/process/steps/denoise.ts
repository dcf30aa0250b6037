/**
 * Denoise a series or a waveform, by what is around each value. At the ends the first and last value are repeated.
 *
 * - `mean`: the mean of a window
 * - `savgol`: the middle of the polynomial that fits the window best (Savitzky and Golay, 1964): peaks keep their height
 * - `median`: the median of the window: single wild values vanish, edges stay
 * - `hampel`: only values further from the window's median than `threshold` deviations (1.4826 times the median distance
 *   from the median) are replaced with it (Hampel, 1974)
 */
import { apply, concat, constant, int64, numericArray, scalar, type Tensor } from '@gradus/engine';
import { z } from 'zod';
import { padded, slidingWindows } from '../sliding.ts';
import { columnStep, declares } from '../step.ts';

/** Of the normal distribution: its standard deviation in median distances from the median. */
const DEVIATIONS = 1.4826;

export const denoiseStep = columnStep({
  name: 'denoise',
  title: { en: 'Denoise', zh: '去噪' },
  accepts: ['series', 'sound'],
  options: z
    .strictObject({
      method: z.enum(['mean', 'savgol', 'median', 'hampel']).default('hampel'),
      /** How many values, the one in the middle included. */
      width: z
        .int()
        .min(3)
        .max(1001)
        .refine((width) => width % 2 === 1, { message: 'must be odd', params: { zh: '必须为奇数' } })
        .default(7),
      /** Of `savgol`: the degree of the polynomial. */
      degree: z.int().min(0).max(10).default(2),
      /** Of `hampel`. */
      threshold: z.number().positive().default(3),
    })
    .refine(({ method, width, degree }) => method !== 'savgol' || degree < width, {
      message: 'must be less than width',
      params: { zh: '必须小于 width' },
      path: ['degree'],
    }),
  parameters: z.object({}),
  fit: () => ({}),
  trace: (block, _, { method, width, degree, threshold }) => {
    const signal = block.tensor;
    const ends = padded(signal, (width - 1) / 2);
    if (method === 'mean') {
      return { ...block, tensor: weighed(ends, new Array<number>(width).fill(1 / width)) };
    }
    if (method === 'savgol') return { ...block, tensor: weighed(ends, savitzkyGolay(width, degree)) };
    const around = slidingWindows(ends, width);
    const middle = medians(around);
    if (method === 'median') return { ...block, tensor: middle };
    const distance = medians(around.sub(middle.unsqueeze(2)).abs());
    const wild = signal
      .sub(middle)
      .abs()
      .greater(distance.mul(threshold * DEVIATIONS));
    return { ...block, tensor: wild.where(middle, signal) };
  },
  describe: ({ method, width, degree, threshold }) => {
    const [en, zh] = {
      mean: ['mean', '均值'],
      savgol: [`polynomial of degree ${degree}`, `${degree} 次多项式`],
      median: ['median', '中位数'],
      hampel: [`median where a value is ${threshold} deviations off`, `偏离 ${threshold} 倍离差处取中位数`],
    }[method] as [string, string];
    return { en: `${en} over ${width} values`, zh: `${width} 个值的${zh}` };
  },
});

/** A missing value makes its whole window missing (in means and polynomials) or counts as any place in it (in medians): fill first. */
export const denoise = declares(denoiseStep);

/** Each window's sum by weights: [batch, time + width − 1] -> [batch, time]. */
function weighed(signal: Tensor, weights: readonly number[]): Tensor {
  const { dtype } = signal;
  const data = numericArray(weights, dtype);
  if (dtype === 'float32') {
    const kernel = constant({ dtype, dims: [1, 1, weights.length], data });
    return apply('Conv', [signal.unsqueeze(1), kernel]).squeeze(1);
  }
  // The runtime convolves 32-bit numbers only.
  const column = constant({ dtype, dims: [weights.length, 1], data });
  return slidingWindows(signal, weights.length).matmul(column).squeeze(2);
}

/** The middle one of each window in order of size: [batch, windows, width] -> [batch, windows]. */
function medians(windows: Tensor): Tensor {
  const { dtype } = windows;
  const width = windows.shape[2] as number;
  const half = (width + 1) / 2;
  // One window more than there are: the runtime's TopK ends the process on an empty input.
  const one = constant({
    dtype,
    dims: [1, width],
    data: numericArray(new Array<number>(width).fill(0), dtype),
  });
  const rows = concat([one, windows.reshape([-1, width])], 0);
  const middle = apply('TopK', [rows, int64([half])], { axis: 1 }).gather(scalar(half - 1, 'int64'), 1);
  const sizes = windows.shapeTensor().slice([0], [2]);
  return apply('Reshape', [middle.slice([1], [TO_THE_END], [0]), sizes], { allowzero: 1 });
}

const TO_THE_END = 2 ** 31 - 1;

/** The weights of each value of a window in the middle of the polynomial through it: the first row of (AᵀA)⁻¹Aᵀ, where A holds the powers of the places. */
function savitzkyGolay(width: number, degree: number): number[] {
  const half = (width - 1) / 2;
  // Orthogonal polynomials on the places, by Gram and Schmidt: their own squares are all that is to be inverted.
  const places = Array.from({ length: width }, (_, i) => (i - half) / Math.max(1, half));
  const weights = new Array<number>(width).fill(0);
  const basis: number[][] = [];
  for (let power = 0; power <= degree; power++) {
    let next = basis.length === 0 ? places.map(() => 1) : basis.at(-1)!.map((value, i) => value * places[i]!);
    // Twice (reorthogonalization): once leaves rounding errors.
    for (let pass = 0; pass < 2; pass++) {
      for (const other of basis) {
        const along = dot(next, other) / dot(other, other);
        next = next.map((value, i) => value - along * other[i]!);
      }
    }
    basis.push(next);
    const scale = next[half]! / dot(next, next);
    for (const [i, value] of next.entries()) weights[i]! += scale * value;
  }
  return weights;
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);
