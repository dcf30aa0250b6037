/**
 * Windows bitmaps, which cameras of inspection stations still write and libvips does not read: without compression, of 1, 4, 8, 16, 24 and
 * 32 bits a pixel. A file is a header of 14 bytes, a header that tells its own length, a palette of blue, green, red and an unused byte
 * (where pixels have 8 bits or fewer), and rows from the bottom up, each filled to a multiple of four bytes. (Microsoft, "Bitmap
 * Storage".) Those packed by runs, and old ones of OS/2, are refused by name.
 */
import { UserError } from '@gradus/base';

export interface Bitmap {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue, 0 to 255, along the rows from the top. */
  readonly data: Uint8Array;
}

const FILE_HEADER = 14;
const SHORTEST_HEADER = 40;
const PLAIN = 0;
const BITFIELDS = 3;
/** Red, green and blue of 16 bits a pixel without masks, five each; and of 32 bits. */
const MASKS: Readonly<Record<number, readonly number[]>> = {
  16: [0x7c00, 0x3e0, 0x1f],
  32: [0xff0000, 0xff00, 0xff],
};
const DEPTHS = [1, 4, 8, 16, 24, 32];

export const isBitmap = (bytes: Uint8Array): boolean => bytes[0] === 0x42 && bytes[1] === 0x4d;

/** @param most Pixels at most @throws UserError in one line for what is damaged, too large, or of another kind */
export function decodeBitmap(bytes: Uint8Array, most: number): Bitmap {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < FILE_HEADER + SHORTEST_HEADER) throw DAMAGED;
  const headerLength = view.getUint32(14, true);
  if (headerLength < SHORTEST_HEADER) throw unread('OS/2', 'OS/2');
  const [width, tall] = [view.getInt32(18, true), view.getInt32(22, true)];
  const [depth, compression] = [view.getUint16(28, true), view.getUint32(30, true)];
  const height = Math.abs(tall);
  if (width <= 0 || height === 0 || !DEPTHS.includes(depth)) throw DAMAGED;
  if (width * height > most) throw tooLarge(width, height);
  const hasMasks = compression === BITFIELDS && (depth === 16 || depth === 32);
  if (compression !== PLAIN && !hasMasks)
    throw unread(`compression ${compression}`, `压缩方式 ${compression}`);
  const from = view.getUint32(10, true);
  const stride = Math.ceil((width * depth) / 32) * 4;
  if (from < FILE_HEADER + SHORTEST_HEADER || from + stride * height > bytes.length) throw DAMAGED;
  const colourOf = hasPalette(depth)
    ? ofPalette(bytes, view, { depth, at: FILE_HEADER + headerLength, end: from })
    : depth === 24
      ? (at: number, x: number) => {
          const place = at + 3 * x;
          return (bytes[place + 2]! << 16) | (bytes[place + 1]! << 8) | bytes[place]!;
        }
      : ofMasks(view, depth, hasMasks ? [54, 58, 62].map((at) => masked(view, at)) : MASKS[depth]!);
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    const row = from + stride * (tall > 0 ? height - 1 - y : y);
    for (let x = 0; x < width; x++) {
      const colour = colourOf(row, x);
      data.set([colour >>> 16, (colour >>> 8) & 255, colour & 255], 3 * (y * width + x));
    }
  }
  return { width, height, data };
}

/** The colour of a pixel, as 0xrrggbb, by where its row begins and its place in it. */
type Colours = (row: number, x: number) => number;

const hasPalette = (depth: number): boolean => depth <= 8;

function ofPalette(
  bytes: Uint8Array,
  view: DataView,
  { depth, at, end }: { readonly depth: number; readonly at: number; readonly end: number },
): Colours {
  const said = view.getUint32(46, true);
  const count = Math.min(said === 0 ? 1 << depth : said, 1 << depth);
  if (at + 4 * count > end) throw DAMAGED;
  const perByte = 8 / depth;
  return (row, x) => {
    const shift = 8 - depth * ((x % perByte) + 1);
    const index = (bytes[row + Math.floor(x / perByte)]! >> shift) & ((1 << depth) - 1);
    // A colour that the palette lacks is black, as viewers have it.
    return index < count ? view.getUint32(at + 4 * index, true) & 0xffffff : 0;
  };
}

function masked(view: DataView, at: number): number {
  if (at + 4 > view.byteLength) throw DAMAGED;
  return view.getUint32(at, true);
}

function ofMasks(view: DataView, depth: number, masks: readonly number[]): Colours {
  const parts = masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    return { shift, most: mask >>> shift };
  });
  return (row, x) => {
    const pixel = depth === 16 ? view.getUint16(row + 2 * x, true) : view.getUint32(row + 4 * x, true);
    const [red, green, blue] = parts.map(({ shift, most }) =>
      most === 0 ? 0 : Math.round((((pixel >>> shift) & most) / most) * 255) & 255,
    ) as [number, number, number];
    return (red << 16) | (green << 8) | blue;
  };
}

const DAMAGED = new UserError({
  en: 'is a damaged bitmap (BMP): its header and its length do not fit',
  zh: '是损坏的位图（BMP）：文件头与长度不符',
});

const unread = (kind: string, inChinese: string): UserError =>
  new UserError({
    en: `is a bitmap (BMP) of a kind that is not read (${kind}); save it as PNG`,
    zh: `是不支持的位图（BMP）类型（${inChinese}）；请另存为 PNG`,
  });

const tooLarge = (width: number, height: number): UserError =>
  new UserError({
    en: `is too large: ${width} × ${height} pixels`,
    zh: `过大：${width} × ${height} 像素`,
  });
