/**
 * Turning, scaling, shearing and moving are one thing: each new pixel is looked up at the place that a matrix says, between the
 * four old pixels around it (bilinear interpolation).
 */
import type { ImageStep, Picture } from './picture.ts';

/** Where a new pixel comes from, seen from the image's middle: x ↦ `xx` x + `xy` y + `x`, and likewise for y. */
export interface Affine {
  readonly xx: number;
  readonly xy: number;
  readonly x: number;
  readonly yx: number;
  readonly yy: number;
  readonly y: number;
}

const IDENTITY: Affine = { xx: 1, xy: 0, x: 0, yx: 0, yy: 1, y: 0 };

export interface RotateOptions {
  /** Turned by an angle from −degrees to degrees. */
  readonly degrees: number;
  /** What comes in from outside, 0 to 255. Default 0. */
  readonly fill?: number;
}

export function rotate({ degrees, fill = 0 }: RotateOptions): ImageStep {
  return (picture, random) => warped(picture, rotation(random.uniform(-degrees, degrees)), fill);
}

export interface ScaleOptions {
  /** Made larger or smaller by a factor in this range, about the middle; the image keeps its size. */
  readonly factors: readonly [smallest: number, largest: number];
  /** What comes in from outside, 0 to 255. Default 0. */
  readonly fill?: number;
}

export function scale({ factors: [smallest, largest], fill = 0 }: ScaleOptions): ImageStep {
  return (picture, random) => {
    const factor = random.uniform(smallest, largest);
    return warped(picture, { ...IDENTITY, xx: 1 / factor, yy: 1 / factor }, fill);
  };
}

/** Anticlockwise. */
export function rotation(degrees: number): Affine {
  const [sine, cosine] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  return { ...IDENTITY, xx: cosine, xy: -sine, yx: sine, yy: cosine };
}

export const shear = (x: number, y: number): Affine => ({ ...IDENTITY, xy: x, yx: y });
export const translation = (x: number, y: number): Affine => ({ ...IDENTITY, x: -x, y: -y });

export function warped(picture: Picture, affine: Affine, fill: number): Picture {
  const { channels, height, width, pixels: old } = picture;
  const pixels = new Uint8Array(old.length);
  const plane = height * width;
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  for (let y = 0, at = 0; y < height; y++) {
    const startX = affine.xy * (y - middleY) + affine.x + middleX - affine.xx * middleX;
    const startY = affine.yy * (y - middleY) + affine.y + middleY - affine.yx * middleX;
    for (let x = 0; x < width; x++, at++) {
      const [fromX, fromY] = [startX + affine.xx * x, startY + affine.yx * x];
      const [left, top] = [Math.floor(fromX), Math.floor(fromY)];
      // Weights in 256ths: exact where the place is a pixel's own.
      const [right, down] = [Math.round(256 * (fromX - left)), Math.round(256 * (fromY - top))];
      if (left >= 0 && top >= 0 && left < width - 1 && top < height - 1) {
        const [w11, w10, w01] = [right * down, (256 - right) * down, right * (256 - down)];
        const w00 = 65_536 - w11 - w10 - w01;
        for (let channel = 0, from = top * width + left; channel < channels; channel++, from += plane) {
          pixels[channel * plane + at] =
            (w00 * old[from]! +
              w01 * old[from + 1]! +
              w10 * old[from + width]! +
              w11 * old[from + width + 1]! +
              32_768) >>
            16;
        }
      } else {
        for (let channel = 0; channel < channels; channel++) {
          const pixel = (px: number, py: number) =>
            px >= 0 && px < width && py >= 0 && py < height ? old[channel * plane + py * width + px]! : fill;
          const above = (256 - right) * pixel(left, top) + right * pixel(left + 1, top);
          const below = (256 - right) * pixel(left, top + 1) + right * pixel(left + 1, top + 1);
          pixels[channel * plane + at] = ((256 - down) * above + down * below + 32_768) >> 16;
        }
      }
    }
  }
  return { channels, height, width, pixels };
}
