/**
 * A source: what a reader makes of a file or database. Rows come in batches, each with its place; the collector samples them.
 */

import { count, type Localized } from '@gradus/base';
import type { Encoding, FileSetAside, Format, Table } from '../table/table.ts';
import type { Dialect } from './fields.ts';
import type { Kind } from './header-evidence.ts';

export interface SourceRow {
  /** In the order of the source's columns; cells missing at the end are empty. */
  readonly fields: readonly string[];
  readonly line: number;
  /** Why it cannot be used, where the format knows. */
  readonly reason?: Localized;
  /** Its text in the file, for formats whose rows can be so broken that they have no fields. */
  readonly text?: string;
  readonly file?: string;
}

export interface Batch {
  readonly rows: readonly SourceRow[];
  /** How much of `total` has been read. */
  readonly done: number;
}

export interface Source {
  readonly format: Format;
  /** For messages. */
  readonly name: string;
  /** Filled by the first batch; JSON and folders may add to its end later. */
  readonly columns: readonly string[];
  /** Bytes of the file. */
  readonly total: number;
  readonly part?: NonNullable<Table['part']>;
  /** Known at the end: it may show late. */
  readonly encoding?: Encoding;
  /** Known at the end. */
  readonly encodingDoubt?: () => readonly Encoding[];
  /** Of CSV and its like. */
  readonly dialect?: Dialect;
  /** What each column of CSV holds, by the first rows. */
  readonly kinds?: readonly (Kind | undefined)[];
  readonly batches: AsyncIterable<Batch>;
  /** Known at the end. */
  readonly foreignLines?: () => number;
  readonly bytesRead?: () => number;
  /** Lines, or rows of a sheet, that stand above the header and hold something. Known after the first batch. */
  readonly linesAbove?: () => number;
  /** Cells that took the value of the merged cell that they are part of. Known at the end. */
  readonly mergedFilled?: () => number;
  /** Known after the first batch. */
  readonly columnsLeftOut?: () => number;
  readonly filesSetAside?: readonly FileSetAside[];
  /**
   * Lets go of what it holds open before its first batch is asked for: an archive, a database, a connection. After the last
   * batch, an error, or a loop that was left, nothing is open any more; to close twice does no harm.
   */
  readonly close?: () => Promise<void>;
}

export interface SourceOptions {
  /** A workbook's sheet or a database's table. */
  readonly part?: string | undefined;
  /** SQL to read instead of a table; Postgres. */
  readonly query?: string | undefined;
  /** Of a text file with more columns than a table can have the first are read, where it would be an error. */
  readonly firstColumns?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @example
 * await using source = await openSource('sales.xlsx', {});
 * for await (const { rows } of source.opened.batches) …
 */
export interface OpenedSource extends AsyncDisposable {
  readonly opened: Source;
  /** The files that are read. */
  readonly inputs: readonly string[];
  readonly checkUnchanged: () => Promise<void>;
}

export const MOST_COLUMNS = 2000;
export const LONGEST_CELL = 100_000;
export const TOO_LONG: Localized = {
  en: `a cell is longer than ${count(LONGEST_CELL)} characters`,
  zh: `有单元格超过 ${count(LONGEST_CELL)} 个字符`,
};

/** A value of JSON, Parquet or a database as the text of a cell: what is nested becomes JSON. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return bytesText(value.length);
  if (typeof value === 'object') return JSON.stringify(value, (_, part) => jsonPart(part));
  return String(value);
}

/** Stands for bytes, which are no text: `(1234 bytes)`. */
const bytesText = (length: number): string => `(${length} bytes)`;

/** A number that JSON.stringify writes as it is written here (the proposal JSON.parse source text access). */
export const exactly = (number: string): unknown =>
  (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(number);

function jsonPart(part: unknown): unknown {
  if (typeof part === 'bigint') return exactly(String(part));
  return part instanceof Uint8Array ? bytesText(part.length) : part;
}
