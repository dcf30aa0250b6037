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
  const refuse = (en: string, zh: string): never => {
    throw new UserError({
      en: `${path}: not an IDX file of bytes: ${en}`,
      zh: `${path}：不是字节型 IDX 文件：${zh}`,
    });
  };
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0)
    refuse('it does not begin with two zeros', '开头不是两个零字节');
  if (bytes[2] !== BYTES) {
    const type = `0x${bytes[2]!.toString(16)}`;
    refuse(`its element type is ${type}; expected 0x08`, `元素类型为 ${type}；应为 0x08`);
  }
  const rank = bytes[3]!;
  const start = 4 + 4 * rank;
  if (rank === 0 || bytes.length < start) refuse('its header is cut off', '文件头不完整');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dims = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const size = dims.reduce((a, b) => a * b, 1);
  if (size !== bytes.length - start) {
    const shape = `[${dims.join(', ')}]`;
    const there = bytes.length - start;
    refuse(
      `a shape of ${shape} needs ${size} bytes, the file has ${there}`,
      `形状 ${shape} 需要 ${size} 字节，文件只有 ${there} 字节`,
    );
  }
  return { dims, data: bytes.subarray(start) };
}

/** Grey images with their labels, from two IDX files. */
export function readIdxImages(images: string, labels: string): Images {
  const [pixels, truth] = [readIdx(images), readIdx(labels)];
  const [count, height, width] = pixels.dims;
  if (pixels.dims.length !== 3) {
    throw new UserError({
      en: `${images}: has ${pixels.dims.length} axes; expected images [count, height, width]`,
      zh: `${images}：有 ${pixels.dims.length} 个轴；图像应为 [数量, 高, 宽]`,
    });
  }
  if (truth.dims.length !== 1 || truth.dims[0] !== count) {
    throw new UserError({
      en: `${labels}: has shape [${truth.dims.join(', ')}]; expected one label for each of ${count} images`,
      zh: `${labels}：形状为 [${truth.dims.join(', ')}]；${count} 幅图像应各有一个标签`,
    });
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
    throw new UserError({
      en: `${path}: cannot be unzipped: ${(error as Error).message}`,
      zh: `${path}：无法解压：${(error as Error).message}`,
    });
  }
}
