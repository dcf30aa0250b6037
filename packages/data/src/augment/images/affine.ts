/**
 * Turning, scaling, shearing and moving are one thing: each new pixel is looked up at the place that a matrix says, between the
 * four old pixels around it (bilinear interpolation).
 */
import type { ImageStep, Picture } from './picture.ts';

/** Where a new pixel comes from, seen from the image's middle: x ↦ `xx` x + `xy` y + `x`, and likewise for y. */
export interface Affine {
  readonly xx: number;
  readonly xy: number;
  readonly x: number;
  readonly yx: number;
  readonly yy: number;
  readonly y: number;
}

const IDENTITY: Affine = { xx: 1, xy: 0, x: 0, yx: 0, yy: 1, y: 0 };

export interface RotateOptions {
  /** Turned by an angle from −degrees to degrees. */
  readonly degrees: number;
  /** What comes in from outside, 0 to 255. Default 0. */
  readonly fill?: number;
}

export function rotate({ degrees, fill = 0 }: RotateOptions): ImageStep {
  return (picture, random) => warped(picture, rotation(random.uniform(-degrees, degrees)), fill);
}

export interface ScaleOptions {
  /** Made larger or smaller by a factor in this range, about the middle; the image keeps its size. */
  readonly factors: readonly [smallest: number, largest: number];
  /** What comes in from outside, 0 to 255. Default 0. */
  readonly fill?: number;
}

export function scale({ factors: [smallest, largest], fill = 0 }: ScaleOptions): ImageStep {
  return (picture, random) => {
    const factor = random.uniform(smallest, largest);
    return warped(picture, { ...IDENTITY, xx: 1 / factor, yy: 1 / factor }, fill);
  };
}

/** Anticlockwise. */
export function rotation(degrees: number): Affine {
  const [sine, cosine] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  return { ...IDENTITY, xx: cosine, xy: -sine, yx: sine, yy: cosine };
}

export const shear = (x: number, y: number): Affine => ({ ...IDENTITY, xy: x, yx: y });

/** Places are whole numbers of 65,536ths of a pixel, as long as an image's sides allow it. */
const ONE = 65_536;
const LONGEST_SIDE = 4096;

export function warped(picture: Picture, affine: Affine, fill: number): Picture {
  const { channels, height, width } = picture;
  const pixels = new Uint8Array(picture.pixels.length);
  const plane = height * width;
  const planes = Array.from({ length: channels }, (_, channel) =>
    picture.pixels.subarray(channel * plane, (channel + 1) * plane),
  );
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  for (let y = 0; y < height; y++) {
    const startX = affine.xy * (y - middleY) + affine.x + middleX - affine.xx * middleX;
    const startY = affine.yy * (y - middleY) + affine.y + middleY - affine.yx * middleX;
    const [from, to] = inside(startX, startY, affine, width, height);
    for (const [channel, source] of planes.entries()) {
      const row = channel * plane + y * width;
      const edge = (x: number) => {
        const [fromX, fromY] = [startX + affine.xx * x, startY + affine.yx * x];
        pixels[row + x] = pixelAtEdge(source, width, height, fromX, fromY, fill);
      };
      for (let x = 0; x < from; x++) edge(x);
      const [stepX, stepY] = [Math.round(affine.xx * ONE), Math.round(affine.yx * ONE)];
      let placeX = Math.round((startX + affine.xx * from) * ONE);
      let placeY = Math.round((startY + affine.yx * from) * ONE);
      for (let at = row + from; at < row + to; at++) {
        const corner = (placeY >> 16) * width + (placeX >> 16);
        const right = (placeX >> 8) & 255;
        const down = (placeY >> 8) & 255;
        const above = (source[corner]! << 8) + right * (source[corner + 1]! - source[corner]!);
        const below =
          (source[corner + width]! << 8) + right * (source[corner + width + 1]! - source[corner + width]!);
        pixels[at] = ((above << 8) + down * (below - above) + 32_768) >> 16;
        placeX += stepX;
        placeY += stepY;
      }
      for (let x = to; x < width; x++) edge(x);
    }
  }
  return { channels, height, width, pixels };
}

/** The pixels of a row that have four old ones around them, so that no edge need be thought of: from, to. */
function inside(
  startX: number,
  startY: number,
  affine: Affine,
  width: number,
  height: number,
): readonly [number, number] {
  if (Math.max(width, height) > LONGEST_SIDE || Math.min(width, height) < 2) return [0, 0];
  let [from, to] = [0, width];
  for (const [start, step, side] of [
    [startX, affine.xx, width],
    [startY, affine.yx, height],
  ] as const) {
    // A twentieth of a pixel is left for what rounding the step adds up to.
    const [low, high] = [0.05, side - 1.05];
    if (Math.abs(step) < 1e-9) {
      if (start < low || start > high) return [0, 0];
      continue;
    }
    const ends = [(low - start) / step, (high - start) / step];
    from = Math.max(from, Math.ceil(Math.min(...ends)));
    to = Math.min(to, Math.floor(Math.max(...ends)) + 1);
  }
  return to > from ? [from, to] : [0, 0];
}

function pixelAtEdge(
  source: Uint8Array,
  width: number,
  height: number,
  fromX: number,
  fromY: number,
  fill: number,
): number {
  const [left, top] = [Math.floor(fromX), Math.floor(fromY)];
  const [right, down] = [Math.round(256 * (fromX - left)), Math.round(256 * (fromY - top))];
  const pixel = (x: number, y: number) =>
    x >= 0 && x < width && y >= 0 && y < height ? source[y * width + x]! : fill;
  const above = (256 - right) * pixel(left, top) + right * pixel(left + 1, top);
  const below = (256 - right) * pixel(left, top + 1) + right * pixel(left + 1, top + 1);
  return ((256 - down) * above + down * below + 32_768) >> 16;
}
