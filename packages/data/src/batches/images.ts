/** Batches of augmented images, from memory or from files. */
import { programBeside } from '@gradus/base';
import type { DecodeOptions } from '../images/decode.ts';
import { listImages } from '../images/folder.ts';
import type { Images } from '../images/images.ts';
import type { StepSpec } from './image-steps.ts';
import { BatchLoader, type LoaderOptions } from './loader.ts';

export interface ImageBatchesOptions extends LoaderOptions {
  /** Augmentation steps for each image, in order: names with their options. Default: none. */
  readonly steps?: readonly StepSpec[];
  /** Mixes images with this alpha; then there are `targets` [batch, classes] float32 instead of `labels`. */
  readonly mixup?: number;
}

/** The data of the worker threads. */
export type ImagesData =
  | { readonly images: Images; readonly steps: readonly StepSpec[]; readonly mixup?: number }
  | { readonly files: ImageFiles; readonly steps: readonly StepSpec[] };

export interface ImageFiles extends DecodeOptions {
  readonly entries: readonly { readonly file: string; readonly label: number }[];
  readonly classes: readonly string[];
}

const MAKER = programBeside(import.meta.url, 'image-maker');

/**
 * Batches of images that are in memory: `pixels` uint8 [batch, channels, height, width] and, where images have them, `labels`
 * int64 [batch].
 */
export function imageBatches(
  images: Images,
  { steps = [], mixup, ...options }: ImageBatchesOptions = {},
): BatchLoader {
  const data: ImagesData = {
    images: { ...images, pixels: shared(images.pixels) },
    steps,
    ...(mixup !== undefined && { mixup }),
  };
  return new BatchLoader({ module: MAKER, data, size: images.count }, options);
}

/**
 * The same for more images than memory should hold: a folder of them, one sub-folder a class; each is read when a batch needs it.
 *
 * @throws UserError where the folder holds no class with an image in it; a batch's, where a file turns out to be no image
 */
export function imageFileBatches(
  folder: string,
  { steps = [], size, channels = 3, ...options }: Omit<ImageBatchesOptions, 'mixup'> & DecodeOptions,
): BatchLoader & { readonly classes: readonly string[] } {
  const files: ImageFiles = { ...listImages(folder), size, channels };
  const loader = new BatchLoader(
    { module: MAKER, data: { files, steps } satisfies ImagesData, size: files.entries.length },
    options,
  );
  return Object.assign(loader, { classes: files.classes });
}

function shared(pixels: Uint8Array): Uint8Array {
  if (pixels.buffer instanceof SharedArrayBuffer) return pixels;
  const copy = new Uint8Array(new SharedArrayBuffer(pixels.length));
  copy.set(pixels);
  return copy;
}
