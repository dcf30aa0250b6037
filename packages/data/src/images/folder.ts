/** A folder of images, one sub-folder a class: JPEG, PNG, WebP, AVIF, SVG or BMP, decoded and brought to one size. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Localized, UserError } from '@gradus/base';
import { reasonOf } from '../files.ts';
import { type DecodeOptions, decodeImage } from './decode.ts';
import type { Images } from './images.ts';

export interface FolderOptions extends DecodeOptions {
  /** Gets how many of all files are done. */
  progress?(done: number, all: number): void;
}

export interface FolderImages extends Images {
  /** Of each image. */
  readonly files: readonly string[];
  /** Files that are no images, and why. */
  readonly setAside: readonly { readonly file: string; readonly reason: Localized }[];
}

const SUFFIX = /\.(?:jpe?g|png|webp|avif|svg|gif|tiff?|bmp|dib)$/i;
/** Whether a file's name is one of an image. */
export const isImageName = (name: string): boolean => SUFFIX.test(name);
/** Their bytes are held all at once. */
const AT_ONCE = 16;
/** Labels are bytes. */
const MOST_CLASSES = 256;

export interface ImageFile {
  readonly file: string;
  /** An index into the classes. */
  readonly label: number;
}

/** @throws UserError where the folder holds no class with an image in it */
export async function readImageFolder(folder: string, options: FolderOptions): Promise<FolderImages> {
  const { entries, classes } = listImages(folder);
  return readImages(entries, classes, options);
}

/** Reads those of the files that are images. */
export async function readImages(
  entries: readonly ImageFile[],
  classes: readonly string[],
  { size: [height, width], channels = 3, progress }: FolderOptions,
): Promise<FolderImages> {
  const length = channels * height * width;
  const decoded = new Array<Uint8Array | Localized>(entries.length);
  const decode = async (at: number) => {
    try {
      decoded[at] = await decodeImage(entries[at]!.file, { size: [height, width], channels });
    } catch (error) {
      decoded[at] = reasonOf(error);
    }
  };
  for (let from = 0; from < entries.length; from += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, entries.length - from) }, (_, i) => from + i);
    await Promise.all(batch.map(decode));
    progress?.(Math.min(from + AT_ONCE, entries.length), entries.length);
  }
  const good = entries.flatMap(({ file, label }, i) =>
    decoded[i] instanceof Uint8Array ? [{ file, label, pixels: decoded[i] }] : [],
  );
  const pixels = new Uint8Array(good.length * length);
  for (const [i, image] of good.entries()) pixels.set(image.pixels, i * length);
  return {
    count: good.length,
    channels,
    height,
    width,
    pixels,
    labels: Uint8Array.from(good, ({ label }) => label),
    classes,
    files: good.map(({ file }) => file),
    setAside: entries.flatMap(({ file }, i) => {
      const reason = decoded[i];
      return reason instanceof Uint8Array ? [] : [{ file, reason: reason! }];
    }),
  };
}

/** The files of a folder with their classes, not opened yet. @throws UserError where there is no class with an image in it */
export function listImages(folder: string): {
  readonly entries: readonly ImageFile[];
  readonly classes: readonly string[];
} {
  const classes = entriesOf(folder)
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  const entries = classes.flatMap((name, label) =>
    entriesOf(join(folder, name))
      .map((entry) => entry.name)
      .filter((file) => SUFFIX.test(file))
      .sort()
      .map((file) => ({ file: join(folder, name, file), label })),
  );
  if (entries.length === 0) {
    throw new UserError({
      en: `${folder}: holds no images; expected one folder a class with JPEG, PNG, WebP, AVIF, BMP or SVG files`,
      zh: `${folder}：没有图像；每个类别应为一个文件夹，内含 JPEG、PNG、WebP、AVIF、BMP 或 SVG 文件`,
    });
  }
  checkClasses(folder, classes);
  return { entries, classes };
}

export function checkClasses(source: string, classes: readonly string[]): void {
  if (classes.length > MOST_CLASSES)
    throw new UserError({
      en: `${source}: has ${classes.length} classes; expected at most ${MOST_CLASSES}`,
      zh: `${source}：有 ${classes.length} 个类别；最多 ${MOST_CLASSES} 个`,
    });
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const { en, zh } = reasonOf(error);
    throw new UserError({
      en: `${folder}: is no folder that can be read: ${en}`,
      zh: `${folder}：无法作为文件夹读取：${zh}`,
    });
  }
}
