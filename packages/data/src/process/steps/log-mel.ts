/**
 * Waveforms to log-mel spectrograms: the power of each frequency in short frames, added up in bands that are as wide as
 * the ear tells pitches apart, as a logarithm. Each frame is centred on a multiple of the hop, with silence around the
 * sound; the window is Hann's.
 *
 * The Fourier transform of a frame is a product with sines and cosines, so all frames are one convolution, for sounds of any
 * length. Mel scales: Slaney's, of his Auditory Toolbox (1998; librosa's default), and O'Shaughnessy's (1987), HTK's.
 */
import { apply, constant, type Tensor } from '@gradus/engine';
import { z } from 'zod';
import { columnStep, declares } from '../step.ts';

const options = z
  .strictObject({
    /** Samples a second; sounds must have that rate (`resample` before). */
    rate: z.int().min(1).max(1_000_000),
    /** Samples a frame. */
    frame: z.int().min(16).max(4096).default(400),
    /** Samples from one frame to the next. */
    hop: z.int().min(1).max(4096).default(160),
    bands: z.int().min(1).max(512).default(80),
    /** Hertz that the lowest band begins and the highest ends at. Default: 0 and half the rate. */
    low: z.number().min(0).default(0),
    high: z.number().positive().optional(),
    scale: z.enum(['slaney', 'htk']).default('slaney'),
    /** `slaney`: bands weigh the less the wider they are, so that noise is flat. */
    norm: z.enum(['slaney', 'none']).default('slaney'),
    /** `natural`, or `decibel`: 10 log10 of the power. */
    log: z.enum(['natural', 'decibel']).default('natural'),
    /** Power below this counts as this. */
    floor: z.number().positive().default(1e-10),
  })
  .superRefine((options, context) => {
    const problem = bandProblem(options);
    if (problem) context.addIssue({ code: 'custom', ...problem });
  });
type Options = z.output<typeof options>;

export const logMelStep = columnStep({
  name: 'logMel',
  title: { en: 'Log-mel spectrogram', zh: '对数梅尔频谱' },
  accepts: ['sound'],
  options,
  parameters: z.object({}),
  fit: () => ({}),
  trace: (block, _, options) => {
    const { frame, bands, log, floor } = options;
    const power = melPower(block.tensor.unsqueeze(1), options, Math.floor(frame / 2));
    const loudness: Tensor = power.max(floor).log();
    return {
      ...block,
      kind: 'spectrogram',
      features: Array.from({ length: bands }, (_, i) => `${block.name} band ${i + 1}`),
      tensor: log === 'natural' ? loudness : loudness.mul(10 / Math.LN10),
    };
  },
  describe: ({ rate, frame, hop, bands, scale, log }) => ({
    en: `${bands} bands (${scale}) of frames of ${frame} every ${hop} samples at ${rate} Hz, ${log === 'natural' ? 'natural logarithm' : 'decibel'}`,
    zh: `采样率 ${rate} Hz，帧长 ${frame}、步长 ${hop}，${bands} 个梅尔频带（${scale}），${log === 'natural' ? '自然对数' : '分贝'}`,
  }),
});

/** [batch, samples] to [batch, frames, bands], with ⌊samples / hop⌋ + 1 frames where frames are of an even length. */
export const logMel = declares(logMelStep);

/** How waves become bands: what a log-mel spectrogram is the logarithm of. */
export type MelOptions = Pick<
  Options,
  'rate' | 'frame' | 'hop' | 'bands' | 'low' | 'high' | 'scale' | 'norm'
>;

/**
 * The power in each band of each frame: [batch, 1, samples] to [batch, frames, bands].
 * @param pad samples of silence before and behind
 */
export function melPower(waves: Tensor, options: MelOptions, pad = 0): Tensor {
  const { frame, hop, bands } = options;
  const frequencies = Math.floor(frame / 2) + 1;
  const turned = apply('Conv', [waves, fourierKernel(frame)], { strides: [hop], pads: [pad, pad] });
  const part = (from: number) => turned.slice([from], [from + frequencies], [1]).square();
  const power = part(0).add(part(frequencies)).transpose([0, 2, 1]);
  const weights = constant({
    dtype: 'float32',
    dims: [frequencies, bands],
    data: Float32Array.from(melWeights(options)),
  });
  return power.matmul(weights);
}

/** Hann's window times cosines, then times sines: [2 frequencies, 1, frame]. */
function fourierKernel(frame: number): Tensor {
  const frequencies = Math.floor(frame / 2) + 1;
  const data = new Float32Array(2 * frequencies * frame);
  for (let t = 0; t < frame; t++) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * t) / frame);
    for (let f = 0; f < frequencies; f++) {
      // Modulo the period first: large angles lose digits.
      const angle = (2 * Math.PI * ((t * f) % frame)) / frame;
      data[f * frame + t] = window * Math.cos(angle);
      data[(frequencies + f) * frame + t] = -window * Math.sin(angle);
    }
  }
  return constant({ dtype: 'float32', dims: [2 * frequencies, 1, frame], data });
}

interface Scale {
  readonly mel: (hertz: number) => number;
  readonly hertz: (mel: number) => number;
}

/** Slaney's is straight up to 1000 Hz, where it is 15, and from there 27 steps to each factor of 6.4. */
const STEP = Math.log(6.4) / 27;
const SCALES: Readonly<Record<Options['scale'], Scale>> = {
  slaney: {
    mel: (hertz) => (hertz < 1000 ? (hertz * 3) / 200 : 15 + Math.log(hertz / 1000) / STEP),
    hertz: (mel) => (mel < 15 ? (mel * 200) / 3 : 1000 * Math.exp((mel - 15) * STEP)),
  },
  htk: {
    mel: (hertz) => 2595 * Math.log10(1 + hertz / 700),
    hertz: (mel) => 700 * (10 ** (mel / 2595) - 1),
  },
};

/** The hertz that bands begin, peak and end at: band i at i, i + 1 and i + 2. */
function edges({ rate, bands, low, high = rate / 2, scale }: MelOptions): number[] {
  const { mel, hertz } = SCALES[scale];
  const [from, to] = [mel(low), mel(high)];
  return Array.from({ length: bands + 2 }, (_, i) => hertz(from + ((to - from) * i) / (bands + 1)));
}

/** The weight of each frequency in each band, triangles over hertz: [frequencies, bands]. */
function melWeights(options: MelOptions): number[] {
  const { rate, frame, norm } = options;
  const at = edges(options);
  return Array.from({ length: Math.floor(frame / 2) + 1 }, (_, f) => {
    const hertz = (f * rate) / frame;
    return at.slice(2).map((end, band) => {
      const [start, peak] = [at[band]!, at[band + 1]!];
      const weight = Math.max(0, Math.min((hertz - start) / (peak - start), (end - hertz) / (end - peak)));
      return norm === 'slaney' ? (weight * 2) / (end - start) : weight;
    });
  }).flat();
}

function bandProblem(options: Options): { message: string; path: string[] } | undefined {
  const { rate, frame, bands, low, high = rate / 2 } = options;
  if (!(low < high && high <= rate / 2)) {
    return { message: `must lie above low and not above half the rate, ${rate / 2}`, path: ['high'] };
  }
  const weights = melWeights(options);
  for (let band = 0; band < bands; band++) {
    let sum = 0;
    for (let i = band; i < weights.length; i += bands) sum += weights[i]!;
    if (sum === 0) {
      return {
        message: `${bands} are too many for frames of ${frame} samples at ${rate} Hz: band ${band + 1} holds no frequency. Take fewer bands or longer frames`,
        path: ['bands'],
      };
    }
  }
  return undefined;
}
