/**
 * Images to what a convolutional network takes: of one size, grey or in colour, channels first, each channel shifted and
 * scaled. Pixels in between are weighed over the whole area that a new one covers (antialiasing), so that fine patterns do
 * not turn into others when an image shrinks.
 */
import { apply, concat, constant, int64, type Tensor } from '@gradus/engine';
import { z } from 'zod';
import type { Block } from '../block.ts';
import { batches } from '../run.ts';
import { unitOf } from '../statistics.ts';
import { columnStep, declares, type TrainingColumn } from '../step.ts';
import { figures } from '../words.ts';

const pixels = z.int().min(1).max(4096);
const threes = z.array(z.number()).min(1).max(3);

/** Of ImageNet's training images, as fractions of 255: networks pretrained on it expect these. */
const IMAGENET = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] };

const options = z
  .strictObject({
    /** Height and width, or one number for both. */
    size: z.union([pixels, z.tuple([pixels, pixels])]),
    /**
     * What becomes of another ratio of width to height:
     * - `cover`: the image fills the whole, what stands out on two sides is cut off
     * - `contain`: the whole image, black on two sides
     * - `stretch`: the whole image in another ratio
     */
    fit: z.enum(['cover', 'contain', 'stretch']).default('cover'),
    interpolation: z.enum(['linear', 'cubic', 'nearest']).default('linear'),
    channels: z.enum(['rgb', 'grey']).default('rgb'),
    /**
     * - `fit`: each channel to mean 0 and deviation 1 over the training images
     * - `imagenet`: by the means and deviations of ImageNet
     * - `unit`: from 0 to 1
     */
    normalize: z.enum(['fit', 'imagenet', 'unit']).default('fit'),
  })
  .refine(({ channels, normalize }) => channels === 'rgb' || normalize !== 'imagenet', {
    message: '"imagenet" is for channels "rgb"',
    params: { zh: '"imagenet" 只适用于 channels "rgb"' },
    path: ['normalize'],
  });
type Options = z.output<typeof options>;

export const imageStep = columnStep({
  name: 'image',
  title: { en: 'Images', zh: '图像' },
  accepts: ['image'],
  options,
  parameters: z.object({ mean: threes, deviation: threes.refine((d) => d.every((value) => value > 0)) }),
  fit: async (column, options) => {
    if (options.normalize === 'imagenet') return IMAGENET;
    const count = options.channels === 'grey' ? 1 : 3;
    if (options.normalize === 'unit') {
      return { mean: new Array<number>(count).fill(0), deviation: new Array<number>(count).fill(1) };
    }
    return channelStatistics(column, options);
  },
  trace: (block, { mean, deviation }, options) => {
    const perChannel = (values: readonly number[]) =>
      constant({ dtype: 'float32', dims: [values.length, 1, 1], data: Float32Array.from(values) });
    return {
      ...block,
      kind: 'pixels',
      tensor: sized(block, options).sub(perChannel(mean)).div(perChannel(deviation)),
    };
  },
  describe: ({ size, fit, interpolation, channels, normalize }) => {
    const [height, width] = heightAndWidth(size);
    const [en, zh] = NORMALIZING[normalize];
    return {
      en: `${height} × ${width}, ${fit}, ${interpolation}, ${channels}, ${en}`,
      zh: `${height} × ${width}，${FITS[fit]}，${INTERPOLATIONS[interpolation]}插值，${channels === 'grey' ? '灰度' : '彩色'}，${zh}`,
    };
  },
  describeFitted: ({ mean, deviation }) => ({
    en: `mean ${figures(mean)}, deviation ${figures(deviation)}`,
    zh: `均值 ${figures(mean)}，标准差 ${figures(deviation)}`,
  }),
});

/** [batch, height, width, 3] of bytes, of any size, to [batch, 3 or 1, height, width]. */
export const image = declares(imageStep);

