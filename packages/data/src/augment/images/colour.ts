/**
 * Brightness, contrast, saturation and hue. Each is linear in a pixel's red, green and blue, so all four together are one matrix
 * and one pass (saturation and hue as in the W3C's Filter Effects, `saturate` and `hue-rotate`: greys stay grey).
 */
import type { ImageStep, Picture } from './picture.ts';

export interface ColourOptions {
  /** Factors are drawn from 1 − this to 1 + this. Default 0: as it is. */
  readonly brightness?: number;
  readonly contrast?: number;
  readonly saturation?: number;
  /** The hue is turned by up to this many degrees either way. Default 0. */
  readonly hue?: number;
}

/** What is done to one image. */
export interface ColourChange {
  readonly brightness?: number;
  readonly contrast?: number;
  readonly saturation?: number;
  /** Degrees. */
  readonly hue?: number;
}

export function colour({ brightness = 0, contrast = 0, saturation = 0, hue = 0 }: ColourOptions): ImageStep {
  return (picture, random) =>
    coloured(picture, {
      brightness: Math.max(0, random.uniform(1 - brightness, 1 + brightness)),
      contrast: Math.max(0, random.uniform(1 - contrast, 1 + contrast)),
      saturation: Math.max(0, random.uniform(1 - saturation, 1 + saturation)),
      hue: random.uniform(-hue, hue),
    });
}

/** Shares of red, green and blue in what the eye sees as light. */
const LIGHT = [0.213, 0.715, 0.072] as const;

/** In place. */
export function coloured(picture: Picture, change: ColourChange): Picture {
  const { brightness = 1, contrast = 1, saturation = 1, hue = 0 } = change;
  const { channels, pixels } = picture;
  // Contrast is the distance from the image's mean light.
  const offset = contrast === 1 ? 0 : (1 - contrast) * brightness * meanLight(picture);
  const factor = brightness * contrast;
  if (channels !== 3 || (saturation === 1 && hue === 0)) {
    const table = Uint8ClampedArray.from({ length: 256 }, (_, value) => value * factor + offset);
    for (let i = 0; i < pixels.length; i++) pixels[i] = table[pixels[i]!]!;
    return picture;
  }
  // In 4096ths, so that whole numbers do the work.
  const weights = matrix(saturation, hue).map((weight) => Math.round(weight * factor * 4096));
  const [rr, rg, rb, gr, gg, gb, br, bg, bb] = weights as [...Row, ...Row, ...Row];
  const half = Math.round((offset + 0.5) * 4096);
  const bytes = new Uint8ClampedArray(pixels.buffer, pixels.byteOffset, pixels.length);
  const plane = pixels.length / 3;
  for (let i = 0, j = plane, k = 2 * plane; i < plane; i++, j++, k++) {
    const r = pixels[i]!;
    const g = pixels[j]!;
    const b = pixels[k]!;
    bytes[i] = (rr * r + rg * g + rb * b + half) >> 12;
    bytes[j] = (gr * r + gg * g + gb * b + half) >> 12;
    bytes[k] = (br * r + bg * g + bb * b + half) >> 12;
  }
  return picture;
}

type Row = [number, number, number];

/** Grey, plus the distance from grey times the saturation, turned by the hue. Row by row. */
function matrix(saturation: number, hue: number): number[] {
  const [cosine, sine] = [Math.cos((hue * Math.PI) / 180), Math.sin((hue * Math.PI) / 180)];
  const [r, g, b] = LIGHT;
  // The plane of colours without light, and the same turned by a right angle.
  const aside = [1 - r, -g, -b, -r, 1 - g, -b, -r, -g, 1 - b];
  const turned = [-r, -g, 1 - b, 0.143, 0.14, -0.283, -(1 - r), g, b];
  return aside.map((weight, i) => LIGHT[i % 3]! + saturation * (cosine * weight + sine * turned[i]!));
}

function meanLight({ channels, pixels }: Picture): number {
  const plane = pixels.length / channels;
  let sum = 0;
  for (let channel = 0; channel < channels; channel++) {
    let total = 0;
    for (let i = channel * plane; i < (channel + 1) * plane; i++) total += pixels[i]!;
    sum += (channels === 3 ? LIGHT[channel]! : 1 / channels) * total;
  }
  return sum / plane;
}
