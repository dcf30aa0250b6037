/** A folder of images as a table of their names, for models that read these (`Service.filesAs`). */
import { extname } from 'node:path';
import { isImageName, listFolder, type StreamedBatch } from '@gradus/data';

const MOST_FILES = 200_000;
const BATCH = 200;

/** @throws UserError where the folder cannot be read, or holds too many files */
export async function* imageRows(
  folder: string,
  column: string,
  signal?: AbortSignal,
): AsyncGenerator<StreamedBatch> {
  const listed = await listFolder(folder, { most: MOST_FILES, signal });
  const names = withoutMasks(listed.files.map(({ name }) => name).filter(isImageName));
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