const FITS = { cover: '填满并裁剪', contain: '完整并补黑', stretch: '拉伸' } as const;
const INTERPOLATIONS = { linear: '线性', cubic: '三次', nearest: '最近邻' } as const;
const NORMALIZING = {
  fit: ['normalized by the training images', '按训练图像归一化'],
  imagenet: ['normalized as ImageNet', '按 ImageNet 归一化'],
  unit: ['from 0 to 1', '0 到 1'],
} as const;

const heightAndWidth = (size: Options['size']): readonly [number, number] =>
  typeof size === 'number' ? [size, size] : size;

/** Grey as Rec. ITU-R BT.601 weighs the colours. [3, 1] */
const LUMA = constant({ dtype: 'float32', dims: [3, 1], data: Float32Array.of(0.299, 0.587, 0.114) });

/** From 0 to 1, of the requested size, channels first. */
function sized({ tensor }: Block, { size, fit, interpolation, channels }: Options): Tensor {
  const [height, width] = heightAndWidth(size);
  const sizes = int64([height, width]);
  const bytes = tensor.cast('float32');
  const planes = (channels === 'grey' ? bytes.matmul(LUMA) : bytes).transpose([0, 3, 1, 2]);
  const source = fit === 'cover' ? middleOf(planes, height, width) : planes;
  const resized = apply('Resize', [source, null, null, sizes], {
    axes: [2, 3],
    coordinate_transformation_mode: 'half_pixel',
    mode: interpolation,
    // Keys' own coefficient, which Pillow and PyTorch take too when they antialias.
    ...(interpolation === 'cubic' && { cubic_coeff_a: { float: -0.5 } }),
    // Only pixels inside the image are weighed, as by Pillow and PyTorch.
    ...(interpolation !== 'nearest' && { antialias: 1, exclude_outside: 1 }),
    ...(fit === 'contain' && { keep_aspect_ratio_policy: 'not_larger' }),
  });
  const cut = fit === 'contain' ? apply('CenterCropPad', [resized, sizes], { axes: [2, 3] }) : resized;
  // Cubic curves overshoot.
  return cut.clip(0, 255).div(255);
}

/**
 * The middle of an image in another aspect ratio. It is cropped before it is resized: resized first, a very wide image would
 * grow to a width that no memory holds.
 */
function middleOf(planes: Tensor, height: number, width: number): Tensor {
  const sizes = planes.shapeTensor();
  const [h, w] = [sizes.slice([2], [3]), sizes.slice([3], [4])];
  const rounded = (side: Tensor, by: number, per: number) =>
    side
      .mul(by)
      .add(Math.floor(per / 2))
      .div(per)
      .max(1);
  const kept = concat([h.min(rounded(w, height, width)), w.min(rounded(h, width, height))], 0);
  return apply('CenterCropPad', [planes, kept], { axes: [2, 3] });
}

/** Means and deviations of the channels over the training images, some at a time. */
async function channelStatistics({ block, data }: TrainingColumn, options: Options) {
  const outputs = new Map([['pixels', sized(block, options)]]);
  const rows = data.dims[0]!;
  const sums: number[] = [];
  const squares: number[] = [];
  let count = 0;
  for await (const made of batches(outputs, new Map([[block.name, data]]), rows)) {
    const { dims, data } = made.get('pixels')!;
    const [images, channels, height, width] = dims as [number, number, number, number];
    const values = data as Float32Array;
    const area = height * width;
    for (let i = 0; i < images * channels; i++) {
      const channel = i % channels;
      for (const value of values.subarray(i * area, (i + 1) * area)) {
        sums[channel] = (sums[channel] ?? 0) + value;
        squares[channel] = (squares[channel] ?? 0) + value * value;
      }
    }
    count += images * area;
  }
  const mean = sums.map((sum) => sum / count);
  const deviation = squares.map((sum, i) => {
    return unitOf(Math.sqrt(Math.max(0, sum / count - mean[i]! ** 2)), 1);
  });
  return { mean, deviation };
}
