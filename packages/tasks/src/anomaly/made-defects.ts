/**
 * Defects that are made up, so that a model can learn what good pieces are not before anybody has seen a defect: a patch of the same
 * photograph at another place (Li et al., "CutPaste", 2021), a scratch, spots, and a shadow or a shine. They stand for changes of any
 * kind, not for those of one product.
 */
import type { Random } from '@gradus/base';

type Change = (pixels: Uint8Array, picture: Picture, random: Random) => void;

interface Picture {
  readonly source: Uint8Array;
  readonly height: number;
  readonly width: number;
  /** Of the photograph's values. */
  readonly spread: number;
}

const CHANGES: readonly Change[] = [patch, scratch, spots, light];

/** @param pixels [3, height, width] @returns a copy with one made-up defect */
export function withMadeDefect(
  pixels: Uint8Array,
  [height, width]: readonly [height: number, width: number],
  random: Random,
): Uint8Array {
  const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
  const spread = Math.sqrt(pixels.reduce((sum, value) => sum + (value - mean) ** 2, 0) / pixels.length);
  const changed = pixels.slice();
  const picture = { source: pixels, height, width, spread: Math.max(spread, LEAST_SPREAD) };
  // One may lie beside the photograph, or change nothing where all is black.
  for (let tries = 0; tries < TRIES && Buffer.compare(changed, pixels) === 0; tries++)
    CHANGES[random.below(CHANGES.length)]!(changed, picture, random);
  return changed;
}

const TRIES = 10;

/** Of 255: an even grey can have defects too. */
const LEAST_SPREAD = 6;

const between = (random: Random, low: number, high: number): number => low + (high - low) * random.uniform();
const signed = (random: Random, low: number, high: number): number =>
  (random.uniform() < 0.5 ? -1 : 1) * between(random, low, high);

function patch(pixels: Uint8Array, { source, height, width }: Picture, random: Random): void {
  const [high, wide] = [height, width].map((size) => Math.ceil(size * between(random, 0.05, 0.3))) as [
    number,
    number,
  ];
  const [fromY, toY] = [random.below(height - high + 1), random.below(height - high + 1)];
  const [fromX, toX] = [random.below(width - wide + 1), random.below(width - wide + 1)];
  const gain = between(random, 0.8, 1.2);
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < high; y++) {
      const [from, to] = [(c * height + fromY + y) * width + fromX, (c * height + toY + y) * width + toX];
      for (let x = 0; x < wide; x++) pixels[to + x] = clamped(source[from + x]! * gain);
    }
  }
}

/** A line that wanders. */
function scratch(pixels: Uint8Array, picture: Picture, random: Random): void {
  const { height, width, spread } = picture;
  let [x, y, angle] = [random.uniform() * width, random.uniform() * height, random.uniform() * 2 * Math.PI];
  const length = width * between(random, 0.13, 0.7);
  const radius = (width / SCALE) * between(random, 1, 3);
  const depth = signed(random, 1, 3) * spread;
  const line = new Float32Array(height * width);
  for (let step = 0; step < length; step++) {
    angle += between(random, -0.3, 0.3);
    x += Math.cos(angle);
    y += Math.sin(angle);
    dot(line, picture, [x, y], [radius, radius], (near) => 1 - Math.sqrt(near));
  }
  add(pixels, line, depth);
}

function spots(pixels: Uint8Array, picture: Picture, random: Random): void {
  const { height, width, spread } = picture;
  for (let k = 1 + random.below(3); k > 0; k--) {
    const spot = new Float32Array(height * width);
    const center: Pair = [random.uniform() * width, random.uniform() * height];
    const radii: Pair = [between(random, 2, 14) * (width / SCALE), between(random, 2, 14) * (height / SCALE)];
    dot(spot, picture, center, radii, (near) => 1 - near * near);
    add(pixels, spot, signed(random, 1, 3.5) * spread);
  }
}

/** A shadow or a shine. */
function light(pixels: Uint8Array, picture: Picture, random: Random): void {
  const { height, width, spread } = picture;
  const radius = width * between(random, 0.1, 0.4);
  const place = new Float32Array(height * width);
  const [x, y] = [random.uniform() * width, random.uniform() * height];
  dot(place, picture, [x, y], [3 * radius, 3 * radius], (near) => Math.exp(-18 * near));
  add(pixels, place, signed(random, 0.7, 2) * spread);
}

/** What sizes in pixels are meant for. */
const SCALE = 224;

type Pair = readonly [number, number];

/** @param of How strong it is, by the squared distance from the center over the radii */
function dot(
  into: Float32Array,
  { height, width }: Picture,
  [x0, y0]: Pair,
  [rx, ry]: Pair,
  of: (near: number) => number,
): void {
  for (let y = Math.max(0, Math.floor(y0 - ry)); y <= Math.min(height - 1, y0 + ry); y++) {
    for (let x = Math.max(0, Math.floor(x0 - rx)); x <= Math.min(width - 1, x0 + rx); x++) {
      const near = ((x - x0) / rx) ** 2 + ((y - y0) / ry) ** 2;
      if (near < 1) into[y * width + x] = Math.max(into[y * width + x]!, of(near));
    }
  }
}

function add(pixels: Uint8Array, shape: Float32Array, by: number): void {
  for (let c = 0; c < 3; c++)
    for (const [i, value] of shape.entries())
      if (value > 0) pixels[c * shape.length + i] = clamped(pixels[c * shape.length + i]! + by * value);
}

const clamped = (value: number): number => Math.max(0, Math.min(255, Math.round(value)));
