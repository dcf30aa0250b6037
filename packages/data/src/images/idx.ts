/**
 * IDX, the format of MNIST (LeCun, Cortes and Burges, http://yann.lecun.com/exdb/mnist): two zero bytes, a type, the number of
 * axes, their sizes as big-endian 32-bit numbers, then the elements. Files may be gzipped.
 */
import { gunzipSync } from 'node:zlib';
import { UserError } from '@gradus/base';
import { readBytes } from '../files.ts';
import type { Images } from './images.ts';

/** Unsigned bytes: the one type that images and labels come in. */
const BYTES = 0x08;
/** More than this is no file of small images; a gzip bomb would be. */
const MAX_BYTES = 2 ** 30;

export interface Idx {
  readonly dims: readonly number[];
  readonly data: Uint8Array;
}

/** @throws UserError naming the file and what is wrong with it */
export function readIdx(path: string): Idx {
  const bytes = unzipped(path);
  const refuse = (reason: string): never => {
    throw new UserError(`${path}: not an IDX file of bytes: ${reason}`);
  };
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0) refuse('it does not begin with two zeros');
  if (bytes[2] !== BYTES) refuse(`its element type is 0x${bytes[2]!.toString(16)}; expected 0x08`);
  const rank = bytes[3]!;
  const start = 4 + 4 * rank;
  if (rank === 0 || bytes.length < start) refuse('its header is cut off');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dims = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const size = dims.reduce((a, b) => a * b, 1);
  if (size !== bytes.length - start) {
    refuse(`a shape of [${dims.join(', ')}] needs ${size} bytes, the file has ${bytes.length - start}`);
  }
  return { dims, data: bytes.subarray(start) };
}

/** Grey images with their labels, from two IDX files. */
export function readIdxImages(images: string, labels: string): Images {
  const [pixels, truth] = [readIdx(images), readIdx(labels)];
  const [count, height, width] = pixels.dims;
  if (pixels.dims.length !== 3) {
    throw new UserError(`${images}: has ${pixels.dims.length} axes; expected images [count, height, width]`);
  }
  if (truth.dims.length !== 1 || truth.dims[0] !== count) {
    throw new UserError(
      `${labels}: has shape [${truth.dims.join(', ')}]; expected one label for each of ${count} images`,
    );
  }
  const most = truth.data.reduce((a, b) => Math.max(a, b), 0);
  return {
    count: count!,
    channels: 1,
    height: height!,
    width: width!,
    pixels: pixels.data,
    labels: truth.data,
    classes: Array.from({ length: most + 1 }, (_, i) => String(i)),
  };
}

function unzipped(path: string): Uint8Array {
  const bytes = readBytes(path, MAX_BYTES);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_BYTES });
  } catch (error) {
    throw new UserError(`${path}: cannot be unzipped: ${(error as Error).message}`);
  }
}
