/** Small images with their transparency, pixel for pixel: sprites. */
import { UserError } from '@gradus/base';

export interface Rgba {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and alpha, 0 to 255, along the rows. */
  readonly data: Uint8Array;
}

/**
 * @param largest Pixels a side at most
 * @throws UserError where it is larger; Error in one line for what is no image
 */
export async function decodeRgba(bytes: Uint8Array, largest: number): Promise<Rgba> {
  const { default: sharp } = await import('sharp');
  const image = sharp(bytes, { limitInputPixels: 2 ** 24, failOn: 'error' }).timeout({ seconds: 5 });
  const { width, height } = await image.metadata();
  if (width > largest || height > largest) {
    throw new UserError({
      en: `larger than ${largest} × ${largest} pixels: no sprite; images of that size take a network that somebody else has trained`,
      zh: `大于 ${largest} × ${largest} 像素，不是精灵图；这种尺寸的图像需要他人训练好的网络`,
    });
  }
  const { data, info } = await image
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

/**
 * An image of any size, brought to that of a sprite, by the mean of the pixels that become one.
 *
 * @throws Error in one line for what is no image
 */
export async function resizeRgba(bytes: Uint8Array, width: number, height: number): Promise<Rgba> {
  const { default: sharp } = await import('sharp');
  const { data, info } = await sharp(bytes, { limitInputPixels: 2 ** 24, failOn: 'error' })
    .timeout({ seconds: 20 })
    .toColourspace('srgb')
    .ensureAlpha()
    .resize(width, height, { fit: 'contain', background: { r: 0, g: 0, b: 0, alpha: 0 } })
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

/** @returns the bytes of a PNG */
export async function encodePng({ width, height, data }: Rgba): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp');
  return sharp(data, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer();
}
