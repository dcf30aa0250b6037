/**
 * Sprites as grids of palette colours: a character a pixel, so that they are designed as levels and names are. What is more than half
 * transparent is nothing; colours beyond what a palette holds are drawn together by k-means.
 */
import type { Random } from '@gradus/base';
import { kMeans } from '@gradus/classical';

/** Pixels of one image: red, green, blue and alpha, 0 to 255, along the rows. */
export interface RgbaImage {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Plain data. */
export interface Palette {
  /** #rrggbb, by the character's number; that of nothing is not among them. */
  readonly colours: readonly string[];
  /** Different colours that the images had. */
  readonly distinct: number;
}

/** The character of a pixel of which there is nothing. */
export const NOTHING = '.';
const FIRST = 0xe000;
const HALF = 128;
/** Colours that k-means looks at. */
const SAMPLED = 20_000;

/** The character of a palette's colour; it lies in the private use area, where no text is. */
export const characterOf = (colour: number): string => String.fromCharCode(FIRST + colour);
/** −1 for nothing. */
export const colourOf = (character: string): number =>
  character === NOTHING ? -1 : character.charCodeAt(0) - FIRST;

/** @param most Colours that the palette may have */
export function paletteOf(images: readonly RgbaImage[], most: number, random: Random): Palette {
  const counts = new Map<number, number>();
  for (const { data } of images) {
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3]! < HALF) continue;
      const colour = (data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!;
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
  }
  const all = [...counts.keys()].sort((a, b) => a - b);
  const hex = (colour: number) => `#${colour.toString(16).padStart(6, '0')}`;
  if (all.length <= most) return { colours: all.map(hex), distinct: all.length };
  // Each colour as often as it is seen, up to a limit.
  const seen = all.flatMap((colour) =>
    new Array<number>(Math.min(50, Math.ceil(Math.sqrt(counts.get(colour)!)))).fill(colour),
  );
  const some =
    seen.length <= SAMPLED
      ? seen
      : Array.from(random.permutation(seen.length).slice(0, SAMPLED), (place) => seen[place]!);
  const points = Float32Array.from(some.flatMap((colour) => channelsOf(colour)));
  const { centroids } = kMeans(points, 3, { clusters: most, random, restarts: 1, maxIterations: 30 });
  const colours = Array.from({ length: most }, (_, i) => {
    const [red, green, blue] = centroids.slice(3 * i, 3 * i + 3);
    return hex((Math.round(red!) << 16) | (Math.round(green!) << 8) | Math.round(blue!));
  });
  return { colours: [...new Set(colours)].sort(), distinct: all.length };
}

const channelsOf = (colour: number): [red: number, green: number, blue: number] => [
  (colour >> 16) & 255,
  (colour >> 8) & 255,
  colour & 255,
];

/** By character: red, green, blue, each times alpha, and alpha, from 0 to 1. */
export function pointsOfPalette({ colours }: Palette): ReadonlyMap<string, readonly number[]> {
  return new Map([
    [NOTHING, [0, 0, 0, 0]],
    ...colours.map((colour, i): [string, number[]] => [
      characterOf(i),
      [...channelsOf(Number.parseInt(colour.slice(1), 16)).map((channel) => channel / 255), 1],
    ]),
  ]);
}

/** Brings images into the palette: rows of characters. */
export function toPalette({ colours }: Palette): (image: Omit<RgbaImage, 'name'>) => string {
  const known = new Map<number, string>();
  const channels = colours.map((colour) => channelsOf(Number.parseInt(colour.slice(1), 16)));
  const nearest = (colour: number): string => {
    const found = known.get(colour);
    if (found !== undefined) return found;
    const own = channelsOf(colour);
    let [best, least] = [0, Number.POSITIVE_INFINITY];
    for (const [i, other] of channels.entries()) {
      const apart = own.reduce((sum, value, k) => sum + (value - other[k]!) ** 2, 0);
      if (apart < least) [best, least] = [i, apart];
    }
    known.set(colour, characterOf(best));
    return characterOf(best);
  };
  return ({ width, height, data }) =>
    Array.from({ length: height }, (_, y) =>
      Array.from({ length: width }, (_, x) => {
        const i = 4 * (y * width + x);
        if (data[i + 3]! < HALF) return NOTHING;
        return nearest((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!);
      }).join(''),
    ).join('\n');
}

/** The pixels of rows of characters. */
export function fromPalette({ colours }: Palette, item: string): Omit<RgbaImage, 'name'> {
  const rows = item.split('\n');
  const [width, height] = [rows[0]!.length, rows.length];
  const data = new Uint8Array(4 * width * height);
  let at = 0;
  for (const row of rows) {
    for (const character of row) {
      const colour = colourOf(character);
      if (colour >= 0) data.set([...channelsOf(Number.parseInt(colours[colour]!.slice(1), 16)), 255], at);
      at += 4;
    }
  }
  return { width, height, data };
}
