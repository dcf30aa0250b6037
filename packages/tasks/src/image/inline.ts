/**
 * Photographs as texts: `data:` URLs of image files, and two forms that programs make, of pixels that are decoded already and of the
 * numbers that an encoder made of them. It needs nothing else, so that it also works without Gradus.
 */

const PIXELS = 'data:application/octet-stream;base64,';
const FEATURES = 'data:application/x-gradus-features;';
/** Of a `data:` URL. */
export const MOST_CHARACTERS = 48_000_000;

export const DATA_URL = /^data:(?:image\/[\w.+-]+)?;base64,/i;

const UNREAD = 'data:application/x-gradus-unread,';
/** In place of an image that could not be read. */
export const unreadUrl = (reason: string): string => UNREAD + encodeURIComponent(reason);
export const readUnreadUrl = (source: string): string | undefined =>
  source.startsWith(UNREAD) ? decodeURIComponent(source.slice(UNREAD.length)) : undefined;

/** Whether a cell is an image by itself, and not a file's name. */
export const isInline = (source: string): boolean => source.startsWith('data:');

/** Pixels [3, height, width], 0 to 255. */
export const pixelsUrl = (pixels: Uint8Array): string =>
  PIXELS + Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength).toString('base64');

/** @param encoder Its name */
export const featuresUrl = (features: Float32Array, encoder: string): string =>
  `${FEATURES}${encoder};base64,${Buffer.from(features.buffer, features.byteOffset, features.byteLength).toString('base64')}`;

/** @returns undefined where the source is none, or that of another encoder */
export function readFeaturesUrl(source: string, encoder: string, width: number): Float32Array | undefined {
  const head = `${FEATURES}${encoder};base64,`;
  if (!source.startsWith(head)) return undefined;
  const bytes = Buffer.from(source.slice(head.length), 'base64');
  if (bytes.length !== 4 * width) return undefined;
  const features = Float32Array.from({ length: width }, (_, i) => bytes.readFloatLE(4 * i));
  return features.every(Number.isFinite) ? features : undefined;
}

/** @returns undefined where the source is no decoded image of this size */
export function readPixelsUrl(source: string, length: number): Uint8Array | undefined {
  if (!source.startsWith(PIXELS)) return undefined;
  const bytes = Buffer.from(source.slice(PIXELS.length), 'base64');
  return bytes.length === length ? new Uint8Array(bytes) : undefined;
}
