/** Images named in a table, with their labels: a CSV file with the path of each, from the folder that the table is in. */
import { dirname } from 'node:path';
import { type Localized, UserError } from '@gradus/base';
import { reasonOf } from '../files.ts';
import { readEveryRow } from '../sources/stream.ts';
import { checkClasses, type FolderImages, type FolderOptions, type ImageFile, readImages } from './folder.ts';
import { fileInside } from './inside.ts';

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
    try {
      if (name === '') throw new UserError(emptyCell(options.file));
      if (label === '') throw new UserError(emptyCell(options.label));
      entries.push({ file: fileInside(root, name), label: classes.indexOf(label) });
    } catch (error) {
      setAside.push({ file: place, reason: reasonOf(error) });
    }
  }
  const images = await readImages(entries, classes, options);
  return { ...images, setAside: [...setAside, ...images.setAside] };
}

const emptyCell = (column: string): Localized => ({ en: `"${column}" is empty`, zh: `“${column}”为空` });
