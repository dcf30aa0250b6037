/**
 * Sprites: PNG files of one size, brought into one palette. Each becomes a short sequence of patches after its class, which is the folder
 * that it lies in; the patches that are drawn are put together so that they go on from each other.
 */
import { readFileSync } from 'node:fs';
import { type Localized, plural, type Random, UserError } from '@gradus/base';
import { decodeRgba, encodePng, resizeRgba } from '@gradus/data';
import {
  characterOf,
  fromPalette,
  isOver,
  NOTHING,
  type Palette,
  type PatchBook,
  paletteOf,
  patchBook,
  patchesOf,
  patchReader,
  quilt,
  type RgbaImage,
  toPalette,
  withoutBackground,
} from '@gradus/tasks';
import { partOf } from '../split.ts';
import type { Corpus, DesignFile, DesignKind, Made, MadeFile, SetAside } from './kind.ts';
import { nearestSprite, pixelsApart } from './sprite-copies.ts';
import { cutSheets, mostCommon } from './sprite-sheets.ts';

export interface SpriteRules {
  readonly width: number;
  readonly height: number;
  readonly palette: Palette;
  readonly book: PatchBook;
  /** Folders that sprites lie in, '' where there is none. */
  readonly classes: readonly string[];
  /** Of a sprite: pixels that are something, and colours. */
  readonly filled: readonly [least: number, most: number];
  readonly colours: readonly [least: number, most: number];
}

const IMAGE = /\.(?:png|gif|webp|bmp)$/i;
const FEWEST = 40;
/** Pixels a side of an image that is read. */
const LARGEST_SHEET = 4096;
const MOST_COLOURS = 64;
const KINDS_OF_PATCHES = 512;
/** Patches a side at most: more would be a long sequence for what few sprites teach. */
const PATCHES = 8;
const FIRST_KIND = 0xf0000;
const FIRST_CLASS = 0xf8000;
/** A sprite that differs from an original in no more of its pixels, mirrored or not, is its copy. */
const COPIED = 0.1;

