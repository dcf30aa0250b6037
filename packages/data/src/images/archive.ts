/**
 * A zip of photographs, as people send a folder of them: unpacked into a folder with bounds on how many files and bytes that makes, and
 * nothing outside it, whatever names the archive has.
 */
import { createWriteStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Localized, UserError } from '@gradus/base';
import { reasonOf } from '../files.ts';
import { openZip } from '../sources/zip.ts';
import { isImageName } from './folder.ts';

const MOST_ENTRIES = 50_000;
const MOST_BYTES_EACH = 64 * 2 ** 20;
const MOST_BYTES = 4 * 2 ** 30;
/** Lists that may stand beside photographs. */
const LIST = /\.(?:csv|tsv|txt|json)$/i;
/** What systems add to archives. */
const HIDDEN = /(?:^|\/)(?:__MACOSX|\.)/;

/** Whether the file is a zip archive of which most files are images. */
export async function isImageArchive(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(4);
    await file.read(head, 0, 4, 0);
    if (head.toString('latin1') !== 'PK\u0003\u0004') return false;
  } finally {
    await file.close();
  }
  await using zip = await openZip(path, path, MOST_ENTRIES);
  const names = zip.names.filter((name) => !name.endsWith('/') && !HIDDEN.test(name));
  return names.filter(isImageName).length > names.length / 2;
}

export interface UnpackedImages {
  readonly setAside: readonly { readonly file: string; readonly reason: Localized }[];
}

/** Writes the archive's images and lists into a folder. @throws UserError where they are too many or too large */
export async function unpackImages(
  path: string,
  folder: string,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<UnpackedImages> {
  await using zip = await openZip(path, path, MOST_ENTRIES);
  const names = zip.names.filter(
    (name) => !name.endsWith('/') && !HIDDEN.test(name) && (isImageName(name) || LIST.test(name)),
  );
  const top = /^[^/]+\//.exec(names[0] ?? '')?.[0] ?? '';
  const isDeeper = (name: string) =>
    name.startsWith(top) && (LIST.test(name) || name.includes('/', top.length));
  // A folder that holds all the others is none of the photographs' own.
  const root = top !== '' && names.every(isDeeper) ? top : '';
  const setAside: { file: string; reason: Localized }[] = [];
  let bytes = 0;
  for (const name of names) {
    signal?.throwIfAborted();
    const file = posix.normalize(name.slice(root.length).replaceAll('\\', '/'));
    if (posix.isAbsolute(file) || /^\.\.(?:\/|$)|^[a-z]:/i.test(file)) {
      setAside.push({ file: name, reason: OUTSIDE });
      continue;
    }
    bytes += zip.size(name);
    if (bytes > MOST_BYTES) throw tooLarge(path);
    const target = join(folder, ...file.split('/'));
    try {
      await mkdir(dirname(target), { recursive: true });
      await pipeline(
        Readable.from(zip.open(name, MOST_BYTES_EACH)),
        createWriteStream(target, { flags: 'wx' }),
      );
    } catch (error) {
      const isTaken = TAKEN.has((error as NodeJS.ErrnoException).code ?? '');
      if (!isTaken) await rm(target, { force: true });
      setAside.push({ file: name, reason: isTaken ? SAME_PLACE : reasonOf(error) });
    }
  }
  return { setAside };
}

/** Of a place where a file lies already, or one of whose folders is a file. */
const TAKEN: ReadonlySet<string> = new Set(['EEXIST', 'ENOTDIR']);
const SAME_PLACE: Localized = {
  en: 'another file of the archive lies in its place',
  zh: '压缩包中另有文件占用其位置',
};
const OUTSIDE: Localized = {
  en: 'its name leads outside the archive',
  zh: '其路径指向压缩包之外',
};

const tooLarge = (path: string): UserError =>
  new UserError({
    en: `${path} unpacks to more than ${MOST_BYTES / 2 ** 30} GiB. Make the photographs smaller, or give a folder.`,
    zh: `${path} 解压后超过 ${MOST_BYTES / 2 ** 30} GiB。请缩小照片，或直接给出文件夹。`,
  });
