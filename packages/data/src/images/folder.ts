/** A folder of images, one sub-folder a class: JPEG, PNG, WebP, AVIF or SVG, decoded and brought to one size by sharp. */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/engine';
import type { Images } from './images.ts';

export interface FolderOptions {
  /** Height and width that images are brought to. */
  readonly size: readonly [height: number, width: number];
  /** 1: grey, 3: colour. Default 3. */
  readonly channels?: 1 | 3;
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
/** Pixels of an image before it is made smaller: what a good camera takes, and no image bomb. */
const MAX_PIXELS = 100_000_000;
const AT_ONCE = 64;

/** @throws UserError where the folder holds no class with an image in it */
export async function readImageFolder(
  folder: string,
  { size: [height, width], channels = 3, progress }: FolderOptions,
): Promise<FolderImages> {
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
  const { default: sharp } = await import('sharp');
  const length = channels * height * width;
  const decoded = new Array<Uint8Array | string>(found.length);
  const decode = async (at: number) => {
    const { file } = found[at]!;
    try {
      if (!lstatSync(file).isFile()) throw new Error('a link or a folder, not a file');
      const image = sharp(file, { limitInputPixels: MAX_PIXELS, failOn: 'error' })
        .rotate()
        .flatten({ background: '#fff' });
      const coloured = channels === 1 ? image.toColourspace('b-w') : image.toColourspace('srgb');
      const { data, info } = await coloured
        // Straight lines over the area that a pixel takes: what torchvision's Resize does, and quicker than sharp's default.
        .resize(width, height, { fit: 'fill', kernel: 'linear' })
        .raw()
        .toBuffer({ resolveWithObject: true });
      decoded[at] = planes(data, info.channels, channels, height * width);
    } catch (error) {
      decoded[at] = (error as Error).message.split('\n')[0]!;
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

/** Interleaved channels, `given` of them, as `wanted` planes one after the other. */
function planes(data: Uint8Array, given: number, wanted: number, area: number): Uint8Array {
  const result = new Uint8Array(wanted * area);
  for (let channel = 0; channel < wanted; channel++) {
    const from = Math.min(channel, given - 1);
    for (let i = 0; i < area; i++) result[channel * area + i] = data[i * given + from]!;
  }
  return result;
}
