/** One image, and steps that change it by chance; a batch goes through them row by row. */
import type { Random } from '@gradus/engine';
import type { Images } from '../../images/images.ts';
import { randomOf } from '../seeding.ts';

export interface Picture {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** [channels, height, width], 0 to 255. */
  readonly pixels: Uint8Array;
}

/** Gives the image back, changed. It may write into the pixels it is given. */
export type ImageStep = (picture: Picture, random: Random) => Picture;

export interface AugmentOptions {
  /** With the row and the epoch, all that the result depends on. */
  readonly random: Random;
  readonly epoch: number;
}

/**
 * Some rows of a set of images, each through all steps.
 *
 * @param numbers Of the rows, for chance, where the images are a part of a larger set. Default: the rows themselves.
 * @throws RangeError where steps make images of different sizes
 */
export function augmentImages(
  images: Images,
  rows: ArrayLike<number>,
  steps: readonly ImageStep[],
  options: AugmentOptions,
  numbers = rows,
): Images {
  const { labels } = images;
  let batch: Uint8Array | undefined;
  let size = images as Picture;
  for (let i = 0; i < rows.length; i++) {
    const picture = augmentedRow(images, rows[i]!, steps, options, numbers[i]!);
    if (!batch) {
      size = picture;
      batch = new Uint8Array(rows.length * picture.pixels.length);
    }
    if (picture.height !== size.height || picture.width !== size.width) {
      throw new RangeError('the steps of an augmentation must make images of one size');
    }
    batch.set(picture.pixels, i * picture.pixels.length);
  }
  return {
    count: rows.length,
    channels: images.channels,
    height: size.height,
    width: size.width,
    pixels: batch ?? new Uint8Array(0),
    classes: images.classes,
    ...(labels && { labels: Uint8Array.from(rows, (row) => labels[row]!) }),
  };
}

/** One row through all steps. */
export function augmentedRow(
  images: Images,
  row: number,
  steps: readonly ImageStep[],
  { random, epoch }: AugmentOptions,
  number = row,
): Picture {
  const { channels, height, width } = images;
  const length = channels * height * width;
  const chance = randomOf(random, epoch, number);
  let picture: Picture = {
    channels,
    height,
    width,
    pixels: images.pixels.slice(row * length, (row + 1) * length),
  };
  for (const step of steps) picture = step(picture, chance);
  return picture;
}
