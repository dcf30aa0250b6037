/** Sheets are cut where they are empty. */
import { describe, expect, it } from 'vitest';
import { withoutBackground } from './background.ts';
import { frameSide, framesOf } from './frames.ts';
import type { RgbaImage } from './palette.ts';

/** Discs in the middle of cells of a side, one cell of them empty. */
function sheet(side: number, columns: number, rows: number): RgbaImage {
  const [width, height] = [columns * side, rows * side];
  const data = new Uint8Array(4 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [dx, dy] = [(x % side) - side / 2, (y % side) - side / 2];
      if (x < side && y < side) continue;
      if (Math.hypot(dx, dy) < 0.4 * side) data.set([200, 40, 40, 255], 4 * (y * width + x));
    }
  }
  return { name: 'sheet.png', width, height, data };
}

describe('sheets of frames', () => {
  it.each([16, 32, 48, 64])('are cut into frames of %i pixels a side, without empty ones', (side) => {
    const own = sheet(side, 4, 3);
    expect(frameSide([own])).toBe(side);
    const frames = framesOf(own, side);
    expect(frames.map(({ width, height }) => [width, height])).toEqual(new Array(11).fill([side, side]));
    expect(frames[0]).toMatchObject({ sheet: 'sheet.png', row: 0, name: 'sheet.png, 1/2' });
  });

  it('of no usual size are not cut', () => {
    expect(frameSide([sheet(50, 3, 3)])).toBeUndefined();
  });
});

describe('a sprite that was drawn on a plain colour', () => {
  it('loses it from the edge inwards, and keeps what it encloses', () => {
    const size = 12;
    const data = new Uint8Array(4 * size * size).fill(255);
    const at = (x: number, y: number) => 4 * (y * size + x);
    for (let i = 3; i < 9; i++)
      for (const [x, y] of [
        [i, 3],
        [i, 8],
        [3, i],
        [8, i],
      ] as const)
        data.set([10, 10, 10, 255], at(x, y));
    const cut = withoutBackground({ width: size, height: size, data });
    expect(cut.data[at(0, 0) + 3]).toBe(0);
    expect(cut.data[at(5, 5) + 3]).toBe(255);
    expect(cut.data[at(3, 5) + 3]).toBe(255);
  });
});
