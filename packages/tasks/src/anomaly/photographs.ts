/**
 * A folder of photographs of pieces: all good, or a folder of good ones (`good`, `ok`, `良品` …) beside folders of defects, one a kind. What
 * cannot be read is set aside with the reason; photographs of one piece are found by what they show.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { type Localized, UserError } from '@gradus/base';
import { reasonOf as reasonOfSchema } from '@gradus/base/schema';
import { decodeImage, isImageName, reasonOf } from '@gradus/data';
import { z } from 'zod';
import { encoderSize, type ImageEncoder, STATISTICS } from '../image/encoder.ts';
import { nearDuplicates } from '../image/near-duplicates.ts';
import { ImageReader } from '../image/reader.ts';
import type { Photograph } from './fit.ts';
import { readLabels } from './photograph-labels.ts';

export interface PhotographFile extends Photograph {
  /** Within the folder, with `/` between names. */
  readonly file: string;
  /** The folder's name: good, or a kind of defect; '' of a folder that has good ones alone. */
  readonly kind: string;
  /** What a list beside the photographs says of it, by column. */
  readonly parts?: Readonly<Record<string, string>>;
}

export interface ReadPhotographs {
  readonly photographs: readonly PhotographFile[];
  readonly setAside: readonly { readonly file: string; readonly reason: Localized }[];
  readonly notes: readonly Localized[];
}

