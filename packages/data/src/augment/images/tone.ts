/** What is done to each value by a table, or by the values next to it: the rest of what RandAugment chooses from, as Pillow does it. */
import type { Picture } from './picture.ts';

/** Values from the threshold on are inverted. In place. */
export function solarized(picture: Picture, threshold: number): Picture {
  const { pixels } = picture;
  // A table has no branches, which on photographs are guessed wrong half of the time.
  const table = Uint8Array.from({ length: 256 }, (_, value) => (value >= threshold ? 255 - value : value));
  for (let i = 0; i < pixels.length; i++) pixels[i] = table[pixels[i]!]!;
  return picture;
}

/** Only so many bits of each value are kept. In place. */
export function posterized(picture: Picture, bits: number): Picture {
  const mask = 256 - 2 ** (8 - bits);
  const { pixels } = picture;
  for (let i = 0; i < pixels.length; i++) pixels[i]! &= mask;
  return picture;
}

/** Each channel is stretched to reach from 0 to 255. In place. */
export function autoContrasted(picture: Picture): Picture {
  return byTable(picture, (counts) => {
    const [low, high] = [counts.findIndex((n) => n > 0), counts.findLastIndex((n) => n > 0)];
    return low === high ? undefined : (value) => ((value - low) * 255) / (high - low);
  });
}

/** Histogram equalization of each channel, in place. */
export function equalized(picture: Picture): Picture {
  return byTable(picture, (counts) => {
    const last = counts.findLast((n) => n > 0)!;
    const step = Math.floor((counts.reduce((a, b) => a + b) - last) / 255);
    if (step === 0) return undefined;
    let before = Math.floor(step / 2);
    const table = Array.from(counts, (n) => {
      const value = Math.floor(before / step);
      before += n;
      return value;
    });
    return (value) => table[value]!;
  });
}

/** Below 1: smoother; above 1: sharper. The border stays. */
export function sharpened(picture: Picture, factor: number): Picture {
  const { channels, height, width, pixels } = picture;
  const sharp = new Uint8ClampedArray(pixels);
  // A column's three values are added once for the three pixels that they lie around.
  const columns = new Int32Array(width);
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 1; y < height - 1; y++) {
      const row = (channel * height + y) * width;
      for (let x = 0, at = row; x < width; x++, at++) {
        columns[x] = pixels[at - width]! + pixels[at]! + pixels[at + width]!;
      }
      for (let x = 1, at = row + 1; x < width - 1; x++, at++) {
        const around = columns[x - 1]! + columns[x]! + columns[x + 1]!;
        const smooth = ((2 * (around + 4 * pixels[at]!) + 13) / 26) | 0;
        sharp[at] = factor * pixels[at]! + (1 - factor) * smooth;
      }
    }
  }
  return { ...picture, pixels: new Uint8Array(sharp.buffer) };
}

/** Each channel by a table made from how often each of its values is there; as it is where there is none to be made. */
function byTable(
  picture: Picture,
  make: (counts: Int32Array) => ((value: number) => number) | undefined,
): Picture {
  const { channels, pixels } = picture;
  const plane = pixels.length / channels;
  for (let start = 0; start < pixels.length; start += plane) {
    const counts = new Int32Array(256);
    for (let i = start; i < start + plane; i++) counts[pixels[i]!]! += 1;
    const map = make(counts);
    if (!map) continue;
    const table = Uint8ClampedArray.from({ length: 256 }, (_, value) => map(value));
    for (let i = start; i < start + plane; i++) pixels[i] = table[pixels[i]!]!;
  }
  return picture;
}
