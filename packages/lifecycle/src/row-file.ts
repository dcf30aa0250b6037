/** Files of rows that are sent to the server: CSV with a header, or JSON lines, each row with the line it stands on. */
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { setImmediate as othersTurn } from 'node:timers/promises';
import { type Localized, UserError } from '@gradus/base';
import { readEveryRow } from '@gradus/data';

/** Lines that are read before others on this thread have their turn. */
const LINES_AT_ONCE = 1000;
const LARGEST_JSON_LINES = 100 * 2 ** 20;

/** What each row of a table says, from its cells. @throws UserError where the table lacks a column */
export type TableReader = (columns: readonly string[]) => (cells: readonly string[]) => unknown;

/**
 * What a file of CSV with a header (or any other table), or of JSON lines, says line by line: all of it.
 *
 * @param options.table Default: the cells that are not empty, by their columns in small letters
 * @throws UserError for what cannot be read, and for a file that is too large to be taken at once: it names the limit
 */
export async function readRows(
  file: string,
  {
    signal,
    table = smallLetters,
  }: { readonly signal?: AbortSignal | undefined; readonly table?: TableReader | undefined } = {},
): Promise<RowFile> {
  return isJson(file) ? readJsonLines(file) : readTableRows(file, table, signal);
}

export interface RowFile {
  readonly values: readonly { readonly line: number; readonly value: unknown }[];
  readonly setAside: readonly { readonly line: number; readonly reason: Localized }[];
}

const isJson = (file: string): boolean =>
  ['.json', '.jsonl', '.ndjson'].includes(extname(file).toLowerCase());

async function readJsonLines(file: string): Promise<RowFile> {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) throw new UserError({ en: `There is no file ${file}.`, zh: `没有文件 ${file}。` });
  if (found.size > LARGEST_JSON_LINES)
    throw new UserError({
      en: `${file} is larger than 100 MB. Give it in parts.`,
      zh: `${file} 超过 100 MB。请分成几部分提供。`,
    });
  const values: { line: number; value: unknown }[] = [];
  const setAside: { line: number; reason: Localized }[] = [];
  const lines = (await readFile(file, 'utf8')).replace(/^\uFEFF/, '').split('\n');
  for (const [i, text] of lines.entries()) {
    if (i % LINES_AT_ONCE === LINES_AT_ONCE - 1) await othersTurn();
    if (text.trim() === '') continue;
    try {
      values.push({ line: i + 1, value: JSON.parse(text) });
    } catch {
      setAside.push({ line: i + 1, reason: { en: 'it is not JSON', zh: '不是 JSON' } });
    }
  }
  return { values, setAside };
}

async function readTableRows(
  file: string,
  table: TableReader,
  signal: AbortSignal | undefined,
): Promise<RowFile> {
  const { columns, rows } = await readEveryRow(file, { signal });
  const read = table(columns);
  const usable = rows.filter(({ reason }) => reason === undefined);
  return {
    values: usable.map(({ line, cells }) => ({ line, value: read(cells) })),
    setAside: rows.flatMap(({ line, reason }) => (reason === undefined ? [] : [{ line, reason }])),
  };
}

function smallLetters(columns: readonly string[]): (cells: readonly string[]) => unknown {
  const names = columns.map((column) => column.toLowerCase());
  return (cells) =>
    Object.fromEntries(names.flatMap((name, k) => ((cells[k] ?? '') === '' ? [] : [[name, cells[k]!]])));
}
