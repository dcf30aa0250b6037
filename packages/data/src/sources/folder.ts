/**
 * Many files as one table: those of a folder, and of the folders in it, or those that a glob matches. Columns are the
 * union of theirs, by name, after a column `file`. Files that cannot be read are set aside with the reason, and nothing
 * outside the folder is read, wherever links lead.
 */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { UserError } from '@gradus/base';
import type { FileSetAside } from '../table/table.ts';
import { uniqueName } from './header.ts';
import { type ListedFile, listFolder, listGlob } from './list-files.ts';
import { type Batch, MOST_COLUMNS, type OpenedSource, type SourceOptions, type SourceRow } from './source.ts';

const MOST_FILES = 10_000;

type OpenFile = (path: string, options: SourceOptions) => Promise<OpenedSource>;

/**
 * @param suffixes Of files that may be tables; in a folder, others are passed over and named among those set aside.
 * @throws UserError where there are no such files, or too many
 */
export async function readFiles(
  path: string,
  options: SourceOptions,
  suffixes: readonly string[],
  openFile: OpenFile,
): Promise<Omit<OpenedSource, typeof Symbol.asyncDispose>> {
  const isFolder = Boolean((await stat(path).catch(() => undefined))?.isDirectory());
  const limits = { most: MOST_FILES, signal: options.signal };
  const listing = await (isFolder ? listFolder(path, limits) : listGlob(path, limits));
  const isTable = ({ name }: ListedFile) =>
    !isFolder || suffixes.some((suffix) => name.toLowerCase().endsWith(suffix));
  const files = listing.files.filter(isTable);
  const setAside: FileSetAside[] = [
    ...listing.leftOut.map(({ name, reason }) => ({ file: name, reason })),
    ...listing.files
      .filter((file) => !isTable(file))
      .map(({ name }) => ({
        file: name,
        reason: {
          en: `its name does not end as one of a table: ${suffixes.join(', ')}`,
          zh: `文件名不以表格的后缀结尾：${suffixes.join('、')}`,
        },
      })),
  ];
  if (files.length === 0) {
    const [first] = setAside;
    throw new UserError({
      en: `${path} holds no table${first ? ` (${first.file}: ${first.reason.en})` : ''}. Expected files whose names end in ${suffixes.join(', ')}.`,
      zh: `${path} 中没有表格${first ? `（${first.file}：${first.reason.zh}）` : ''}。应包含以 ${suffixes.join('、')} 结尾的文件。`,
    });
  }
  const columns: string[] = ['file'];
  const total = files.reduce((sum, { size }) => sum + size, 0);
  let foreign = 0;

  async function* batches(): AsyncGenerator<Batch> {
    const taken = new Set(columns);
    let before = 0;
    let rows = 0;
    for (const { path, name: file, size } of files) {
      try {
        await using source = await openFile(path, options);
        const { opened, checkUnchanged } = source;
        const place: number[] = [];
        for await (const batch of opened.batches) {
          place.push(...placesFor(opened.columns.slice(place.length), columns, taken));
          rows += batch.rows.length;
          yield {
            rows: batch.rows.map((row) => moved(row, place, columns.length, file)),
            done: before + Math.min(size, batch.done),
          };
        }
        await checkUnchanged();
        foreign += opened.foreignLines?.() ?? 0;
      } catch (error) {
        // What changed while it was read has rows in already; what cannot be read has none.
        if (!(error instanceof UserError) || /changed while/.test(error.message)) throw error;
        setAside.push({ file, reason: error.localized });
      }
      before += size;
    }
    if (rows === 0 && setAside.length > 0) {
      const { file, reason } = setAside.at(-1)!;
      throw new UserError({
        en: `None of the ${files.length} files of ${path} has rows; ${file}: ${reason.en}`,
        zh: `${path} 的 ${files.length} 个文件都没有数据行；${file}：${reason.zh}`,
      });
    }
  }

  return {
    opened: {
      format: 'folder',
      name: basename(path) || path,
      columns,
      total,
      batches: batches(),
      foreignLines: () => foreign,
      filesSetAside: setAside,
    },
    inputs: files.map(({ path }) => path),
    checkUnchanged: async () => {},
  };
}

/** Where a file's next columns stand among all: its own `file` beside ours. */
function placesFor(names: readonly string[], columns: string[], taken: Set<string>): number[] {
  return names.map((name) => {
    const wish = name === 'file' ? 'file (2)' : name;
    const at = columns.indexOf(wish);
    if (at >= 0) return at;
    if (columns.length >= MOST_COLUMNS)
      throw new UserError({
        en: `its columns make more than ${MOST_COLUMNS} with those of the other files.`,
        zh: `其列与其他文件的列合计超过 ${MOST_COLUMNS} 列。`,
      });
    columns.push(uniqueName(wish, columns.length, taken));
    return columns.length - 1;
  });
}

function moved(row: SourceRow, place: readonly number[], length: number, file: string): SourceRow {
  const fields = new Array<string>(length).fill('');
  fields[0] = file;
  for (const [i, field] of row.fields.entries()) fields[place[i]!] = field;
  return { ...row, fields, file };
}
