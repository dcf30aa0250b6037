/** Reads a table row by row, of any length: for work that each row gets by itself. `readTable` keeps rows, and samples. */
import type { Localized } from '@gradus/base';
import { problem } from './collect.ts';
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
  const { opened, checkUnchanged } = await openSource(copy.address, { signal });
  let count = 0;
  for await (const { rows, done } of opened.batches) {
    signal?.throwIfAborted();
    const { columns, total } = opened;
    yield {
      columns,
      rows: rows.map(({ fields, line, reason }) => {
        count += 1;
        const why = reason ?? problem(fields);
        return { row: count, line, cells: fields, ...(why !== undefined && { reason: why }) };
      }),
      done,
      total,
    };
  }
  await checkUnchanged();
}