export interface ReadPhotographsOptions {
  readonly encoder: ImageEncoder;
  /** By file within the folder: photographs of one piece have one number (`readPieces`). Default: by what they show. */
  readonly groups?: Readonly<Record<string, number>> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

const DEFECT = 'defect|fault|flaw|crack|scratch|damage|anomal|broken';
const GOOD = new RegExp(
  `^(?:good|ok|normal|free|pass|intact|healthy|functional|working|clean|flawless|perfect|accept|(?:no|non|not|un|without|zero)[-_ ]?(?:${DEFECT})|(?:${DEFECT})\\w*[-_ ]?free|良|合格|正常|完好|无缺陷|无瑕疵|正品|好)`,
  'i',
);
const BAD = new RegExp(
  `^(?:bad|ng|not?[-_ ]?(?:good|ok)|abnormal|fail|reject|scrap|dead|${DEFECT}|不良|不合格|缺陷|次品|废品|坏|异常)`,
  'i',
);
/** What folders of photographs are called whatever these show. */
const PLAIN =
  /^(?:images?|imgs?|photos?|photographs?|pictures?|pics?|data|samples?|train|照片|图片|图像|样本)$/i;
const MOST_FILES = 20_000;
const AT_ONCE = 8;

/**
 * A file that says which photographs are of one piece: `{"good/1.jpg": 7, "good/2.jpg": 7}`. Undefined where the folder has none.
 *
 * @throws UserError where it is no such list
 */
export function readPieces(folder: string): Record<string, number> | undefined {
  const path = join(folder, PIECES_FILE);
  if (!existsSync(path)) return undefined;
  try {
    if (statSync(path).size > MOST_BYTES) throw new Error('it is larger than 64 MB');
    const listed = Pieces.parse(JSON.parse(readFileSync(path, 'utf8')));
    const numbers = new Map([...new Set(Object.values(listed).map(String))].map((name, i) => [name, i]));
    return Object.fromEntries(
      Object.entries(listed).map(([file, name]) => [file, numbers.get(String(name))!]),
    );
  } catch (error) {
    const { en, zh } = error instanceof z.ZodError ? reasonOfSchema(error) : reasonOf(error);
    throw new UserError({
      en: `${path} does not say which photographs are of one piece: ${en}. Expected {"good/1.jpg": 7, "good/2.jpg": 7}: by file the piece's number or name.`,
      zh: `${path} 未能说明哪些照片属于同一件产品：${zh}。应为 {"good/1.jpg": 7, "good/2.jpg": 7}：每个文件对应产品的编号或名称。`,
    });
  }
}

export const PIECES_FILE = 'groups.json';
const MOST_BYTES = 64e6;
const Pieces = z.record(z.string(), z.union([z.number(), z.string()]));

/** @throws UserError where there are no photographs, or no folder is that of good ones */
export async function readPhotographs(
  folder: string,
  { encoder, groups, signal, onProgress }: ReadPhotographsOptions,
): Promise<ReadPhotographs> {
  const { files, notes } = filesOf(folder);
  const size = encoderSize(encoder);
  const read: (Omit<PhotographFile, 'group'> & { readonly place: number })[] = [];
  const setAside: { file: string; reason: Localized }[] = [];
  for (let from = 0; from < files.length; from += AT_ONCE) {
    signal?.throwIfAborted();
    await Promise.all(
      files.slice(from, from + AT_ONCE).map(async ({ path, kind, isDefect, parts }, k) => {
        const file = relative(folder, path).split(sep).join('/');
        try {
          read.push({
            file,
            kind,
            isDefect,
            ...(parts && { parts }),
            pixels: await decodeImage(path, { size }),
            place: from + k,
          });
        } catch (error) {
          setAside.push({ file, reason: reasonOf(error) });
        }
      }),
    );
    onProgress?.(Math.min(from + AT_ONCE, files.length), files.length);
  }
  read.sort((a, b) => a.place - b.place);
  const pieces = groups
    ? read.map(({ file }, i) => groups[file] ?? -1 - i)
    : await piecesOf(
        folder,
        read.map(({ file }) => file),
      );
  return {
    photographs: read.map(({ place: _, ...photograph }, i) => ({ ...photograph, group: pieces[i]! })),
    setAside: setAside.sort((a, b) => a.file.localeCompare(b.file)),
    notes,
  };
}

interface File {
  readonly path: string;
  readonly kind: string;
  readonly isDefect: boolean;
  readonly parts?: Readonly<Record<string, string>>;
}

function filesOf(folder: string): { readonly files: readonly File[]; readonly notes: readonly Localized[] } {
  const folders = foldersBelow(folder).filter((path) => imagesIn(path).length > 0);
  const own = imagesIn(folder);
  const labelled = labelledFiles(folder, [folder, ...folders]);
  if (labelled) return labelled;
  if (folders.length === 0 && own.length > 0)
    return bounded(
      own.map((name) => ({ path: join(folder, name), kind: '', isDefect: false })),
      [],
    );
  const kinds = [...new Set(folders.map((path) => basename(path)))].sort();
  const named = kinds.filter((name) => GOOD.test(name));
  // Beside folders of nothing but defects the one of another name holds the good ones.
  const others = kinds.filter((name) => !BAD.test(name));
  const isLeft = named.length === 0 && others.length === 1 && kinds.length > 1;
  // Of one folder "images" the photographs are good ones, as if they were not in it.
  const isOnly = kinds.length === 1 && PLAIN.test(kinds[0]!) && own.length === 0;
  if (isOnly)
    return bounded(
      folders.flatMap((path) =>
        imagesIn(path).map((name) => ({ path: join(path, name), kind: '', isDefect: false })),
      ),
      [],
    );
  const good = isLeft ? others : named;
  if (good.length === 0)
    throw new UserError({
      en: `${folder} has no photographs of good pieces: expected JPEG, PNG, WebP, AVIF, GIF, TIFF or BMP files, or a folder "good" of them beside folders of defects.${kinds.length > 0 ? ` There are: ${kinds.slice(0, 10).join(', ')}.` : ''}`,
      zh: `${folder} 中没有良品照片：应为 JPEG、PNG、WebP、AVIF、GIF、TIFF 或 BMP 文件，或名为“good”的文件夹与各缺陷文件夹并列。${kinds.length > 0 ? `现有：${kinds.slice(0, 10).join('、')}。` : ''}`,
    });
  const notes = [
    ...(own.length > 0 ? [besideInWords(own.length)] : []),
    ...(isLeft ? [leftInWords(good[0]!)] : []),
  ];
  return bounded(
    folders.flatMap((path) =>
      imagesIn(path).map((name) => ({
        path: join(path, name),
        kind: basename(path),
        isDefect: !good.includes(basename(path)),
      })),
    ),
    notes,
  );
}

/** By a list beside the photographs, where there is one. */
function labelledFiles(
  folder: string,
  folders: readonly string[],
): { readonly files: readonly File[]; readonly notes: readonly Localized[] } | undefined {
  const paths = folders.flatMap((path) => imagesIn(path).map((name) => join(path, name)));
  const named = (path: string) => relative(folder, path).split(sep).join('/');
  const labels = readLabels(folder, paths.map(named), (word) => GOOD.test(word));
  if (!labels) return undefined;
  const files = paths.flatMap((path) => {
    const label = labels.of(named(path));
    return label ? [{ path, ...label }] : [];
  });
  const unlisted = paths.length - files.length;
  return bounded(files, [...labels.notes, ...(unlisted > 0 ? [unlistedInWords(unlisted)] : [])]);
}

const unlistedInWords = (count: number): Localized => ({
  en: `${count} photographs are not in the list, so nothing says whether they are good; they are not looked at.`,
  zh: `${count} 张照片不在列表中，无法判断其是否为良品，未使用。`,
});

/** Folders of kinds, also those that lie in others (`test/scratch`); masks are no photographs. */
function foldersBelow(folder: string, depth = 1): string[] {
  if (depth > MOST_DEPTH) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !MASKS.test(entry.name) && !entry.name.startsWith('.'))
    .map(({ name }) => join(folder, name))
    .sort()
    .flatMap((path) => [path, ...foldersBelow(path, depth + 1)]);
}

