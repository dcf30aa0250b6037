/** One image file, decoded and brought to a size by sharp: JPEG, PNG, WebP, AVIF, SVG, GIF or TIFF; and BMP, which sharp does not read. */
import { UserError } from '@gradus/base';
import type { Sharp } from 'sharp';
import { readUnlinked } from '../files.ts';
import { decodeBitmap, isBitmap } from './bmp.ts';

export interface DecodeOptions {
  /** Height and width that images are brought to. */
  readonly size: readonly [height: number, width: number];
  /** 1: grey, 3: colour. Default 3. */
  readonly channels?: 1 | 3;
}

/** Pixels of an image before it is made smaller: what a good camera takes, and no image bomb. */
const MAX_PIXELS = 100_000_000;
export const MAX_BYTES = 2 ** 27;
/** Seconds: a few bytes of SVG can request hours of blurring. */
export const TIMEOUT = 20;

/**
 * @param into Where the pixels are written. Default: memory of their own.
 * @returns [channels, height, width], 0 to 255
 * @throws Error in one line, without the path, for what is no image
 */
export async function decodeImage(
  file: string,
  options: DecodeOptions,
  into?: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array> {
  // From memory: truncating the file meanwhile does no harm, and an SVG has no folder from which to read other files.
  return decodeImageBytes(await readUnlinked(file, MAX_BYTES), options, into);
}

/**
 * The same of the bytes of a file. Of several pictures in one (an animation) it is the first.
 *
 * @throws Error in one line for what is no image
 */
export async function decodeImageBytes(
  bytes: Uint8Array,
  { size: [height, width], channels = 3 }: DecodeOptions,
  into = new Uint8Array(channels * height * width),
): Promise<Uint8Array> {
  if (bytes.length === 0) throw new UserError({ en: 'is empty', zh: '是空文件' });
  const image = (await openImage(bytes))
    .timeout({ seconds: TIMEOUT })
    .rotate()
    .flatten({ background: '#fff' });
  const coloured = channels === 1 ? image.toColourspace('b-w') : image.toColourspace('srgb');
  try {
    const { data, info } = await coloured
      // Straight lines over the area that a pixel takes: what torchvision's Resize does, and quicker than sharp's default.
      .resize(width, height, { fit: 'fill', kernel: 'linear' })
      .raw()
      .toBuffer({ resolveWithObject: true });
    return planes(data, info.channels, into, height * width);
  } catch (error) {
    throw new Error((error as Error).message.split('\n')[0]);
  }
}

/** @throws UserError for a bitmap that cannot be read; what else is wrong shows when its pixels are taken */
export async function openImage(bytes: Uint8Array): Promise<Sharp> {
  const sharp = await loadSharp();
  if (!isBitmap(bytes)) return sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' });
  const { width, height, data } = decodeBitmap(bytes, MAX_PIXELS);
  return sharp(data, { raw: { width, height, channels: 3 } });
}

let loading: ReturnType<typeof load> | undefined;

function loadSharp(): ReturnType<typeof load> {
  loading ??= load();
  return loading;
}

async function load() {
  const { default: sharp } = await import('sharp');
  // libvips remembers operations that no other image meets again: a fifth of the time.
  sharp.cache(false);
  return sharp;
}

/** Interleaved channels as planes one after the other. @param count Channels of the data. */
function planes(data: Uint8Array, count: number, into: Uint8Array, area: number): Uint8Array {
  for (let channel = 0; channel * area < into.length; channel++) {
    const plane = into.subarray(channel * area, (channel + 1) * area);
    for (let i = 0, from = Math.min(channel, count - 1); i < area; i++, from += count) plane[i] = data[from]!;
  }
  return into;
}
