/**
 * Sound and other signals: the discrete Fourier transform as a product with sines and cosines, short frames of it over
 * time, windows, and the mel scale.
 */
import { dtypeOfOnnx } from '../dtype.ts';
import { GraphError } from '../errors.ts';
import { type Attributes, intAttribute, type Value } from '../graph.ts';
import { numericArray } from '../host-arrays.ts';
import { constantNumbers } from '../known.ts';
import { type Dim, fresh, normalizeAxes, plus, sizeOf } from '../shape.ts';
import { concat, constant, int64, type Tensor } from '../tensor.ts';
import { declareOps, type Op } from './registry.ts';
import { required } from './rules.ts';

/** A window function of a size: [size]. */
const window: Op = {
  infer: (inputs, attributes) => {
    const dtype = dtypeOfOnnx(intAttribute(attributes, 'output_datatype', 1));
    if (!dtype) throw new GraphError('the element type of the window is not known');
    return [{ dtype, shape: [constantNumbers(inputs[0])?.[0] ?? fresh()] }];
  },
};

declareOps({
  /** [.., length, .., 1 or 2] -> [.., frequencies, .., 2 (or 1)]: the last axis holds real and imaginary parts. */
  DFT: {
    infer: (inputs, attributes) => {
      const x = required(inputs, 0);
      const { axis, points, frequencies } = transform(inputs, attributes);
      const inverse = intAttribute(attributes, 'inverse', 0) === 1;
      const real = inverse && intAttribute(attributes, 'onesided', 0) === 1;
      const shape = x.shape.with(axis, real ? points : frequencies).with(-1, real ? 1 : 2);
      return [{ dtype: x.dtype, shape }];
    },
    expand: (inputs, attributes) => {
      const x = inputs[0]!;
      const { axis, points, frequencies } = transform(inputs, attributes);
      const inverse = intAttribute(attributes, 'inverse', 0) === 1;
      if (typeof points !== 'number' || typeof frequencies !== 'number') {
        throw new GraphError('the length of the transform must be known to write it out');
      }
      if (inverse && intAttribute(attributes, 'onesided', 0) === 1) {
        throw new GraphError('the inverse of a one-sided transform is not written out');
      }
      const last = x.rank - 2;
      const order = x.shape.slice(0, -1).map((_, i) => (i === axis ? last : i === last ? axis : i));
      // [2 or 1, .., points]: real and imaginary first, the transformed axis last.
      const components = fitted(x, axis, points).transpose([x.rank - 1, ...order]);
      const one = (at: number) => components.slice([at], [at + 1], [0]).squeeze(0);
      const [cos, sin] = waves(points, frequencies, inverse, x);
      const re = one(0);
      const im = x.shape.at(-1) === 2 ? one(1) : undefined;
      const real = im ? re.matmul(cos).sub(im.matmul(sin)) : re.matmul(cos);
      const imaginary = im ? re.matmul(sin).add(im.matmul(cos)) : re.matmul(sin);
      const both = concat([real.unsqueeze(-1), imaginary.unsqueeze(-1)], x.rank - 1);
      return [both.transpose([...order, x.rank - 1])];
    },
  },

  /** Transforms of frames, one every `frame_step` samples: [batch, samples, 1] -> [batch, frames, frequencies, 2]. */
  STFT: {
    infer: (inputs, attributes) => {
      const x = required(inputs, 0);
      const { frames, frequencies } = framing(inputs, attributes) ?? {
        frames: fresh(),
        frequencies: fresh(),
      };
      return [{ dtype: x.dtype, shape: [x.shape[0]!, frames, frequencies, 2] }];
    },
    expand: (inputs, attributes) => {
      const x = inputs[0]!;
      const { step, length, frames, frequencies } = framing(inputs, attributes) ?? {};
      if (step === undefined || length === undefined || frequencies === undefined) {
        throw new GraphError('the step and the length of the frames must be known');
      }
      if (x.shape[2] === 2) throw new GraphError('only real signals are written out');
      if (typeof frames !== 'number') throw new GraphError('the length of the signal must be known');
      const positions = Array.from(
        { length: frames * length },
        (_, i) => Math.floor(i / length) * step + (i % length),
      );
      const cut = x.squeeze(2).gather(int64(positions), 1).reshape([x.shape[0]!, frames, length]);
      const [cos, sin] = waves(length, frequencies, false, x);
      const windowed = inputs[2] ? cut.mul(inputs[2]) : cut;
      return [concat([windowed.matmul(cos).unsqueeze(-1), windowed.matmul(sin).unsqueeze(-1)], 3)];
    },
  },

  HannWindow: window,
  HammingWindow: window,
  BlackmanWindow: window,

  /** The weights of each frequency in each mel band: [frequencies, bands]. */
  MelWeightMatrix: {
    infer: (inputs, attributes) => {
      const dtype = dtypeOfOnnx(intAttribute(attributes, 'output_datatype', 1));
      if (!dtype) throw new GraphError('the element type of the weights is not known');
      const [bands, points] = [constantNumbers(inputs[0])?.[0], constantNumbers(inputs[1])?.[0]];
      return [
        {
          dtype,
          shape: [points === undefined ? fresh() : Math.floor(points / 2) + 1, bands ?? fresh()],
        },
      ];
    },
  },
});

