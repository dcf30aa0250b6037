/** Images are read as they lie in their files; what is no image is refused or set aside with a reason. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { UserError } from '@gradus/base';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import {
  decodeImageBytes,
  imageSheet,
  readCifarBatch,
  readIdx,
  readIdxImages,
  readImageFolder,
} from '../index.ts';

const root = mkdtempSync(join(tmpdir(), 'gradus-images-'));
afterAll(() => rmSync(root, { recursive: true }));
const file = (name: string, bytes: Uint8Array) => {
  writeFileSync(join(root, name), bytes);
  return join(root, name);
};
const idx = (dims: number[], data: number[]) =>
  Uint8Array.of(0, 0, 8, dims.length, ...dims.flatMap((n) => [0, 0, n >> 8, n & 255]), ...data);

describe('IDX', () => {
  it('is read, gzipped or not', () => {
    const images = file('images.gz', gzipSync(idx([2, 1, 3], [1, 2, 3, 4, 5, 6])));
    const labels = file('labels', idx([2], [1, 0]));
    const read = readIdxImages(images, labels);
    expect(read).toMatchObject({ count: 2, channels: 1, height: 1, width: 3, classes: ['0', '1'] });
    expect([...read.pixels]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(() => readIdxImages(images, file('short', idx([1], [1])))).toThrow(
      /one label for each of 2 images/,
    );
  });

  it('is refused with a reason where it is broken', () => {
    const good = idx([2, 2], [1, 2, 3, 4]);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 40 }),
          fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([at, byte]) => good.with(at, byte)),
          fc.nat(good.length - 1).map((end) => good.subarray(0, end)),
        ),
        (bytes) => {
          const path = file('fuzzed', bytes);
          try {
            readIdx(path);
          } catch (error) {
            expect(error).toBeInstanceOf(UserError);
            expect((error as Error).message).toContain(path);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('CIFAR batches', () => {
  it('are read, and refused where a record is cut off or a label unknown', () => {
    const record = new Uint8Array(3073).fill(7);
    expect(readCifarBatch(file('batch.bin', record))).toMatchObject({ count: 1, channels: 3, height: 32 });
    expect(() => readCifarBatch(file('cut.bin', record.subarray(1)))).toThrow(/expected records of 3073/);
    expect(() => readCifarBatch(file('label.bin', record.with(0, 99)))).toThrow(/record 0 has label 99/);
  });
});

describe('a folder of images', () => {
  it('is one class a folder, at one size; what is no image is set aside', async () => {
    const folder = join(root, 'photos');
    for (const [name, background] of [
      ['blue', '#0000ff'],
      ['red', '#ff0000'],
    ] as const) {
      mkdirSync(join(folder, name), { recursive: true });
      const image = sharp({ create: { width: 9, height: 5, channels: 3, background } });
      await image.png().toFile(join(folder, name, 'a.png'));
      await image.webp({ lossless: true }).toFile(join(folder, name, 'b.webp'));
    }
    writeFileSync(join(folder, 'red', 'broken.jpg'), 'no image');
    symlinkSync(join(folder, 'blue', 'a.png'), join(folder, 'red', 'link.png'));
    const read = await readImageFolder(folder, { size: [2, 2] });
    expect(read).toMatchObject({ count: 4, classes: ['blue', 'red'], channels: 3 });
    expect([...read.labels!]).toEqual([0, 0, 1, 1]);
    expect([...read.pixels.subarray(0, 12)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255]);
    expect(read.setAside.map(({ file }) => file.slice(folder.length + 1))).toEqual([
      'red/broken.jpg',
      'red/link.png',
    ]);
    const sheet = await sharp(await imageSheet(read, 4, 1)).metadata();
    expect([sheet.width, sheet.height]).toEqual([13, 4]);
    await expect(readImageFolder(join(folder, 'red'), { size: [2, 2] })).rejects.toThrow(/holds no images/);
  });
});

describe('photographs as they come', () => {
  const colour = async (bytes: Uint8Array) => [...(await decodeImageBytes(bytes, { size: [1, 1] }))];
  const red = { create: { width: 6, height: 4, channels: 3, background: '#ff0000' } } as const;
  const half = Buffer.from('<svg width="4" height="2"><rect width="2" height="2" fill="#00f"/></svg>');

  it('are upright, in eight bits and in red, green and blue, whatever the file has', async () => {
    const deep = await sharp(red).toColourspace('rgb16').png().toBuffer();
    const printed = await sharp(red).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
    expect(await colour(deep)).toEqual([255, 0, 0]);
    for (const [i, value] of (await colour(printed)).entries())
      expect(Math.abs(value - [255, 0, 0][i]!)).toBeLessThan(30);
    // A quarter turn by EXIF: what was left is above.
    const turned = await sharp(half)
      .flatten({ background: '#fff' })
      .jpeg({ quality: 100 })
      .withMetadata({ orientation: 6 });
    const [top, below] = await decodeImageBytes(await turned.toBuffer(), { size: [2, 1] });
    expect([top! < 60, below! > 200]).toEqual([true, true]);
  });

  it('of a moving picture are the first', async () => {
    const frames = await sharp(Buffer.concat([new Uint8Array(12).fill(200), new Uint8Array(12).fill(10)]), {
      raw: { width: 2, height: 4, channels: 3, pageHeight: 2 },
    })
      .gif({ loop: 0, delay: [100, 100] })
      .toBuffer();
    expect((await colour(frames))[0]!).toBeGreaterThan(150);
  });

  it('of more pixels than any camera takes are refused', async () => {
    const bomb = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="20000" height="20000"/>');
    await expect(colour(bomb)).rejects.toThrow(/pixel limit|too large/i);
  });
});
