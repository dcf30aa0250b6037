/** A folder of images, or a zip of one, as a table of their names, for models that read these (`Service.filesAs`). */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { Localized } from '@gradus/base';
import { isImageArchive, isImageName, listFolder, type StreamedBatch, unpackImages } from '@gradus/data';

const MOST_FILES = 200_000;
const BATCH = 200;

export interface ImageFolder {
  readonly folder: string;
  /** Files of an archive that could not be unpacked. */
  readonly unread: readonly { readonly file: string; readonly reason: Localized }[];
}

/**
 * @param use Gets the folder that the images lie in, for an archive one that is there as long as this takes; undefined where the input
 * is neither
 */
export async function withImageFolder<T>(
  input: string,
  signal: AbortSignal | undefined,
  use: (images: ImageFolder | undefined) => Promise<T>,
): Promise<T> {
  const found = statSync(input, { throwIfNoEntry: false });
  if (found?.isDirectory()) return use({ folder: input, unread: [] });
  if (!found?.isFile() || !(await isImageArchive(input))) return use(undefined);
  const folder = mkdtempSync(join(tmpdir(), 'gradus-images-'));
  try {
    const { setAside } = await unpackImages(input, folder, { signal });
    return await use({ folder, unread: setAside });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @throws UserError where the folder cannot be read, or holds too many files */
export async function* imageRows(
  { folder, unread }: ImageFolder,
  column: string,
  signal?: AbortSignal,
): AsyncGenerator<StreamedBatch> {
  const listed = await listFolder(folder, { most: MOST_FILES, signal });
  const names = withoutMasks(listed.files.map(({ name }) => name).filter(isImageName));
  if (unread.length > 0)
    yield {
      name: folder,
      columns: [column],
      rows: unread.map(({ file, reason }, i) => ({
        row: names.length + i + 1,
        line: names.length + i + 1,
        cells: [file],
        reason,
      })),
      done: 0,
      total: names.length,
    };
  for (let from = 0; from < names.length || from === 0; from += BATCH) {
    const part = names.slice(from, from + BATCH);
    yield {
      name: folder,
      columns: [column],
      rows: part.map((name, i) => ({ row: from + i + 1, line: from + i + 1, cells: [name] })),
      done: from + part.length,
      total: names.length,
    };
  }
}

/** A PNG that is called as a JPEG beside it is its mask. */
function withoutMasks(names: readonly string[]): string[] {
  const stem = (name: string) => name.slice(0, name.length - extname(name).length);
  const photographs = new Set(names.filter((name) => /\.jpe?g$/i.test(name)).map(stem));
  return names.filter((name) => !(/\.png$/i.test(name) && photographs.has(stem(name))));
}