const MASKS = /^(?:ground[-_ ]?truth|masks?|掩膜)$/i;
const MOST_DEPTH = 4;

/** Without masks, which are PNG files called as a photograph beside them. */
function imagesIn(folder: string): string[] {
  const names = readdirSync(folder)
    .filter((name) => isImageName(name))
    .sort();
  const stem = (name: string) => name.replace(/\.[^.]+$/, '');
  const photographs = new Set(names.filter((name) => /\.jpe?g$/i.test(name)).map(stem));
  return names.filter((name) => !(/\.png$/i.test(name) && photographs.has(stem(name))));
}

function bounded(files: readonly File[], notes: readonly Localized[]) {
  if (files.length <= MOST_FILES) return { files, notes };
  const kept = Array.from(
    { length: MOST_FILES },
    (_, i) => files[Math.floor((i * files.length) / MOST_FILES)]!,
  );
  return { files: kept, notes: [...notes, sampledInWords(files.length)] };
}

const leftInWords = (name: string): Localized => ({
  en: `"${name}" is taken for the folder of good pieces, as the others are called after defects. If it is not, call that of good ones "good".`,
  zh: `其他文件夹以缺陷命名，因此将“${name}”视为良品文件夹。若不是，请将良品文件夹命名为“good”。`,
});
const besideInWords = (count: number): Localized => ({
  en: `${count} images beside the folders are not looked at: nothing says whether they are good.`,
  zh: `文件夹之外的 ${count} 张图像未使用：无法判断其是否为良品。`,
});
const sampledInWords = (count: number): Localized => ({
  en: `An even sample of ${MOST_FILES} of ${count} photographs is looked at.`,
  zh: `从 ${count} 张照片中均匀抽取 ${MOST_FILES} 张。`,
});

/** Photographs that show the same have one number. */
async function piecesOf(folder: string, files: readonly string[]): Promise<number[]> {
  const reader = await ImageReader.ofEncoder(STATISTICS);
  try {
    const read = await reader.read(files, { folder });
    const pairs = nearDuplicates(read.map((one) => (one instanceof Float32Array ? one : undefined)));
    const pieces = files.map((_, i) => i);
    for (const [first, second] of pairs) {
      const [from, to] = [pieces[second]!, pieces[first]!];
      for (const [i, piece] of pieces.entries()) if (piece === from) pieces[i] = to;
    }
    return pieces;
  } finally {
    await reader.close();
  }
}
