/** Reads a table row by row, of any length: for work that each row gets by itself. `readTable` keeps rows, and samples. */
import { count, type Localized, UserError } from '@gradus/base';
import { noRows, problem } from './collect.ts';
import { openSource } from './formats.ts';
import { localCopy } from './local-copy.ts';

export interface StreamedRow {
  /** The first under the header is 1. */
  readonly row: number;
  /** In the file: of a text file the line, of a sheet the row, else the row's number. */
  readonly line: number;
  /** In the order of the columns; cells missing at the end are empty. */
  readonly cells: readonly string[];
  /** Why it cannot be used. */
  readonly reason?: Localized;
}

export interface StreamedBatch {
  /** Of the source, for messages. */
  readonly name: string;
  /** All columns so far. */
  readonly columns: readonly string[];
  readonly rows: readonly StreamedRow[];
  /** How much of `total` has been read. */
  readonly done: number;
  readonly total: number;
}

/**
 * @param source As of `readTable`
 * @throws UserError for what is not a readable table
 */
export async function* streamTable(source: string, signal?: AbortSignal): AsyncGenerator<StreamedBatch> {
  await using copy = await localCopy(source, { signal });
  await using opening = await openSource(copy.address, { signal });
  const { opened, checkUnchanged } = opening;
  let number = 0;
  for await (const { rows, done } of opened.batches) {
    signal?.throwIfAborted();
    const { name, columns, total } = opened;
    yield {
      name,
      columns,
      rows: rows.map(({ fields, line, reason }) => {
        number += 1;
        const why = reason ?? problem(fields);
        return { row: number, line, cells: fields, ...(why !== undefined && { reason: why }) };
      }),
      done,
      total,
    };
  }
  await checkUnchanged();
  const { name, columns, total } = opened;
  // Of a table without rows, too, the columns are told.
  if (number === 0) yield { name, columns, rows: [], done: total, total };
}

const MOST_ROWS = 1_000_000;
const MOST_CHARACTERS = 400e6;

/**
 * All rows of a table that must not be sampled: corrections, answers, lists of files. Those that cannot be used are among them,
 * with the reason.
 *
 * @param source As of `readTable`
 * @throws UserError for what is not a readable table, and for one that is larger than may be held: it names the limit
 */
export async function readEveryRow(
  source: string,
  {
    maxRows = MOST_ROWS,
    signal,
  }: { readonly maxRows?: number; readonly signal?: AbortSignal | undefined } = {},
): Promise<{ readonly columns: readonly string[]; readonly rows: readonly StreamedRow[] }> {
  const found: StreamedRow[] = [];
  let name = '';
  let columns: readonly string[] = [];
  let characters = 0;
  for await (const batch of streamTable(source, signal)) {
    ({ name, columns } = batch);
    for (const row of batch.rows) {
      found.push(row);
      for (const cell of row.cells) characters += cell.length + 1;
    }
    if (found.length > maxRows || characters > MOST_CHARACTERS) {
      throw new UserError({
        en: `${name} is too large to be taken at once: give it in parts of at most ${count(maxRows)} rows and ${MOST_CHARACTERS / 1e6} million characters. Nothing of it was taken.`,
        zh: `${name} 过大，无法一次读取：请分成几部分，每部分最多 ${count(maxRows)} 行、${MOST_CHARACTERS / 1e8} 亿个字符。尚未使用其中任何内容。`,
      });
    }
  }
  if (found.length === 0) throw noRows(name);
  return { columns, rows: found };
}
