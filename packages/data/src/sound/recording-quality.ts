/**
 * How well a recording was made: how far speech stands out from the noise around it, and whether it was cut off at the loudest level.
 * Noise is what the quietest tenth of the 20 ms frames hold, speech what the loudest tenth do (as in NIST's STNR).
 */
import { quantileSorted } from '@gradus/stats';
import { mono, type Sound } from './sound.ts';

export interface RecordingQuality {
  readonly seconds: number;
  /** Decibels; 0 where nothing stands out. */
  readonly signalToNoise: number;
  /** The share of samples that stand at the loudest level, three or more in a row. */
  readonly clipped: number;
  /** Root of the mean square, in decibels below the loudest possible. */
  readonly level: number;
}

const FRAME_SECONDS = 0.02;
/** A converter of 16 bits reaches no lower. */
const FLOOR = 2 ** -30;
/** A level that no sample is above is where the recording was cut off, if it is this loud. */
const LOUD = 0.5;
const RUN = 3;

export function recordingQuality(sound: Sound): RecordingQuality {
  const { rate, channels } = mono(sound);
  const samples = channels[0]!;
  const frame = Math.max(1, Math.round(rate * FRAME_SECONDS));
  const energies: number[] = [];
  let [total, most] = [0, 0];
  for (let at = 0; at + frame <= samples.length; at += frame) {
    let energy = 0;
    for (let i = at; i < at + frame; i++) energy += samples[i]! ** 2;
    energies.push(Math.max(FLOOR, energy / frame));
  }
  for (const sample of samples) {
    total += sample ** 2;
    most = Math.max(most, Math.abs(sample));
  }
  const sorted = Float64Array.from(energies).sort();
  const [noise, speech] = [quantileSorted(sorted, 0.1), quantileSorted(sorted, 0.9)];
  return {
    seconds: samples.length / rate,
    signalToNoise: sorted.length < 2 ? 0 : 10 * Math.log10(Math.max(1, (speech - noise) / noise)),
    clipped: most >= LOUD ? clippedShare(samples, most * 0.999) : 0,
    level: 10 * Math.log10(Math.max(FLOOR, total / Math.max(1, samples.length))),
  };
}

function clippedShare(samples: Float32Array, level: number): number {
  let [clipped, run] = [0, 0];
  for (let i = 0; i <= samples.length; i++) {
    if (i < samples.length && Math.abs(samples[i]!) >= level) run++;
    else {
      if (run >= RUN) clipped += run;
      run = 0;
    }
  }
  return samples.length > 0 ? clipped / samples.length : 0;
}
