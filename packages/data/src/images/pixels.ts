/**
 * Images at their own size, and resized as Pillow does it, number for number: models of images were trained on what Pillow made of
 * files, and another filter moves what they see. Each pass (first along rows, then along columns) sums the old pixels under the filter,
 * which is as wide as a new pixel, in whole numbers of 2^-22, and rounds to a byte.
 *
 * Source: https://github.com/python-pillow/Pillow/blob/main/src/libImaging/Resample.c
 */
import { UserError } from '@gradus/base';
import { readBytes } from '../files.ts';
import { MAX_BYTES, openImage, TIMEOUT } from './decode.ts';

/** Red, green and blue of each pixel, 0 to 255, along the rows: [height, width, 3]. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/**
 * An image as it is, turned as its camera was held; transparency is left out.
 * @param image the path of a file, or its bytes
 * @throws UserError naming the file and what is wrong with it
 */
export async function decodePixels(image: string | Uint8Array): Promise<Pixels> {
  const name = typeof image === 'string' ? image : 'image';
  const bytes = typeof image === 'string' ? readBytes(image, MAX_BYTES) : image;
  try {
    if (bytes.length === 0) throw new Error('it is empty');
    const { data, info } = await (await openImage(bytes))
      .timeout({ seconds: TIMEOUT })
      .rotate()
      .removeAlpha()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    if (channels === 3) return { width, height, data: new Uint8Array(data) };
    const grey = Uint8Array.from(
      { length: 3 * width * height },
      (_, i) => data[Math.floor(i / 3) * channels]!,
    );
    return { width, height, data: grey };
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    throw new UserError(
      { en: `${name} is no image that can be read: ${reason}`, zh: `无法读取图像 ${name}：${reason}` },
      { cause: error },
    );
  }
}

export type ResizeFilter = 'lanczos' | 'bilinear' | 'bicubic';

/** A filter, and how far from its middle it reaches. */
const FILTERS: Readonly<Record<ResizeFilter, readonly [reach: number, weight: (x: number) => number]>> = {
  bilinear: [1, (x) => Math.max(0, 1 - Math.abs(x))],
  // Keys (1981), a = -0.5.
  bicubic: [
    2,
    (x) => {
      const t = Math.abs(x);
      if (t < 1) return (1.5 * t - 2.5) * t * t + 1;
      return t < 2 ? ((-0.5 * t + 2.5) * t - 4) * t + 2 : 0;
    },
  ],
  lanczos: [3, (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0)],
};
const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
const BITS = 22;

/** @returns the pixels of Pillow's `resize((width, height), filter)` */
export function resizePixels(image: Pixels, width: number, height: number, filter: ResizeFilter): Pixels {
  const wide = width === image.width ? image : along('width', image, width, filter);
  return height === wide.height ? wide : along('height', wide, height, filter);
}

function along(axis: 'width' | 'height', image: Pixels, size: number, filter: ResizeFilter): Pixels {
  const { width, height, data } = image;
  const rows = axis === 'width';
  const spans = weightsFor(rows ? width : height, size, filter);
  const result = { width: rows ? size : width, height: rows ? height : size };
  const into = new Uint8Array(3 * result.width * result.height);
  // Steps from one pixel to the next along the axis, and from one line to the next.
  const [step, line] = rows ? [3, 3 * width] : [3 * width, 3];
  const [newStep, newLine] = rows ? [3, 3 * size] : [3 * width, 3];
  const lines = rows ? height : width;
  for (let i = 0; i < size; i++) {
    const { first, weights } = spans[i]!;
    for (let l = 0; l < lines; l++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 1 << (BITS - 1);
        for (let k = 0, at = l * line + first * step + channel; k < weights.length; k++, at += step)
          sum += data[at]! * weights[k]!;
        const value = Math.floor(sum / 2 ** BITS);
        into[l * newLine + i * newStep + channel] = value < 0 ? 0 : value > 255 ? 255 : value;
      }
    }
  }
  return { ...result, data: into };
}

/** Of each new pixel: the old ones that it sums, and their weights in 2^-22. */
function weightsFor(from: number, to: number, filter: ResizeFilter) {
  const [reach, weight] = FILTERS[filter];
  const scale = from / to;
  const stretch = Math.max(1, scale);
  const support = reach * stretch;
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(from, Math.trunc(centre + support + 0.5));
    const shares = Array.from({ length: end - first }, (_, k) =>
      weight((first + k - centre + 0.5) / stretch),
    );
    const all = shares.reduce((sum, share) => sum + share, 0);
    const weights = shares.map((share) => {
      const whole = (share / all) * 2 ** BITS;
      return Math.trunc(whole + (whole < 0 ? -0.5 : 0.5));
    });
    return { first, weights };
  });
}
