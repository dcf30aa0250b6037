/** Bitmaps whose bytes are written here, by Microsoft's description of the format. */
import { UserError } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { decodeBitmap, isBitmap } from './bmp.ts';
import { decodeImageBytes } from './decode.ts';

interface Made {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly compression?: number;
  /** Palette or masks, behind the header of 40 bytes. */
  readonly table?: readonly number[];
  readonly rows: readonly (readonly number[])[];
}

function bitmap({ width, height, depth, compression = 0, table = [], rows }: Made): Uint8Array {
  const pixels = rows.flatMap((row) => [...row, ...Array((4 - (row.length % 4)) % 4).fill(0)]);
  const header = new DataView(new ArrayBuffer(54));
  header.setUint16(0, 0x424d);
  header.setUint32(2, 54 + 4 * table.length + pixels.length, true);
  header.setUint32(10, 54 + 4 * table.length, true);
  header.setUint32(14, 40, true);
  header.setInt32(18, width, true);
  header.setInt32(22, height, true);
  header.setUint16(26, 1, true);
  header.setUint16(28, depth, true);
  header.setUint32(30, compression, true);
  const numbers = table.flatMap((colour) => [
    colour & 255,
    (colour >> 8) & 255,
    (colour >> 16) & 255,
    colour >>> 24,
  ]);
  return Uint8Array.from([...new Uint8Array(header.buffer), ...numbers, ...pixels]);
}

const RED = [255, 0, 0];
const GREEN = [0, 255, 0];
const BLUE = [0, 0, 255];
const WHITE = [255, 255, 255];
const PALETTE = [0xff0000, 0x00ff00, 0x0000ff, 0xffffff];

describe('a bitmap', () => {
  // From the bottom up: blue and white below red and green.
  it.each<[string, Made]>([
    [
      '24 bits',
      {
        width: 2,
        height: 2,
        depth: 24,
        rows: [
          [255, 0, 0, 255, 255, 255],
          [0, 0, 255, 0, 255, 0],
        ],
      },
    ],
    [
      '32 bits',
      {
        width: 2,
        height: 2,
        depth: 32,
        rows: [
          [255, 0, 0, 9, 255, 255, 255, 9],
          [0, 0, 255, 9, 0, 255, 0, 9],
        ],
      },
    ],
    [
      '8 bits',
      {
        width: 2,
        height: 2,
        depth: 8,
        table: [...PALETTE, ...Array(252).fill(0)],
        rows: [
          [2, 3],
          [0, 1],
        ],
      },
    ],
    [
      '4 bits',
      { width: 2, height: 2, depth: 4, table: [...PALETTE, ...Array(12).fill(0)], rows: [[0x23], [0x01]] },
    ],
    [
      '16 bits',
      {
        width: 2,
        height: 2,
        depth: 16,
        rows: [
          [0x1f, 0, 0xff, 0x7f],
          [0, 0x7c, 0xe0, 0x03],
        ],
      },
    ],
    [
      '16 bits with masks',
      {
        width: 2,
        height: 2,
        depth: 16,
        compression: 3,
        table: [0xf800, 0x7e0, 0x1f],
        rows: [
          [0x1f, 0, 0xff, 0xff],
          [0, 0xf8, 0xe0, 0x07],
        ],
      },
    ],
    [
      'rows from the top',
      {
        width: 2,
        height: -2,
        depth: 24,
        rows: [
          [0, 0, 255, 0, 255, 0],
          [255, 0, 0, 255, 255, 255],
        ],
      },
    ],
  ])('of %s is read', (_, made) => {
    const bytes = bitmap(made);
    expect(isBitmap(bytes)).toBe(true);
    expect(decodeBitmap(bytes, 100)).toEqual({
      width: 2,
      height: 2,
      data: Uint8Array.from([...RED, ...GREEN, ...BLUE, ...WHITE]),
    });
  });

  it('of one bit is read', () => {
    const bytes = bitmap({
      width: 10,
      height: 1,
      depth: 1,
      table: [0, 0xffffff],
      rows: [[0b10100000, 0b01000000]],
    });
    const { data } = decodeBitmap(bytes, 100);
    expect(Array.from({ length: 10 }, (_, x) => data[3 * x]! / 255)).toEqual([1, 0, 1, 0, 0, 0, 0, 0, 0, 1]);
  });

  it('is brought to a size as other images are', async () => {
    const bytes = bitmap({ width: 1, height: 1, depth: 24, rows: [[30, 20, 10]] });
    expect([...(await decodeImageBytes(bytes, { size: [1, 2] }))]).toEqual([10, 10, 20, 20, 30, 30]);
  });

  it('that is packed, too large or damaged is refused by name', () => {
    const made: Made = { width: 2, height: 1, depth: 8, table: PALETTE, rows: [[0, 1]] };
    expect(() => decodeBitmap(bitmap({ ...made, compression: 1 }), 100)).toThrow(
      /compression 1.*save it as PNG/,
    );
    expect(() => decodeBitmap(bitmap({ ...made, width: 2000, height: 2000 }), 100)).toThrow(
      /too large: 2000/,
    );
    expect(() => decodeBitmap(bitmap({ ...made, height: 9 }), 100)).toThrow(/damaged bitmap/);
    const whole = bitmap({
      width: 2,
      height: 2,
      depth: 24,
      rows: [
        [1, 2, 3, 4, 5, 6],
        [7, 8, 9, 10, 11, 12],
      ],
    });
    for (let end = 0; end < whole.length; end++)
      expect(() => decodeBitmap(whole.subarray(0, end), 100)).toThrow(UserError);
  });

  it('however it is damaged, gives pixels or a reason', () => {
    const whole = bitmap({
      width: 2,
      height: 2,
      depth: 8,
      table: [...PALETTE, ...Array(252).fill(0)],
      rows: [
        [2, 3],
        [0, 1],
      ],
    });
    for (let seed = 0; seed < 500; seed++) {
      const bytes = whole.slice();
      for (let k = 0; k < 3; k++) bytes[(seed * 31 + k * 17) % 60] = (seed * 7 + k * 13) % 256;
      try {
        const { width, height, data } = decodeBitmap(bytes, 10_000);
        expect(data.length).toBe(3 * width * height);
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
      }
    }
  });
});
