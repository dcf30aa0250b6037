/**
 * Sound as a picture that a network can look at: how loud each band of pitch is over time (Davis and Mermelstein, 1980).
 *
 * The short-time Fourier transform gives the power at each frequency in a window that moves along; triangles, evenly spaced
 * on the mel scale of perceived pitch, gather frequencies into bands; the logarithm makes loudness even. As in torchaudio,
 * with mel_scale "htk" and norm None.
 */
import { checkOptions } from '@gradus/base';
import { apply, constant, scalar, type Tensor } from '@gradus/engine';

export interface SpectrogramOptions {
  /** Samples in a window. Default 400: 25 ms at 16 kHz. */
  readonly window?: number;
  /** Samples from one window to the next. Default 160: 10 ms at 16 kHz. */
  readonly hop?: number;
}

export interface MelOptions extends SpectrogramOptions {
  /** Samples a second. Default 16,000. */
  readonly rate?: number;
  /** Default 64. */
  readonly bands?: number;
  /** The lowest and highest frequency, in hertz. Default: 0 to half the rate. */
  readonly range?: readonly [low: number, high: number];
}

/** Power by time and frequency: [batch, samples] -> [batch, frames, window / 2 + 1]. Frames lie whole within the sound. */
export const spectrogram = (options: SpectrogramOptions = {}) => {
  checkOptions('spectrogram', options, { window: 400, hop: 160 });
  const { window = 400, hop = 160 } = options;
  return (x: Tensor): Tensor => {
    const hann = Float32Array.from({ length: window }, (_, i) => Math.sin((Math.PI * i) / window) ** 2);
    const spectrum = apply('STFT', [
      x.unsqueeze(2),
      scalar(hop, 'int64'),
      constant({ dtype: 'float32', dims: [window], data: hann }),
      scalar(window, 'int64'),
    ]);
    return spectrum.square().sum([-1]);
  };
};

/** The logarithm of the power in each band: [batch, samples] -> [batch, frames, bands]. */
export const melSpectrogram = (options: MelOptions = {}) => {
  checkOptions('melSpectrogram', options, MEL);
  const { rate = 16_000, bands = 64, range = [0, rate / 2], window = 400, hop = 160 } = options;
  return (x: Tensor): Tensor =>
    spectrogram({ window, hop })(x)
      .matmul(melBands(window, rate, bands, range))
      .add(1e-10)
      .log();
};

const MEL = { rate: 16_000, bands: 64, range: true, window: 400, hop: 160 };

/** [frequencies, bands]: triangles from the middle of one band over that of the next to that of the one after. */
function melBands(
  window: number,
  rate: number,
  bands: number,
  [low, high]: readonly [number, number],
): Tensor {
  const frequencies = Math.floor(window / 2) + 1;
  const [first, last] = [mel(low), mel(high)];
  const middles = Array.from({ length: bands + 2 }, (_, i) =>
    hertz(first + ((last - first) * i) / (bands + 1)),
  );
  const data = Float32Array.from({ length: frequencies * bands }, (_, at) => {
    const frequency = (Math.floor(at / bands) * rate) / window;
    const [start, middle, end] = middles.slice(at % bands) as [number, number, number];
    const height = Math.min((frequency - start) / (middle - start), (end - frequency) / (end - middle));
    return Math.max(0, height);
  });
  return constant({ dtype: 'float32', dims: [frequencies, bands], data });
}

const mel = (hertz: number): number => 2595 * Math.log10(1 + hertz / 700);
const hertz = (mel: number): number => 700 * (10 ** (mel / 2595) - 1);
