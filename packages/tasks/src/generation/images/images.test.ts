import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { fromPalette, paletteOf, type RgbaImage, toPalette } from './palette.ts';
import { patchBook, patchesOf, patchReader, quilt } from './patches.ts';
import { rivalImages } from './rivals.ts';

/** Discs and squares of a few colours on nothing. */
function sprites(count: number, size: number): RgbaImage[] {
  const random = new Random(4);
  return Array.from({ length: count }, (_, i) => {
    const data = new Uint8Array(4 * size * size);
    const [colour, radius] = [
      [200 - 10 * random.below(8), 30 * random.below(5), 90],
      2 + random.below(size / 2 - 2),
    ];
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const [dx, dy] = [x - size / 2, y - size / 2];
        const isIn = i % 2 ? dx * dx + dy * dy < radius ** 2 : Math.max(Math.abs(dx), Math.abs(dy)) < radius;
        if (isIn) data.set([...colour, 255], 4 * (y * size + x));
      }
    }
    return { name: `sprite-${i}`, width: size, height: size, data };
  });
}

describe('a palette', () => {
  it('of few colours keeps every pixel', () => {
    const images = sprites(20, 16);
    const palette = paletteOf(images, 64, new Random(0));
    const inPalette = toPalette(palette);
    for (const { width, height, data } of images)
      expect(fromPalette(palette, inPalette({ width, height, data }))).toEqual({ width, height, data });
  });

  it('of too many colours draws the nearest together, and says how many there were', () => {
    const images = sprites(40, 16);
    const palette = paletteOf(images, 4, new Random(0));
    expect(palette.distinct).toBeGreaterThan(4);
    expect(palette.colours.length).toBeLessThanOrEqual(4);
    expect(toPalette(palette)(images[0]!)).toHaveLength(16 * 17 - 1);
  });
});

describe('patches', () => {
  it('put together are the sprite again where each is one of its kind alone', () => {
    const images = sprites(12, 16);
    const palette = paletteOf(images, 64, new Random(0));
    const items = images.map(toPalette(palette));
    const book = patchBook(items, palette, { side: 4, kinds: 1000, random: new Random(1) });
    const read = patchReader(book, palette);
    for (const item of items) expect(quilt(patchesOf(item, 4).map(read), book, palette, 4)).toBe(item);
  });
});

describe('rivals', () => {
  it.each(['gan', 'flow'] as const)('make images of the size of the originals: %s', async (rival) => {
    const images = sprites(40, 16);
    const made = await rivalImages(rival, images, { count: 3, seconds: 0.1, random: new Random(2) });
    expect(made.map(({ width, height, data }) => [width, height, data.length])).toEqual(
      new Array(3).fill([16, 16, 1024]),
    );
  });
});
