/** A recording: numbers from −1 to 1, so many a second, one array a channel. */
export interface Sound {
  /** Samples a second. */
  readonly rate: number;
  /** Left, right and so on; all of one length. */
  readonly channels: readonly Float32Array[];
}

/** The mean of all channels, as one. */
export function mono({ rate, channels }: Sound): Sound {
  const [first] = channels as readonly [Float32Array, ...Float32Array[]];
  if (channels.length === 1) return { rate, channels: [first] };
  const mean = new Float32Array(first.length);
  for (const channel of channels) for (let i = 0; i < mean.length; i++) mean[i]! += channel[i]!;
  for (let i = 0; i < mean.length; i++) mean[i]! /= channels.length;
  return { rate, channels: [mean] };
}

/** Limits of a sound file: no training needs more, and a forged header may claim more. */
export const MOST_CHANNELS = 8;
export const LOWEST_RATE = 1000;
export const HIGHEST_RATE = 768_000;