function transform(inputs: readonly (Value | null | undefined)[], attributes: Attributes) {
  const { shape } = required(inputs as (Value | null)[], 0);
  const [axis] = normalizeAxes([constantNumbers(inputs[2])?.[0] ?? -2], shape.length);
  const onesided = intAttribute(attributes, 'onesided', 0) === 1;
  const inverse = intAttribute(attributes, 'inverse', 0) === 1;
  const length = shape[axis!]!;
  const points: Dim =
    constantNumbers(inputs[1])?.[0] ?? (inverse && onesided ? sizeOf([2, plus(length, -1)]) : length);
  const half: Dim = typeof points === 'number' ? Math.floor(points / 2) + 1 : `${points}/2+1`;
  return { axis: axis!, points, frequencies: onesided ? half : points };
}

function framing(inputs: readonly (Value | null | undefined)[], attributes: Attributes) {
  const [x, window] = [required(inputs as (Value | null)[], 0), inputs[2]];
  const step = constantNumbers(inputs[1])?.[0];
  const length = constantNumbers(inputs[3])?.[0] ?? window?.shape[0];
  if (step === undefined || typeof length !== 'number') return undefined;
  const samples = x.shape[1]!;
  const frames: Dim = typeof samples === 'number' ? Math.floor((samples - length) / step) + 1 : fresh();
  const onesided = intAttribute(attributes, 'onesided', 1) === 1;
  return { step, length, frames, frequencies: onesided ? Math.floor(length / 2) + 1 : length };
}

/** x cropped or padded with zeros to `points` along `axis`. */
function fitted(x: Tensor, axis: number, points: number): Tensor {
  const length = x.shape[axis];
  if (typeof length !== 'number') throw new GraphError('the length of the signal must be known');
  if (length >= points) return length === points ? x : x.slice([0], [points], [axis]);
  const none = x.shape.map(() => 0);
  return x.pad(none, none.with(axis, points - length));
}

/** cos and sin of −2π t f / points: [points, frequencies] each; transposed and divided by points for the inverse. */
function waves(points: number, frequencies: number, inverse: boolean, like: Tensor): [Tensor, Tensor] {
  const matrix = (f: (angle: number) => number) => {
    const values = Array.from({ length: points * frequencies }, (_, i) => {
      // The product is taken modulo the period first: large angles lose digits.
      const turns = (Math.floor(i / frequencies) * (i % frequencies)) % points;
      return f(((inverse ? 2 : -2) * Math.PI * turns) / points) / (inverse ? points : 1);
    });
    return constant({
      dtype: like.dtype,
      dims: [points, frequencies],
      data: numericArray(values, like.dtype),
    });
  };
  return [matrix(Math.cos), matrix(Math.sin)];
}
