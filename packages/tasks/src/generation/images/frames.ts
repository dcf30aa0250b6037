/**
 * Sheets of sprites: many frames of one size in one image, in rows and columns. How large a frame is stands nowhere; it is the smallest usual size
 * between whose frames the sheets are mostly empty.
 */
import type { RgbaImage } from './palette.ts';

/** A frame with the sheet and row that it was cut from: frames of one row are steps of one movement. */
export interface Frame extends RgbaImage {
  readonly sheet: string;
  readonly row: number;
}

/** Pixels a side. */
const USUAL = [16, 24, 32, 48, 64] as const;
/** What is drawn along the edges of frames, beside what is drawn on the sheets in all. */
const MOST_AT_EDGES = 0.25;
const HALF = 128;

/** The side of a frame; undefined where no usual size divides the sheets into more than one. */
export function frameSide(sheets: readonly RgbaImage[]): number | undefined {
  const dividing = USUAL.filter((side) =>
    sheets.every(({ width, height }) => width % side === 0 && height % side === 0),
  );
  const edges = dividing.map((side) => atEdges(sheets, side));
  const clear = edges.findIndex((share) => share <= MOST_AT_EDGES);
  return dividing[clear >= 0 ? clear : edges.indexOf(Math.min(...edges))];
}

/** How much more or less often pixels at the edges of frames are something than others are. */
function atEdges(sheets: readonly RgbaImage[], side: number): number {
  let [edge, filledEdge, all, filled] = [0, 0, 0, 0];
  for (const { width, height, data } of sheets) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const is = Number(data[4 * (y * width + x) + 3]! >= HALF);
        all++;
        filled += is;
        const [left, top] = [x % side, y % side];
        if (left > 0 && left < side - 1 && top > 0 && top < side - 1) continue;
        edge++;
        filledEdge += is;
      }
    }
  }
  return filled === 0 ? 1 : filledEdge / edge / (filled / all);
}

/** The frames of a sheet, without empty ones. */
export function framesOf({ name, width, height, data }: RgbaImage, side: number): Frame[] {
  const frames: Frame[] = [];
  for (let row = 0; row < height / side; row++) {
    for (let column = 0; column < width / side; column++) {
      const own = new Uint8Array(4 * side * side);
      for (let y = 0; y < side; y++) {
        const from = 4 * ((row * side + y) * width + column * side);
        own.set(data.subarray(from, from + 4 * side), 4 * side * y);
      }
      if (!own.some((value, i) => i % 4 === 3 && value >= HALF)) continue;
      frames.push({
        name: `${name}, ${row + 1}/${column + 1}`,
        width: side,
        height: side,
        data: own,
        sheet: name,
        row,
      });
    }
  }
  return frames;
}