export const sprites: DesignKind<SpriteRules> = {
  name: 'sprites',
  title: { en: 'sprites', zh: '精灵图' },

  is: (files) => files.some(({ name }) => IMAGE.test(name)),

  read: async (files, random, limit) => {
    const aside = new Map<string, { reason: Localized; where: string[] }>();
    const leave = (reason: Localized, where: string) => {
      const known = aside.get(reason.en) ?? { reason, where: [] };
      known.where.push(where);
      aside.set(reason.en, known);
    };
    const read: (RgbaImage & { readonly folder: string })[] = [];
    const all = files.filter(({ name }) => IMAGE.test(name));
    const places = new Map<RgbaImage, number>();
    // By chance, so that those that are left are of all folders.
    for (const place of random.fork('order').permutation(all.length)) {
      const file = all[place]!;
      if (isOver(limit) && read.length >= FEWEST) {
        leave(NOT_READ, placeOf(file));
        continue;
      }
      try {
        const image = await decodeRgba(readFileSync(file.path), LARGEST_SHEET);
        read.push({ ...image, name: placeOf(file), folder: file.folder });
        places.set(read.at(-1)!, place);
      } catch (error) {
        leave(error instanceof UserError ? error.localized : NO_IMAGE, placeOf(file));
      }
    }
    read.sort((a, b) => places.get(a)! - places.get(b)!);
    const { images, notes: cut } = cutSheets(read, random.fork('frames'), leave);
    const sizes = images.map(({ width, height }) => `${width} × ${height}`);
    const size = mostCommon(sizes);
    const ofSize = images.filter((image, i) => {
      if (sizes[i] !== size) leave(otherSize(size), image.name);
      return sizes[i] === size;
    });
    const palette = paletteOf(ofSize, MOST_COLOURS, random.fork('palette'));
    const inPalette = toPalette(palette);
    const classes = [...new Set(ofSize.map(({ folder }) => folder))].sort();
    const items = new Map<string, { readonly folder: string; readonly group: string | undefined }>();
    for (const image of ofSize) {
      const pixels = inPalette(image);
      if (!/[^.\n]/.test(pixels)) leave(EMPTY, image.name);
      else if (items.has(pixels)) leave(REPEATED, image.name);
      else items.set(pixels, image);
    }
    if (items.size < FEWEST) throw tooFew(items.size, images.length, size, [...aside.values()]);
    const own = [...items.keys()];
    const { width, height } = ofSize[0]!;
    const side = sideOf(width, height);
    const texts = own.map((pixels) => `${items.get(pixels)!.folder}\n${pixels}`);
    const groups = own.map((pixels, i) => items.get(pixels)!.group ?? texts[i]!);
    // Patches are of the sprites that are learnt from alone, or held-out ones would be made of themselves.
    const learnt = own.filter((_, i) => partOf(groups[i]!) === 'train');
    const book = patchBook(learnt, palette, {
      side,
      kinds: KINDS_OF_PATCHES,
      random: random.fork('patches'),
    });
    const measures = own.map(measured);
    return {
      kind: 'sprites',
      items: texts,
      groups,
      rules: {
        width,
        height,
        palette,
        book,
        classes,
        filled: rangeOf(measures.map(({ filled }) => filled)),
        colours: rangeOf(measures.map(({ colours }) => colours)),
      },
      setAside: [...aside.values()].map(
        ({ reason, where }): SetAside => ({ reason, count: where.length, where: where.slice(0, 5) }),
      ),
      notes: [...cut, ...notesOf(palette, classes)],
    } satisfies Corpus<SpriteRules>;
  },

  askable: ({ classes }) => (classes.length > 1 ? { class: { kind: 'choice', values: classes } } : {}),

  sequenceOf: (item, rules) => {
    const [folder, pixels] = split(item);
    const kinds = patchesOf(pixels, rules.book.side).map(readerOf(rules));
    const first = String.fromCodePoint(FIRST_CLASS + rules.classes.indexOf(folder));
    return first + kinds.map((kind) => String.fromCodePoint(FIRST_KIND + kind)).join('');
  },

  itemOf: (sequence, { book, palette, classes, width, height }) => {
    const [first = '', ...characters] = sequence;
    const kinds = characters.map((character) => character.codePointAt(0)! - FIRST_KIND);
    const area = (width / book.side) * (height / book.side);
    while (kinds.length < area) kinds.push(0);
    const folder = classes[(first.codePointAt(0) ?? FIRST_CLASS) - FIRST_CLASS] ?? '';
    return `${folder}\n${quilt(kinds.slice(0, area), book, palette, width / book.side)}`;
  },

  shape: ({ width, height, book: { side } }) => {
    const columns = width / side;
    const tokens = 1 + columns * (height / side);
    // Beside, above, above and beside, and on from there.
    const beside = [1, columns, columns + 1, columns - 1, 2];
    return {
      longest: tokens + 1,
      window: tokens + 1,
      contexts: [2, 3, 4].map((length) => ({ offsets: beside.slice(0, length), stride: columns })),
    };
  },

  weights: ({ width, height, book, classes }, { characters }, wants) => {
    const area = (width / book.side) * (height / book.side);
    const wanted = classes.indexOf(String(wants.class));
    const only = (isAllowed: (code: number) => boolean) =>
      Float64Array.from(characters, (character) => Number(isAllowed(character.codePointAt(0) ?? -1)));
    const first = only((code) => (wanted >= 0 ? code === FIRST_CLASS + wanted : code >= FIRST_CLASS));
    const patch = only((code) => code >= FIRST_KIND && code < FIRST_CLASS);
    const end = only((code) => code === -1);
    return ({ length }) => (length === 0 ? first : length <= area ? patch : end);
  },

  judge: (item, { filled, colours }) => {
    const own = measured(split(item)[1]);
    const isWithin = (value: number, [least, most]: readonly [number, number]) =>
      value >= least && value <= most;
    if (!isWithin(own.filled, filled)) return { isValid: false, reason: FILLED };
    if (!isWithin(own.colours, colours)) return { isValid: false, reason: COLOURS };
    return { isValid: true };
  },

  nearest: (item, originals) => {
    const { place, apart: least } = nearestSprite(
      split(item)[1],
      originals,
      (original) => split(original)[1],
    );
    return {
      item: originals[place] ?? '',
      distance: {
        en: `${Math.round(100 * least)}% of its pixels differ`,
        zh: `${Math.round(100 * least)}% 的像素不同`,
      },
      isCopy: least <= COPIED,
    };
  },

  recombine: (originals, { height, classes, book: { side } }, random: Random) => {
    const folder = split(originals[random.below(originals.length)]!)[0];
    const same =
      classes.length > 1 ? originals.filter((original) => split(original)[0] === folder) : originals;
    const draw = () => split(same[random.below(same.length)]!)[1].split('\n');
    const cut = side * (1 + random.below(height / side - 1));
    return [folder, ...draw().slice(0, cut), ...draw().slice(cut)].join('\n');
  },

  patterns: (item, { book: { side } }) => patchesOf(split(item)[1], side >> 1),

  distance: (a, b) => pixelsApart(split(a)[1], split(b)[1]),

  properties: (item) => ({ class: split(item)[0] }),
  miss: (properties, wants) => Number(wants.class !== undefined && properties.class !== wants.class),

  fromImage: ({ width, height, palette, classes }, wants, random) => {
    const folder = String(wants.class ?? classes[random.below(classes.length)]!);
    const what = folder === '' ? 'a game sprite' : `a game sprite: ${folder.split(/[\\/_-]+/).join(' ')}`;
    return {
      prompt: `${what}, pixel art, ${width} by ${height} pixels, one object in the middle, plain white background`,
      read: async (image) => {
        const pixels = await spriteOf(image, width, height);
        return pixels && `${folder}\n${toPalette(palette)(pixels)}`;
      },
    };
  },

  files: async (made, rules) => {
    const images = made.map(({ item }) => fromPalette(rules.palette, split(item)[1]));
    const names = made.map((_, i) => `sprite-${String(i + 1).padStart(3, '0')}`);
    const single: MadeFile[] = [];
    for (const [i, image] of images.entries()) {
      single.push({ name: `${names[i]}.png`, content: await encodePng(image) });
      single.push({ name: `${names[i]}.svg`, content: svgOf(made[i]!, rules) });
    }
    const columns = Math.ceil(Math.sqrt(images.length));
    return [
      ...(images.length > 0
        ? [{ name: 'sheet.png', content: await encodePng(sheetOf(images, columns, rules)) }]
        : []),
      ...single,
      { name: 'palette.svg', content: paletteSvg(rules.palette) },
      { name: 'palette.json', content: `${JSON.stringify(rules.palette.colours)}\n` },
    ];
  },
};

