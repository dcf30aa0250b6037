/** Recordings changed by chance: noise laid over them, and the whole moved in time. */
import type { Random } from '@gradus/base';

/** Gives the samples back, changed, in an array of their own. */
export type SoundStep = (samples: Float32Array, random: Random) => Float32Array;

/**
 * White noise at a ratio of signal to noise drawn from this range, in decibels: 20 is a quiet hiss, 0 as loud as the sound. Silence
 * stays silence.
 */
export function noise([lowest, highest]: readonly [number, number]): SoundStep {
  return (samples, random) => {
    const decibels = random.uniform(lowest, highest);
    const power = samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
    const deviation = Math.sqrt(power / 10 ** (decibels / 10));
    return samples.map((value) => value + random.normal(0, deviation));
  };
}

/** Moved earlier or later by up to `most` samples; what comes in is silence. */
export function shift(most: number): SoundStep {
  return (samples, random) => {
    const by = random.below(2 * most + 1) - most;
    const moved = new Float32Array(samples.length);
    if (by >= 0)
      moved.set(samples.subarray(0, Math.max(0, samples.length - by)), Math.min(by, samples.length));
    else moved.set(samples.subarray(-by));
    return moved;
  };
}
