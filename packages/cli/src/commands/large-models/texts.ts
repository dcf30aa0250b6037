/** Texts of a file: a column of a table, or the lines of a .txt. */
import { UserError } from '@gradus/base';
import { textOf } from './options.ts';

/** @throws UserError where there is no such column, or no text */
export async function textsOf(file: string, column: string, signal: AbortSignal): Promise<string[]> {
  if (file.endsWith('.txt')) {
    const lines = textOf(file).split(/\r?\n/);
    if (lines.at(-1) === '') lines.pop();
    return lines;
  }
  const { noSuchColumn, readTable } = await import('@gradus/data');
  const table = await readTable(file, { signal });
  const at = table.columns.indexOf(column);
  if (at < 0) throw noSuchColumn('--column', column, table.columns);
  if (table.rows.length === 0) throw new UserError({ en: `${file} has no rows`, zh: `${file} 中没有数据行` });
  return table.rows.map((row) => row[at]!);
}
