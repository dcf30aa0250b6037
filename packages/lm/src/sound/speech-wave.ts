/** The wave of what is said: decoded, with its ends mirrored as spectrograms want it, and cut where it is quiet. */
import { readBytes, type Sound, SoundDecoder } from '@gradus/data';

/** A file as its bytes. */
export interface SoundFile {
  /** For errors. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Of files, as bytes; and of what they decode to, as numbers of all channels: 75 minutes of stereo at 44,100 Hz. */
const MOST_BYTES = 2 ** 31;
const MOST_VALUES = 400e6;
const DECODING_MILLISECONDS = 300_000;

export async function decodedSound(sound: string | SoundFile | Sound): Promise<Sound> {
  if (typeof sound !== 'string' && 'channels' in sound) return sound;
  const { name, bytes } =
    typeof sound === 'string' ? { name: sound, bytes: readBytes(sound, MOST_BYTES) } : sound;
  using decoder = new SoundDecoder({ maxValues: MOST_VALUES, timeout: DECODING_MILLISECONDS });
  return await decoder.decode(bytes, name);
}

/** A wave filled up with silence, and its ends mirrored before and behind it. */
export function mirrored(wave: Float32Array, samples: number, half: number): Float32Array<ArrayBuffer> {
  const all = new Float32Array(samples + 2 * half);
  all.set(wave, half);
  for (let i = 1; i <= half; i++) {
    all[half - i] = all[half + i]!;
    all[half + samples - 1 + i] = all[half + samples - 1 - i]!;
  }
  return all;
}

/** Seconds over which loudness is measured. */
const PAUSE = 0.1;

/** Where to cut a wave that goes on: the middle of the quietest tenth of a second in the last sixth of a stretch. */
export function quietest(wave: Float32Array, from: number, samples: number, rate: number): number {
  const size = Math.max(1, Math.round(PAUSE * rate));
  const first = from + Math.floor((samples * 5) / 6);
  let best = { at: from + samples, power: Number.POSITIVE_INFINITY };
  for (let at = first; at + size <= from + samples; at += Math.ceil(size / 4)) {
    let power = 0;
    for (let i = at; i < at + size; i++) power += wave[i]! ** 2;
    if (power < best.power) best = { at: at + Math.floor(size / 2), power };
  }
  return best.at;
}