const placeOf = ({ folder, name }: DesignFile): string => (folder === '' ? name : `${folder}/${name}`);

/** @returns the class and the rows of pixels */
export function split(item: string): [folder: string, pixels: string] {
  const end = item.indexOf('\n');
  return [item.slice(0, end), item.slice(end + 1)];
}

/** The largest patch that a sprite of this size is made of, with no more than eight a side. */
function sideOf(width: number, height: number): number {
  const sides = [2, 4, 8].filter((side) => width % side === 0 && height % side === 0);
  const side = sides.find((each) => Math.max(width, height) / each <= PATCHES) ?? sides.at(-1);
  if (side !== undefined) return side;
  throw new UserError({
    en: `sprites of ${width} × ${height} pixels cannot be learnt from: their sides have to be even; add an empty row or column`,
    zh: `无法学习 ${width} × ${height} 像素的精灵图：边长须为偶数；请补一行或一列空白`,
  });
}

function measured(pixels: string): { readonly filled: number; readonly colours: number } {
  const own = [...pixels].filter((pixel) => pixel !== NOTHING && pixel !== '\n');
  return { filled: own.length, colours: new Set(own).size };
}

const rangeOf = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)];

const patchReaders = new WeakMap<PatchBook, (patch: string) => number>();
function readerOf({ book, palette }: SpriteRules): (patch: string) => number {
  const reader = patchReaders.get(book) ?? patchReader(book, palette);
  patchReaders.set(book, reader);
  return reader;
}

/** What an image model drew, in the size of the sprites; the colour that most of its edge has is nothing. */
async function spriteOf(image: Uint8Array, width: number, height: number): Promise<RgbaImage | undefined> {
  try {
    const drawn = await resizeRgba(image, width, height);
    return { name: '', ...withoutBackground(drawn) };
  } catch {
    return undefined;
  }
}

