/** Which of a table's columns name images, or hold them: told by the cells, and by whether some of the files are there. */
import type { Localized } from '@gradus/base';
import { isImageName, reasonOf, type Table } from '@gradus/data';
import { isInline } from '../../image/inline.ts';
import { decodeSource } from '../../image/source.ts';

/** Of the cells that hold something. */
const FEWEST_NAMES = 0.8;
const TRIED = 20;
/** Of those that were tried. */
const FEWEST_READ = 0.5;
/** No more than is needed to see whether a file is an image. */
const SMALL = [8, 8] as const;
const LONGEST_NAME = 1000;

export interface FoundImages {
  readonly columns: readonly string[];
  readonly notes: readonly Localized[];
}

/** @param folder That names are looked for in; absent for tables that are no file */
export async function findImages(
  { columns, rows }: Pick<Table, 'columns' | 'rows'>,
  folder: string | undefined,
): Promise<FoundImages> {
  const found: string[] = [];
  const notes: Localized[] = [];
  for (const [at, name] of columns.entries()) {
    const cells = rows.map((row) => row[at]!.trim()).filter((cell) => cell !== '');
    const isNamed = (cell: string) => isInline(cell) || (cell.length <= LONGEST_NAME && isImageName(cell));
    if (cells.length === 0 || cells.filter(isNamed).length < FEWEST_NAMES * cells.length) continue;
    const step = Math.max(1, Math.floor(cells.length / TRIED));
    const some = cells.filter((_, i) => i % step === 0);
    const reasons: Localized[] = [];
    for (const cell of some) {
      try {
        await decodeSource(cell, SMALL, folder);
      } catch (error) {
        reasons.push(reasonOf(error));
      }
    }
    if (some.length - reasons.length >= FEWEST_READ * some.length) found.push(name);
    else notes.push(notRead(name, some[0]!, reasons[0]!, folder !== undefined));
  }
  return { columns: found, notes };
}

const notRead = (name: string, cell: string, reason: Localized, hasFolder: boolean): Localized => ({
  en: `"${name}" names images, but they could not be read (${cell.slice(0, 60)}: ${reason.en}), so they are not looked at. ${hasFolder ? 'Names are looked for from the folder that the table is in.' : 'Names are looked for beside tables that are files.'}`,
  zh: `“${name}”列是图像文件名，但无法读取（${cell.slice(0, 60)}：${reason.zh}），因此未使用图像。${hasFolder ? '文件名相对于表所在的文件夹。' : '只有来自文件的表才能引用图像文件。'}`,
});
