/**
 * SpecAugment (Park et al., 2019): on a log-mel spectrogram, time is warped a little, bands of frequency and stretches of time are
 * masked. Masks hold the spectrogram's mean, as the paper's do by normalizing it to 0.
 */
import type { Random } from '@gradus/base';

/** Defaults are the paper's policy LibriSpeech Double; shorter sounds take less. */
export interface SpecAugmentOptions {
  /** Frames that a moment is moved by at most (W). Default 80. */
  readonly warp?: number;
  /** Bands: how many, and bins of each at most (F). Default 2 of 27. */
  readonly bands?: number;
  readonly bandWidth?: number;
  /** Stretches: how many, and frames of each at most (T). Default 2 of 100. */
  readonly stretches?: number;
  readonly stretchLength?: number;
  /** Share of all frames that a stretch takes at most (p). Default 1. */
  readonly share?: number;
}

export interface Spectrogram {
  readonly frames: number;
  readonly bins: number;
  /** [frames, bins] */
  readonly values: Float32Array;
}

export function specAugment({
  warp = 80,
  bands = 2,
  bandWidth = 27,
  stretches = 2,
  stretchLength = 100,
  share = 1,
}: SpecAugmentOptions = {}): (spectrogram: Spectrogram, random: Random) => Spectrogram {
  return (spectrogram, random) => {
    const { frames, bins } = spectrogram;
    const mean = spectrogram.values.reduce((a, b) => a + b, 0) / spectrogram.values.length;
    const values = timeWarped(spectrogram, Math.min(warp, Math.floor((frames - 1) / 2)), random);
    for (let i = 0; i < bands; i++) {
      const width = random.below(Math.min(bandWidth, bins) + 1);
      const first = random.below(bins - width + 1);
      for (let frame = 0; frame < frames; frame++) {
        values.fill(mean, frame * bins + first, frame * bins + first + width);
      }
    }
    for (let i = 0; i < stretches; i++) {
      const length = random.below(Math.min(stretchLength, Math.floor(share * frames), frames) + 1);
      const first = random.below(frames - length + 1);
      values.fill(mean, first * bins, (first + length) * bins);
    }
    return { frames, bins, values };
  };
}

/** A moment away from the ends is moved by up to `most` frames; what is before and after it is stretched and squeezed. */
function timeWarped({ frames, bins, values }: Spectrogram, most: number, random: Random): Float32Array {
  if (most < 1) return values.slice();
  const from = most + random.below(frames - 2 * most);
  // Short of `most`, so that neither side is squeezed to nothing.
  const to = from + random.below(2 * most - 1) - (most - 1);
  const warped = new Float32Array(values.length);
  const last = frames - 1;
  for (let frame = 0; frame < frames; frame++) {
    const source = frame <= to ? (frame * from) / to : from + ((frame - to) * (last - from)) / (last - to);
    const before = Math.min(Math.floor(source), last);
    const after = Math.min(before + 1, last);
    const part = source - before;
    for (let bin = 0; bin < bins; bin++) {
      const [a, b] = [values[before * bins + bin]!, values[after * bins + bin]!];
      warped[frame * bins + bin] = a + part * (b - a);
    }
  }
  return warped;
}
