/**
 * What an image goes through before a model sees it, as the folder's preprocessor_config.json says: resized as Pillow does it, cut to
 * its middle, scaled and shifted. A model sees worse by every step that is another, so what is not known is refused.
 */
import { UserError } from '@gradus/base';
import { decodePixels, type Pixels, type ResizeFilter, resizePixels } from '@gradus/data';
import { z } from 'zod';
import { COUNT } from '../families/common.ts';
import { preprocessorJson } from '../model/preprocessor.ts';

const LARGEST = 8192;
const SIDE = COUNT.max(LARGEST);
const BOTH = z.object({ height: SIDE, width: SIDE });
const SIZE = z.union([SIDE, BOTH, z.object({ shortest_edge: SIDE })]);
const THREE = z.array(z.number()).length(3);

const PREPROCESSOR = z.looseObject({
  do_resize: z.boolean().nullish(),
  size: SIZE.nullish(),
  resample: z.int().nullish(),
  do_center_crop: z.boolean().nullish(),
  crop_size: z.union([SIDE, BOTH]).nullish(),
  do_rescale: z.boolean().nullish(),
  rescale_factor: z.number().positive().nullish(),
  do_normalize: z.boolean().nullish(),
  image_mean: THREE.nullish(),
  image_std: z.array(z.number().positive()).length(3).nullish(),
});

/** By Pillow's numbers. */
const FILTERS: Readonly<Record<number, ResizeFilter>> = { 1: 'lanczos', 2: 'bilinear', 3: 'bicubic' };

const HALF = [0.5, 0.5, 0.5];
const CLIP = {
  resample: 3,
  crops: true,
  /** Whether a size of one number is of the shorter side, or of both. */
  shorter: true,
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
};
/** What a family's processor does where its file does not say. */
const DEFAULTS: Readonly<Record<string, typeof CLIP>> = {
  clip: CLIP,
  chinese_clip: CLIP,
  siglip: { resample: 3, crops: false, shorter: false, mean: HALF, std: HALF },
  vit: { resample: 2, crops: false, shorter: false, mean: HALF, std: HALF },
};

export class ImageProcessor {
  /** Of what the model sees. */
  readonly height: number;
  readonly width: number;
  readonly #resize: ((image: Pixels) => Pixels) | undefined;
  readonly #crops: boolean;
  /** Of each channel: value = byte × scale + shift. */
  readonly #scale: readonly number[];
  readonly #shift: readonly number[];

  /**
   * @param folder of the model, which says it in preprocessor_config.json
   * @param sees height and width of images that the model was made for
   * @throws UserError naming the field that is wrong, or where what comes out does not fit the model
   */
  constructor(folder: string, modelType: string, sees: { readonly height: number; readonly width: number }) {
    const fields = preprocessorJson(folder, 'image_processor', PREPROCESSOR);
    const path = `${folder}: image processor`;
    const own = DEFAULTS[modelType]!;
    const { height, width } = sees;
    [this.height, this.width] = [height, width];
    const resample = fields.resample ?? own.resample;
    const filter = FILTERS[resample];
    if (!filter) {
      throw new UserError({
        en: `${path}: resample ${resample} is not known; expected 1 (Lanczos), 2 (bilinear) or 3 (bicubic)`,
        zh: `${path}：不支持 resample ${resample}；应为 1（Lanczos）、2（双线性）或 3（双三次）`,
      });
    }
    const size = fields.size ?? { height, width };
    this.#resize = (fields.do_resize ?? true) ? resizer(size, own.shorter, filter) : undefined;
    this.#crops = fields.do_center_crop ?? own.crops;
    const crop =
      fields.crop_size ?? (typeof size === 'object' && 'height' in size ? size : { height, width });
    const out = this.#crops ? crop : size;
    const made =
      typeof out === 'number'
        ? { height: out, width: out }
        : 'shortest_edge' in out
          ? { height: Number.NaN, width: Number.NaN }
          : out;
    if (this.#resize && (made.height !== height || made.width !== width)) {
      throw new UserError({
        en: `${path}: images become ${JSON.stringify(out)}, and the model sees ${height} × ${width}: the file is of another model`,
        zh: `${path}：图像处理后为 ${JSON.stringify(out)}，而模型的输入为 ${height} × ${width}：该文件属于另一个模型`,
      });
    }
    const factor = (fields.do_rescale ?? true) ? (fields.rescale_factor ?? 1 / 255) : 1;
    const normalizes = fields.do_normalize ?? true;
    const mean = normalizes ? (fields.image_mean ?? own.mean) : [0, 0, 0];
    const std = normalizes ? (fields.image_std ?? own.std) : [1, 1, 1];
    this.#scale = std.map((s) => factor / s);
    this.#shift = std.map((s, i) => -mean[i]! / s);
  }

  /**
   * @param image the path of a file, or its bytes
   * @param into where the numbers are written, [3, height, width]
   * @throws UserError naming the file that is no image
   */
  async process(image: string | Uint8Array, into: Float32Array): Promise<void> {
    const { height, width } = this;
    const whole = await decodePixels(image);
    const resized = this.#resize?.(whole) ?? whole;
    const [top, left] = this.#crops
      ? [Math.trunc((resized.height - height) / 2), Math.trunc((resized.width - width) / 2)]
      : [0, 0];
    const fits = this.#crops ? top >= 0 && left >= 0 : resized.height === height && resized.width === width;
    if (!fits) {
      const name = typeof image === 'string' ? image : 'image';
      throw new UserError({
        en: `${name}: is ${resized.width} × ${resized.height} pixels, and the model sees ${width} × ${height}; its preprocessor_config.json does not resize it to that`,
        zh: `${name}：为 ${resized.width} × ${resized.height} 像素，而模型的输入为 ${width} × ${height}；其 preprocessor_config.json 未将图像缩放到该尺寸`,
      });
    }
    for (let channel = 0; channel < 3; channel++) {
      const [scale, shift] = [this.#scale[channel]!, this.#shift[channel]!];
      for (let y = 0, at = channel * height * width; y < height; y++) {
        for (let x = 0, from = 3 * ((top + y) * resized.width + left) + channel; x < width; x++, from += 3)
          into[at++] = resized.data[from]! * scale + shift;
      }
    }
  }
}

/** A size of one number is of the shorter side, or of both, as the family has it. */
function resizer(
  size: z.output<typeof SIZE>,
  shorter: boolean,
  filter: ResizeFilter,
): (image: Pixels) => Pixels {
  if (typeof size === 'object' && 'height' in size)
    return (image) => resizePixels(image, size.width, size.height, filter);
  const side = typeof size === 'number' ? size : size.shortest_edge;
  if (typeof size === 'number' && !shorter) return (image) => resizePixels(image, side, side, filter);
  return (image) => {
    const [short, long] = [Math.min(image.width, image.height), Math.max(image.width, image.height)];
    const other = Math.trunc((side * long) / short);
    if (other > LARGEST) {
      throw new UserError({
        en: `an image of ${image.width} × ${image.height} pixels is too long and narrow to be seen`,
        zh: `${image.width} × ${image.height} 像素的图像过于狭长，无法处理`,
      });
    }
    const isWide = image.width > image.height;
    return resizePixels(image, isWide ? other : side, isWide ? side : other, filter);
  };
}
