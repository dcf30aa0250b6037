/** Images named in a table, with their labels: a CSV file with the path of each, from the folder that the table is in. */
import { realpathSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { type Localized, UserError } from '@gradus/base';
import { readEveryRow } from '../sources/stream.ts';
import { checkClasses, type FolderImages, type FolderOptions, type ImageFile, readImages } from './folder.ts';

export interface ImageTableOptions extends FolderOptions {
  /** The column of file names. */
  readonly file: string;
  /** The column of labels. */
  readonly label: string;
}

/**
 * Rows without a name or a label, and names that lead out of the table's folder, are set aside: so are files that are no images.
 *
 * @param path of a table: CSV or any other that `readTable` reads, of at most a million rows
 * @throws UserError where the table cannot be read or lacks a column
 */
export async function readImageTable(path: string, options: ImageTableOptions): Promise<FolderImages> {
  const table = await readEveryRow(path);
  const [fileAt, labelAt] = [options.file, options.label].map((column) => {
    const at = table.columns.indexOf(column);
    if (at >= 0) return at;
    const columns = table.columns.map((name) => `"${name}"`).join(', ');
    throw new UserError({
      en: `${path}: has no column "${column}"; its columns are ${columns}`,
      zh: `${path}：没有列“${column}”；已有的列：${columns}`,
    });
  }) as [number, number];
  const root = dirname(path);
  const named = table.rows
    .filter(({ reason }) => reason === undefined)
    .map(({ row, cells }) => ({
      place: `${path}, row ${row}`,
      name: cells[fileAt]?.trim() ?? '',
      label: cells[labelAt]?.trim() ?? '',
    }));
  const classes = [...new Set(named.map(({ label }) => label).filter(Boolean))].sort();
  checkClasses(path, classes);
  const setAside = table.rows.flatMap(({ line, reason }) =>
    reason === undefined ? [] : [{ file: `${path}, line ${line}`, reason }],
  );
  const entries: ImageFile[] = [];
  for (const { place, name, label } of named) {
    const file = join(root, name);
    const reason =
      name === ''
        ? emptyCell(options.file)
        : label === ''
          ? emptyCell(options.label)
          : leadsOut(file, root)
            ? { en: 'lies outside of the folder that the table is in', zh: '位于表所在文件夹之外' }
            : undefined;
    if (reason !== undefined) setAside.push({ file: place, reason });
    else entries.push({ file, label: classes.indexOf(label) });
  }
  const images = await readImages(entries, classes, options);
  return { ...images, setAside: [...setAside, ...images.setAside] };
}

const emptyCell = (column: string): Localized => ({ en: `"${column}" is empty`, zh: `“${column}”为空` });

/** By `..`, or by a link to another folder. What is not there is for its reader to say. */
function leadsOut(file: string, root: string): boolean {
  const inside = (path: string, folder: string) =>
    `${path}${sep}`.startsWith(folder === sep ? sep : folder + sep);
  if (!inside(resolve(file), resolve(root))) return true;
  try {
    return !inside(realpathSync(dirname(file)), realpathSync(root));
  } catch {
    return false;
  }
}
