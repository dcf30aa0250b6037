/** A square is blanked out, so that no single part of the image decides (DeVries and Taylor, "Cutout", 2017). */
import type { ImageStep } from './picture.ts';

export interface CutoutOptions {
  /** Side of the square, in pixels; where it reaches over the edge, less is blanked. */
  readonly size: number;
  /** What it holds, 0 to 255. Default 128, about the mean of photographs. */
  readonly fill?: number;
}

export function cutout({ size, fill = 128 }: CutoutOptions): ImageStep {
  return (picture, random) => {
    const { channels, height, width, pixels } = picture;
    const [middleY, middleX] = [random.below(height), random.below(width)];
    const [top, left] = [middleY - Math.floor(size / 2), middleX - Math.floor(size / 2)];
    const [from, to] = [Math.max(0, left), Math.min(width, left + size)];
    for (let channel = 0; channel < channels; channel++) {
      for (let y = Math.max(0, top); y < Math.min(height, top + size); y++) {
        const row = (channel * height + y) * width;
        pixels.fill(fill, row + from, row + to);
      }
    }
    return picture;
  };
}
