/** Left and right, or top and bottom, change places. */
import type { ImageStep, Picture } from './picture.ts';

export interface FlipOptions {
  /** Default `'horizontal'`: left and right. */
  readonly direction?: 'horizontal' | 'vertical';
  /** Default 0.5. */
  readonly probability?: number;
}

export function flip({ direction = 'horizontal', probability = 0.5 }: FlipOptions = {}): ImageStep {
  return (picture, random) => (random.uniform() < probability ? flipped(picture, direction) : picture);
}

/** In place. */
export function flipped(picture: Picture, direction: 'horizontal' | 'vertical'): Picture {
  const { channels, height, width, pixels } = picture;
  if (direction === 'horizontal') {
    for (let row = 0; row < channels * height; row++) {
      for (let left = row * width, right = left + width - 1; left < right; left++, right--) {
        const held = pixels[left]!;
        pixels[left] = pixels[right]!;
        pixels[right] = held;
      }
    }
    return picture;
  }
  const row = new Uint8Array(width);
  for (let channel = 0; channel < channels; channel++) {
    for (let above = 0, below = height - 1; above < below; above++, below--) {
      const [top, bottom] = [(channel * height + above) * width, (channel * height + below) * width];
      row.set(pixels.subarray(top, top + width));
      pixels.copyWithin(top, bottom, bottom + width);
      pixels.set(row, bottom);
    }
  }
  return picture;
}
