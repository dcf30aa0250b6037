/** Which images are sheets of frames. */
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { cutSheets } from './sprite-sheets.ts';

/** Discs a frame, with nothing between. */
function sheet(name: string, columns: number, rows: number, side: number) {
  const [width, height] = [columns * side, rows * side];
  const data = new Uint8Array(4 * width * height);
  for (let at = 0; at < width * height; at++) {
    const [x, y] = [at % width, Math.floor(at / width)];
    const [dx, dy] = [(x % side) - side / 2, (y % side) - side / 2];
    if (dx * dx + dy * dy < (side / 3) ** 2) data.set([90, 40, 10, 255], 4 * at);
  }
  return { name, folder: '', width, height, data };
}

describe('sheets of frames', () => {
  it('are cut where images are mostly sheets, and beside sprites only into frames like these', () => {
    const aside: string[] = [];
    const cut = (images: ReturnType<typeof sheet>[]) =>
      cutSheets(images, new Random(0), (_, where) => aside.push(where)).images;
    const large = sheet('large', 4, 4, 32);
    expect(cut([large])).toHaveLength(16);
    const sprites = (side: number) => Array.from({ length: 5 }, (_, i) => sheet(`${i}`, 1, 1, side));
    expect(cut([...sprites(32), large])).toHaveLength(21);
    expect(aside).toEqual([]);
    expect(cut([...sprites(64), large])).toHaveLength(5);
    expect(aside).toEqual(['large']);
  });
});
