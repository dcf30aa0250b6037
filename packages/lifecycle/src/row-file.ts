/** Files of rows that are sent to the server: CSV with a header, or JSON lines, each row with the line it stands on. */
import { readFileSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import { type Localized, UserError } from '@gradus/base';
import { readTable } from '@gradus/data';

const LARGEST_JSON_LINES = 100 * 2 ** 20;

/** What a file of CSV with a header, or of JSON lines, says line by line. */
export async function readRows(file: string, signal?: AbortSignal): Promise<RowFile> {
  return isJson(file) ? readJsonLines(file) : readCsv(file, signal);
}

export interface RowFile {
  readonly values: readonly { readonly line: number; readonly value: unknown }[];
  readonly setAside: readonly { readonly line: number; readonly reason: Localized }[];
}

const isJson = (file: string): boolean =>
  ['.json', '.jsonl', '.ndjson'].includes(extname(file).toLowerCase());

function readJsonLines(file: string): RowFile {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) throw new UserError({ en: `There is no file ${file}.`, zh: `没有文件 ${file}。` });
  if (found.size > LARGEST_JSON_LINES)
    throw new UserError({
      en: `${file} is larger than 100 MB. Give it in parts.`,
      zh: `${file} 超过 100 MB。请分成几部分提供。`,
    });
  const values: { line: number; value: unknown }[] = [];
  const setAside: { line: number; reason: Localized }[] = [];
  for (const [i, text] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (text.trim() === '') continue;
    try {
      values.push({ line: i + 1, value: JSON.parse(text) });
    } catch {
      setAside.push({ line: i + 1, reason: { en: 'it is not JSON', zh: '不是 JSON' } });
    }
  }
  return { values, setAside };
}

async function readCsv(file: string, signal: AbortSignal | undefined): Promise<RowFile> {
  const table = await readTable(file, { ...(signal && { signal }) });
  const values = table.rows.map((row, i) => ({
    line: table.numbers[i]! + 1,
    value: Object.fromEntries(
      table.columns.flatMap((column, k) => (row[k] === '' ? [] : [[column.toLowerCase(), row[k]!]])),
    ),
  }));
  return { values, setAside: table.setAside.rows };
}