/** All in one image, a pixel apart. */
function sheetOf(
  images: readonly Omit<RgbaImage, 'name'>[],
  columns: number,
  { width, height }: SpriteRules,
): Omit<RgbaImage, 'name'> {
  const [wide, high] = [columns * (width + 1) + 1, Math.ceil(images.length / columns) * (height + 1) + 1];
  const data = new Uint8Array(4 * wide * high);
  for (const [i, image] of images.entries()) {
    const [left, top] = [(i % columns) * (width + 1) + 1, Math.floor(i / columns) * (height + 1) + 1];
    for (let y = 0; y < height; y++) {
      data.set(image.data.subarray(4 * y * width, 4 * (y + 1) * width), 4 * ((top + y) * wide + left));
    }
  }
  return { width: wide, height: high, data };
}

/** Rows of pixels of one colour as rectangles, which drawing programs edit. */
export function svgOf({ item }: Pick<Made, 'item'>, { width, height, palette }: SpriteRules): string {
  const byColour = new Map<string, string[]>();
  for (const [y, row] of split(item)[1].split('\n').entries()) {
    for (let x = 0; x < row.length; ) {
      let end = x + 1;
      while (row[end] === row[x]) end++;
      if (row[x] !== NOTHING) {
        const runs = byColour.get(row[x]!) ?? [];
        runs.push(`M${x} ${y}h${end - x}v1h-${end - x}z`);
        byColour.set(row[x]!, runs);
      }
      x = end;
    }
  }
  const paths = palette.colours.flatMap((colour, i) => {
    const runs = byColour.get(characterOf(i));
    return runs ? [`<path fill="${colour}" d="${runs.join('')}"/>`] : [];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" shape-rendering="crispEdges">${paths.join('')}</svg>\n`;
}

function paletteSvg({ colours }: Palette): string {
  const swatches = colours.map(
    (colour, i) => `<rect x="${i % 8}" y="${i >> 3}" width="1" height="1" fill="${colour}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 ${Math.ceil(colours.length / 8)}">${swatches.join('')}</svg>\n`;
}

const NO_IMAGE: Localized = { en: 'cannot be read as an image', zh: '无法读取为图像' };
const NOT_READ: Localized = {
  en: 'not read, as a quarter of the minutes was over: allow more with --minutes',
  zh: '未读取：已用去四分之一的时间；可用 --minutes 延长',
};
const EMPTY: Localized = { en: 'nothing is on it', zh: '没有内容' };
const REPEATED: Localized = { en: 'the same as a sprite before', zh: '与前面的精灵图相同' };
const FILLED: Localized = {
  en: 'fewer or more of its pixels are filled than of any original',
  zh: '有内容的像素数超出原有精灵图的范围',
};
const COLOURS: Localized = {
  en: 'it has fewer or more colours than any original',
  zh: '颜色数超出原有精灵图的范围',
};
const otherSize = (size: string): Localized => ({
  en: `not ${size} pixels, as most are`,
  zh: `尺寸不是多数精灵图的 ${size} 像素`,
});

function notesOf({ colours, distinct }: Palette, classes: readonly string[]): Localized[] {
  const notes: Localized[] = [];
  if (distinct > colours.length) {
    notes.push({
      en: `${distinct} colours are drawn together to a palette of ${colours.length}.`,
      zh: `${distinct} 种颜色合并为 ${colours.length} 色的调色板。`,
    });
  }
  if (classes.length > 1) {
    notes.push({
      en: `Folders are taken for ${classes.length} classes; ask for one with --want "class ${classes[1]}".`,
      zh: `文件夹视为 ${classes.length} 个类别；可用 --want "class ${classes[1]}" 指定。`,
    });
  }
  return notes;
}

const tooFew = (
  different: number,
  images: number,
  size: string,
  aside: readonly { readonly reason: Localized; readonly where: readonly string[] }[],
): UserError =>
  new UserError({
    en: `${plural(different, 'different sprite')} of ${size || 'one size'} among ${plural(images, 'image')}; at least ${FEWEST} are needed to learn from${aside.map(({ reason, where }) => `; set aside: ${where.length}: ${reason.en}`).join('')}. Of fewer, put parts together by hand, or add images of the same size`,
    zh: `${images} 个图像中尺寸为 ${size || '同一尺寸'} 且互不相同的只有 ${different} 个；至少需要 ${FEWEST} 个${aside.map(({ reason, where }) => `；搁置 ${where.length} 个：${reason.zh}`).join('')}。更少时请手工拼接，或补充同尺寸的图像`,
  });
