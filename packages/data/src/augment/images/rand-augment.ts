/**
 * RandAugment (Cubuk et al., 2020): so many changes, drawn from fourteen, all of one strength; two numbers to choose instead of
 * dozens. Ranges are those of the paper's code.
 */
import { rotation, shear, warped } from './affine.ts';
import { coloured } from './colour.ts';
import { cropped } from './crop.ts';
import type { ImageStep, Picture } from './picture.ts';
import { autoContrasted, equalized, posterized, sharpened, solarized } from './tone.ts';

export interface RandAugmentOptions {
  /** Changes to each image. Default 2. */
  readonly count?: number;
  /** Strength, 0 to 30. Default 9. */
  readonly magnitude?: number;
  /** What comes in from outside, 0 to 255. Default 128. */
  readonly fill?: number;
}

/** Given the strength, 0 to 1, either way (−1 to 1) and without its sign. */
type Change = (picture: Picture, signed: number, level: number, fill: number) => Picture;

const STRONGEST = 30;
const DEGREES = 30;
const SHEAR = 0.3;
/** Of the image's side: 150 of 331 pixels. */
const MOVE = 150 / 331;
const FACTOR = 0.9;
const BITS = 4;

export const CHANGES: Readonly<Record<string, Change>> = {
  identity: (picture) => picture,
  autoContrast: autoContrasted,
  equalize: equalized,
  rotate: (picture, signed, _, fill) => warped(picture, rotation(signed * DEGREES), fill),
  shearX: (picture, signed, _, fill) => warped(picture, shear(signed * SHEAR, 0), fill),
  shearY: (picture, signed, _, fill) => warped(picture, shear(0, signed * SHEAR), fill),
  translateX: (picture, signed, _, fill) =>
    moved(picture, Math.trunc(signed * MOVE * picture.width), 0, fill),
  translateY: (picture, signed, _, fill) =>
    moved(picture, 0, Math.trunc(signed * MOVE * picture.height), fill),
  brightness: (picture, signed) => coloured(picture, { brightness: 1 + signed * FACTOR }),
  contrast: (picture, signed) => coloured(picture, { contrast: 1 + signed * FACTOR }),
  colour: (picture, signed) => coloured(picture, { saturation: 1 + signed * FACTOR }),
  sharpness: (picture, signed) => sharpened(picture, 1 + signed * FACTOR),
  posterize: (picture, _, level) => posterized(picture, 8 - Math.round(level * BITS)),
  solarize: (picture, _, level) => solarized(picture, 256 * (1 - level)),
};
/** By whole pixels, which need no others mixed in. */
const moved = (picture: Picture, right: number, down: number, fill: number): Picture =>
  cropped(picture, { top: -down, left: -right, height: picture.height, width: picture.width, fill });

const ALL = Object.values(CHANGES);

export function randAugment({ count = 2, magnitude = 9, fill = 128 }: RandAugmentOptions = {}): ImageStep {
  if (!(magnitude >= 0 && magnitude <= STRONGEST)) {
    throw new RangeError(`magnitude is ${magnitude}; expected 0 to ${STRONGEST}`);
  }
  const level = magnitude / STRONGEST;
  return (picture, random) => {
    let changed = picture;
    for (let i = 0; i < count; i++) {
      const change = ALL[random.below(ALL.length)]!;
      changed = change(changed, random.below(2) === 0 ? level : -level, level, fill);
    }
    return changed;
  };
}
