/** One image, and random augmentation steps; a batch goes through them row by row. */
import type { Random } from '@gradus/base';
import type { Images } from '../../images/images.ts';
import { randomOf } from '../seeding.ts';

export interface Picture {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** [channels, height, width], 0 to 255. */
  readonly pixels: Uint8Array;
}

/** Returns the changed image. It may write into the pixels of its input. */
export type ImageStep = (picture: Picture, random: Random) => Picture;

export interface AugmentOptions {
  /** With the row and the epoch, all that the result depends on. */
  readonly random: Random;
  readonly epoch: number;
}

/**
 * Some rows of a set of images, each through all steps.
 *
 * @throws RangeError where steps make images of different sizes
 */
export function augmentImages(
  images: Images,
  rows: ArrayLike<number>,
  steps: readonly ImageStep[],
  options: AugmentOptions,
): Images {
  const { labels } = images;
  const gathered = gather(images, rows.length, (i) => augmentedRow(images, rows[i]!, steps, options));
  return { ...gathered, ...(labels && { labels: Uint8Array.from(rows, (row) => labels[row]!) }) };
}

/**
 * All images through all steps, in place: the input is overwritten. Allocation costs most with small images, so little is
 * allocated.
 *
 * @param numbers Of the rows, for chance, where the images are a part of a larger set.
 * @throws RangeError where steps make images of different sizes
 */
export function augmentInPlace(
  images: Images,
  steps: readonly ImageStep[],
  { random, epoch }: AugmentOptions,
  numbers: ArrayLike<number>,
): Images {
  const { count, channels, height, width, pixels } = images;
  const length = channels * height * width;
  const one = (row: number): Picture =>
    through(
      { channels, height, width, pixels: pixels.subarray(row * length, (row + 1) * length) },
      steps,
      randomOf(random, epoch, numbers[row]!),
    );
  return { ...images, ...gather(images, count, one, pixels) };
}

/** @param room For images that keep their size, each of which may lie in its place there already. */
function gather(images: Images, count: number, one: (i: number) => Picture, room?: Uint8Array): Images {
  let batch: Uint8Array | undefined;
  let size = images as Picture;
  for (let i = 0; i < count; i++) {
    const picture = one(i);
    if (!batch) {
      size = picture;
      const all = count * picture.pixels.length;
      const keeps = picture.height === images.height && picture.width === images.width;
      batch = keeps && room ? room : new Uint8Array(all);
    }
    if (picture.height !== size.height || picture.width !== size.width) {
      throw new RangeError('the steps of an augmentation must make images of one size');
    }
    if (picture.pixels.buffer !== batch.buffer) batch.set(picture.pixels, i * picture.pixels.length);
  }
  return {
    count,
    channels: images.channels,
    height: size.height,
    width: size.width,
    pixels: batch ?? new Uint8Array(0),
    classes: images.classes,
  };
}

/** One row through all steps. */
export function augmentedRow(
  { channels, height, width, pixels }: Images,
  row: number,
  steps: readonly ImageStep[],
  { random, epoch }: AugmentOptions,
): Picture {
  const length = channels * height * width;
  const own = pixels.slice(row * length, (row + 1) * length);
  return through({ channels, height, width, pixels: own }, steps, randomOf(random, epoch, row));
}

const through = (picture: Picture, steps: readonly ImageStep[], random: Random): Picture =>
  steps.reduce((made, step) => step(made, random), picture);
