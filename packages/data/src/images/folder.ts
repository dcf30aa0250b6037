/** A folder of images, one sub-folder a class: JPEG, PNG, WebP, AVIF or SVG, decoded and brought to one size by sharp. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/engine';
import { type DecodeOptions, decodeImage } from './decode.ts';
import type { Images } from './images.ts';

export interface FolderOptions extends DecodeOptions {
  /** Told how many of all files are done. */
  progress?(done: number, all: number): void;
}

export interface FolderImages extends Images {
  /** Of each image. */
  readonly files: readonly string[];
  /** Files that were no images, and why. */
  readonly setAside: readonly { readonly file: string; readonly reason: string }[];
}

const SUFFIX = /\.(?:jpe?g|png|webp|avif|svg)$/i;
const AT_ONCE = 64;

/** @throws UserError where the folder holds no class with an image in it */
export async function readImageFolder(
  folder: string,
  { size: [height, width], channels = 3, progress }: FolderOptions,
): Promise<FolderImages> {
  const { found, classes } = listImages(folder);
  const length = channels * height * width;
  const decoded = new Array<Uint8Array | string>(found.length);
  const decode = async (at: number) => {
    try {
      decoded[at] = await decodeImage(found[at]!.file, { size: [height, width], channels });
    } catch (error) {
      decoded[at] = (error as Error).message;
    }
  };
  for (let from = 0; from < found.length; from += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, found.length - from) }, (_, i) => from + i);
    await Promise.all(batch.map(decode));
    progress?.(Math.min(from + AT_ONCE, found.length), found.length);
  }
  const good = found.flatMap(({ file, label }, i) =>
    typeof decoded[i] === 'string' ? [] : [{ file, label, pixels: decoded[i] as Uint8Array }],
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
    setAside: found.flatMap(({ file }, i) => {
      const reason = decoded[i];
      return typeof reason === 'string' ? [{ file, reason }] : [];
    }),
  };
}

/** The files of a folder with their classes, not opened yet. @throws UserError where there is no class with an image in it */
export function listImages(folder: string): {
  readonly found: readonly { readonly file: string; readonly label: number }[];
  readonly classes: readonly string[];
} {
  const classes = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  const found = classes.flatMap((name, label) =>
    readdirSync(join(folder, name))
      .filter((file) => SUFFIX.test(file))
      .sort()
      .map((file) => ({ file: join(folder, name, file), label })),
  );
  if (found.length === 0) {
    throw new UserError(
      `${folder}: holds no images; expected one folder a class with JPEG, PNG, WebP, AVIF or SVG files`,
    );
  }
  if (classes.length > 256)
    throw new UserError(`${folder}: has ${classes.length} classes; expected at most 256`);
  return { found, classes };
}
