/**
 * Reads a table from whatever a founder has: the file says by its first bytes and its name what it is, and the format's
 * reader makes rows of it. Rows that do not fit are set aside with the reason, and what is larger than memory should
 * hold is sampled evenly.
 *
 * - CSV, TSV, one text a line; JSON, JSON Lines; each also packed with gzip, and so are tables of HTML and SpreadsheetML
 * - Parquet; Excel workbooks (`sales.xlsx#Sheet2`); SQLite files (`shop.db#orders`)
 * - Postgres (`postgres://user@host/database#orders`)
 * - a folder or a glob of such files (`exports/*.csv`): all their rows, with a column `file`
 * - all of these but Postgres on S3 (`s3://bucket/exports/*.csv`): copied to a temporary folder first
 */

import type { Table } from '../table/table.ts';
import { Collector } from './collect.ts';
import { openSource } from './formats.ts';
import { localCopy } from './local-copy.ts';
import { type SetAsideWriter, setAsideWriter } from './set-aside.ts';

export interface ReadOptions {
  /** At most about this many rows are kept. Default 200,000. */
  readonly maxRows?: number;
  /** At most about this many characters are kept. Default 100 million. */
  readonly maxCharacters?: number;
  /** Of a database on a server: SQL that selects the rows, instead of a table's name. */
  readonly query?: string;
  /** Of a text file with more columns than a table can have, read the first, where it would be an error. */
  readonly firstColumns?: boolean;
  /** A CSV file that gets every row that is set aside: its place, the reason, what it holds. Written over. */
  readonly exportSetAside?: string;
  readonly signal?: AbortSignal;
  /** Gets how many of the file's bytes have been read; of what lies on S3, first how many have been copied. */
  onProgress?(bytes: number, total: number): void;
}

/**
 * @param source A file, a folder, a glob, a Postgres or an S3 URL; after `#` the sheet or table.
 * @throws UserError for what is not a readable table: it names the cause and the way out.
 */
export async function readTable(source: string, options: ReadOptions = {}): Promise<Table> {
  const {
    maxRows = 200_000,
    maxCharacters = 100e6,
    query,
    firstColumns,
    exportSetAside,
    signal,
    onProgress,
  } = options;
  signal?.throwIfAborted();
  await using copy = await localCopy(source, { signal, onProgress });
  await using opening = await openSource(copy.address, { query, firstColumns, signal });
  const { opened, inputs, checkUnchanged } = opening;
  let writer: SetAsideWriter | undefined;
  try {
    writer = exportSetAside === undefined ? undefined : await setAsideWriter(exportSetAside, inputs);
    const collector = new Collector({ name: opened.name, maxRows, maxCharacters, writer });
    for await (const { rows, done } of opened.batches) {
      signal?.throwIfAborted();
      collector.add(rows);
      await writer?.flush();
      onProgress?.(done, opened.total);
    }
    await checkUnchanged();
    const filesSetAside = opened.filesSetAside && [
      ...copy.leftOut.map(({ name, reason }) => ({ file: name, reason })),
      ...opened.filesSetAside,
    ];
    const columnsLeftOut = opened.columnsLeftOut?.() ?? 0;
    const encodingDoubt = opened.encodingDoubt?.() ?? [];
    const linesAbove = opened.linesAbove?.() ?? 0;
    const mergedFilled = opened.mergedFilled?.() ?? 0;
    const { setAside, ...table } = collector.table(opened.columns);
    return {
      ...table,
      setAside: { ...setAside, ...(filesSetAside && { files: filesSetAside }) },
      format: opened.format,
      ...(opened.part && { part: opened.part }),
      ...(opened.encoding && { encoding: opened.encoding }),
      ...(encodingDoubt.length > 0 && { encodingDoubt }),
      ...(opened.dialect && { delimiter: opened.dialect.delimiter }),
      ...(columnsLeftOut > 0 && { columnsLeftOut }),
      ...(linesAbove > 0 && { linesAbove }),
      ...(mergedFilled > 0 && { mergedFilled }),
      foreignLines: opened.foreignLines?.() ?? 0,
      bytes: opened.bytesRead?.() ?? opened.total,
    };
  } finally {
    await writer?.close();
  }
}
