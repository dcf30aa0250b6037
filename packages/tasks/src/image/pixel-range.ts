/** In which range a network expects its pixels: what its file or the notes beside it say, else what its kind usually does. */
import type { Localized } from '@gradus/base';

/** `imagenet`: 0 to 1, less the means of ImageNet's colours, over their spreads, as torchvision's models take them. */
export const PIXEL_RANGES = ['0..1', '-1..1', '0..255', 'imagenet'] as const;
export type PixelRange = (typeof PIXEL_RANGES)[number];

/** A pixel from 0 to 255, by colour, is multiplied by the first and gets the second. */
export const RANGE: Readonly<
  Record<PixelRange, { readonly scale: readonly number[]; readonly shift: readonly number[] }>
> = {
  '0..1': same(1 / 255, 0),
  // (p − 128) / 128, and (p − 127.5) / 127.5 is the same to half a step.
  '-1..1': same(1 / 128, -1),
  '0..255': same(1, 0),
  imagenet: {
    scale: [0.229, 0.224, 0.225].map((spread) => 1 / (255 * spread)),
    shift: [0.485 / 0.229, 0.456 / 0.224, 0.406 / 0.225].map((shift) => -shift),
  },
};

function same(scale: number, shift: number) {
  return { scale: [scale, scale, scale], shift: [shift, shift, shift] };
}

/** What notes say, the most telling first. */
const SIGNS: readonly (readonly [RegExp, PixelRange])[] = [
  [/0?\.485\b|imagenet mean|vgg[- ]?16 normali[sz]ation/i, 'imagenet'],
  [
    /-\s*12[78](?:\.\d+)?\)?\s*\/\s*12[78]|[-−]1\s*(?:\.\.|to|,)\s*\+?1\b|\[-1,\s*1\]|scale between -1 and 1/i,
    '-1..1',
  ],
  [/\/\s*255|\b0\s*(?:\.\.|to|-)\s*1\b(?!\d)|\[0,\s*1\]/i, '0..1'],
  [/\b0\s*(?:\.\.|to|-)\s*255\b|\[0,\s*255\]|as it is/i, '0..255'],
];

export interface FoundRange {
  readonly range: PixelRange;
  /** Where it stands; absent where it is a guess. */
  readonly from?: string;
}

/**
 * @param notes Texts that may say it, by where they stand, the nearest first
 * @param isChannelsLast Networks of TensorFlow are; they mostly take −1 to 1, those of PyTorch ImageNet's
 */
export function findRange(
  notes: readonly (readonly [from: string, text: string])[],
  isChannelsLast: boolean,
): FoundRange {
  for (const [from, text] of notes)
    for (const [sign, range] of SIGNS) if (sign.test(text)) return { range, from };
  return { range: isChannelsLast ? '-1..1' : 'imagenet' };
}

export const rangeInWords: Readonly<Record<PixelRange, Localized>> = {
  '0..1': { en: 'pixels from 0 to 1', zh: '像素范围 0 到 1' },
  '-1..1': { en: 'pixels from −1 to 1', zh: '像素范围 −1 到 1' },
  '0..255': { en: 'pixels from 0 to 255', zh: '像素范围 0 到 255' },
  imagenet: {
    en: 'pixels standardized by ImageNet’s means and spreads',
    zh: '像素按 ImageNet 的均值和标准差标准化',
  },
};
