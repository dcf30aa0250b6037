/** Gaussian blur: every pixel becomes a mean of those around it, first along rows, then along columns. */
import type { ImageStep, Picture } from './picture.ts';

export interface BlurOptions {
  /** The bell's standard deviation, in pixels, is drawn from this range. */
  readonly sigma: readonly [smallest: number, largest: number];
  /** Default 0.5. */
  readonly probability?: number;
}

export function blur({ sigma: [smallest, largest], probability = 0.5 }: BlurOptions): ImageStep {
  return (picture, random) => {
    const sigma = random.uniform(smallest, largest);
    return random.uniform() < probability ? blurred(picture, sigma) : picture;
  };
}

/** In place. Beyond the edges the edge goes on. */
export function blurred(picture: Picture, sigma: number): Picture {
  const { channels, height, width, pixels } = picture;
  const reach = Math.ceil(3 * sigma);
  if (reach === 0) return picture;
  const bell = Float32Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-0.5 * ((i - reach) / sigma) ** 2),
  );
  const total = bell.reduce((a, b) => a + b);
  for (let i = 0; i < bell.length; i++) bell[i]! /= total;
  const line = new Float32Array(width + 2 * reach);
  const rows = new Float32Array(height * width);
  const sums = new Float32Array(width);
  for (let channel = 0; channel < channels; channel++) {
    const start = channel * height * width;
    for (let y = 0; y < height; y++) {
      const row = start + y * width;
      for (let x = -reach; x < width + reach; x++) {
        line[x + reach] = pixels[row + Math.min(width - 1, Math.max(0, x))]!;
      }
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (let i = 0; i < bell.length; i++) sum += bell[i]! * line[x + i]!;
        rows[y * width + x] = sum;
      }
    }
    for (let y = 0; y < height; y++) {
      sums.fill(0.5);
      for (let i = 0; i < bell.length; i++) {
        const from = Math.min(height - 1, Math.max(0, y + i - reach)) * width;
        for (let x = 0; x < width; x++) sums[x]! += bell[i]! * rows[from + x]!;
      }
      for (let x = 0; x < width; x++) pixels[start + y * width + x] = sums[x]!;
    }
  }
  return picture;
}
