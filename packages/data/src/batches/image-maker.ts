/** The batch maker of augmented images. */
import { UserError } from '@gradus/base';
import { mixup } from '../augment/images/mixup.ts';
import { augmentImages, augmentInPlace } from '../augment/images/picture.ts';
import type { Batch } from '../batch.ts';
import { reasonOf } from '../files.ts';
import { decodeImage } from '../images/decode.ts';
import type { Images } from '../images/images.ts';
import { imageStep } from './image-steps.ts';
import type { ImageFiles, ImagesData } from './images.ts';
import type { OpenBatches } from './maker.ts';

export const open: OpenBatches<ImagesData> = (data) => {
  const steps = data.steps.map(imageStep);
  return {
    async batch(rows, chance) {
      // Images read from files are rows 0, 1, … of a set of their own; chance goes by the row of all.
      if ('files' in data) {
        const images = await decoded(data.files, rows);
        return tensors(augmentInPlace(images, steps, chance, rows));
      }
      if (data.mixup === undefined) return tensors(augmentImages(data.images, rows, steps, chance));
      const { images, targets } = mixup(data.images, rows, steps, { ...chance, alpha: data.mixup });
      const dims = [rows.length, images.classes.length];
      return { ...tensors(images), targets: { dtype: 'float32', dims, data: targets } };
    },
  };
};

function tensors({ count, channels, height, width, pixels, labels }: Images): Batch {
  return {
    pixels: { dtype: 'uint8', dims: [count, channels, height, width], data: pixels },
    ...(labels && {
      labels: { dtype: 'int64', dims: [count], data: BigInt64Array.from(labels as never, BigInt) },
    }),
  };
}

async function decoded({ entries, classes, ...options }: ImageFiles, rows: Int32Array): Promise<Images> {
  const [height, width] = options.size;
  const channels = options.channels ?? 3;
  const length = channels * height * width;
  const pixels = new Uint8Array(rows.length * length);
  await Promise.all(
    Array.from(rows, async (row, i) => {
      const { file } = entries[row]!;
      const own = pixels.subarray(i * length, (i + 1) * length);
      await decodeImage(file, options, own).catch((error: Error) => {
        throw new UserError({
          en: `${file}: is no image that can be read: ${error.message}. Move it out of the folder`,
          zh: `${file}：无法作为图像读取：${reasonOf(error).zh}。请将其移出该文件夹`,
        });
      });
    }),
  );
  const labels = Uint8Array.from(rows, (row) => entries[row]!.label);
  return { count: rows.length, channels, height, width, pixels, labels, classes };
}
