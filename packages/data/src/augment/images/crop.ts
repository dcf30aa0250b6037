/** A part of the image, somewhere in it, or up to `padding` pixels beyond its edges (He et al., 2016, take 4 on CIFAR). */
import type { ImageStep, Picture } from './picture.ts';

export interface CropOptions {
  /** Height and width of the part. Default: the image's own. */
  readonly size?: readonly [height: number, width: number];
  /** Pixels that are added on each side before. Default 0. */
  readonly padding?: number;
  /** What they hold, 0 to 255. Default 0. */
  readonly fill?: number;
}

/** @throws RangeError for an image that is smaller than the part */
export function crop({ size, padding = 0, fill = 0 }: CropOptions = {}): ImageStep {
  return (picture, random) => {
    const [height, width] = size ?? [picture.height, picture.width];
    const [down, right] = [
      picture.height + 2 * padding - height,
      picture.width + 2 * padding - width,
    ] as const;
    if (down < 0 || right < 0) {
      throw new RangeError(
        `no ${height} × ${width} pixels can be cut out of ${picture.height} × ${picture.width}`,
      );
    }
    const [top, left] = [random.below(down + 1) - padding, random.below(right + 1) - padding];
    return cropped(picture, { top, left, height, width, fill });
  };
}

interface Part {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
  readonly fill: number;
}

export function cropped(picture: Picture, { top, left, height, width, fill }: Part): Picture {
  const pixels = new Uint8Array(picture.channels * height * width);
  if (fill !== 0) pixels.fill(fill);
  const [from, to] = [Math.max(0, left), Math.min(picture.width, left + width)];
  for (let channel = 0; channel < picture.channels; channel++) {
    for (let y = Math.max(0, -top); y < height && y + top < picture.height && from < to; y++) {
      const row = (channel * picture.height + y + top) * picture.width;
      const at = (channel * height + y) * width + from - left;
      // Short rows are copied faster by hand than by making views of them.
      if (to - from < 64) {
        for (let x = 0; x < to - from; x++) pixels[at + x] = picture.pixels[row + from + x]!;
      } else {
        pixels.set(picture.pixels.subarray(row + from, row + to), at);
      }
    }
  }
  return { channels: picture.channels, height, width, pixels };
}
