/**
 * The binary batches of CIFAR-10 (Krizhevsky, 2009, https://www.cs.toronto.edu/~kriz/cifar.html): records of one label and
 * 32 × 32 pixels of red, then green, then blue.
 */
import { UserError } from '@gradus/base';
import { readBytes } from '../files.ts';
import type { Images } from './images.ts';

const SIDE = 32;
/** A third of a million images; the files that are shared hold 10,000. */
const MAX_BYTES = 2 ** 30;
const PIXELS = 3 * SIDE * SIDE;
export const CIFAR_CLASSES = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
] as const;

/** @throws UserError naming the file and what is wrong with it */
export function readCifarBatch(path: string): Images {
  const bytes = readBytes(path, MAX_BYTES);
  const count = bytes.length / (PIXELS + 1);
  if (!Number.isInteger(count) || count === 0) {
    throw new UserError({
      en: `${path}: has ${bytes.length} bytes; expected records of ${PIXELS + 1} (a label and 32 × 32 × 3 pixels)`,
      zh: `${path}：文件有 ${bytes.length} 字节；每条记录应为 ${PIXELS + 1} 字节（一个标签和 32 × 32 × 3 个像素）`,
    });
  }
  const pixels = new Uint8Array(count * PIXELS);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const start = i * (PIXELS + 1);
    labels[i] = bytes[start]!;
    if (labels[i]! >= CIFAR_CLASSES.length) {
      throw new UserError({
        en: `${path}: record ${i} has label ${labels[i]}; expected 0 to ${CIFAR_CLASSES.length - 1}`,
        zh: `${path}：第 ${i} 条记录的标签是 ${labels[i]}；应为 0 到 ${CIFAR_CLASSES.length - 1}`,
      });
    }
    pixels.set(bytes.subarray(start + 1, start + 1 + PIXELS), i * PIXELS);
  }
  return { count, channels: 3, height: SIDE, width: SIDE, pixels, labels, classes: CIFAR_CLASSES };
}
