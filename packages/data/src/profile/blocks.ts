/**
 * An even sample of a CSV file without reading all of it: a few rows at each of some thousand places, evenly spaced. A
 * file sorted by anything is sampled as evenly as one in no order.
 *
 * Where a place falls into a quoted field of several lines, its first rows may not fit the columns; they are passed over.
 */
import { open } from 'node:fs/promises';
import { type Dialect, fieldsOf } from '../sources/fields.ts';
import { openSource } from '../sources/formats.ts';
import type { Kind } from '../sources/header-evidence.ts';
import { RecordSplitter } from '../sources/records.ts';
import { LONGEST_CELL } from '../sources/source.ts';
import type { Format } from '../table/table.ts';

export interface BlockSample {
  readonly path: string;
  readonly format: Format;
  readonly name: string;
  readonly bytes: number;
  readonly encoding: string;
  readonly dialect: Dialect;
  /** What each column holds. */
  readonly kinds: readonly (Kind | undefined)[];
  readonly linesAbove: number;
  /** Lines before the first row: the header, what is above it, blank ones. */
  readonly skip: number;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** About; from the mean length of a row. */
  readonly rowsAbout: number;
}

/** Smaller files are read whole. */
const SMALLEST = 8 * 2 ** 20;
const MOST_CELLS = 2_000_000;
const MOST_BYTES = 48 * 2 ** 20;
const PLACES = 3000;
/** Of the places, those where no row was found: were there more, a few rows would take most of the file. */
const MOST_EMPTY = 0.05;

/** @returns undefined for what is no large, even file of CSV in UTF-8 with as many columns as a table can have */
export async function sampleBlocks(
  source: string,
  maxRows: number,
  signal?: AbortSignal,
): Promise<BlockSample | undefined> {
  await using opening = await openSource(source, { firstColumns: true, signal });
  const { opened, inputs, checkUnchanged } = opening;
  const { format, encoding, dialect, kinds = [], total, columns, name } = opened;
  const [path] = inputs;
  if (format !== 'csv' || total < SMALLEST || encoding !== 'utf-8' || !dialect?.delimiter || !path)
    return undefined;
  // DuckDB reads what is written in the usual way.
  if (dialect.escapedBy !== '"' || dialect.ends !== 'lf') return undefined;
  let skip = 0;
  let packed = true;
  for await (const { rows, done } of opened.batches) {
    const [first] = rows;
    if (!first) continue;
    skip = first.line - 1;
    packed = /\.gz$/i.test(path) || done > total;
    break;
  }
  if (packed || columns.length === 0 || (opened.columnsLeftOut?.() ?? 0) > 0) return undefined;
  const sampled = await rowsAt(path, total, dialect, columns.length, maxRows, signal);
  await checkUnchanged();
  if (!sampled) return undefined;
  const linesAbove = opened.linesAbove?.() ?? 0;
  return {
    path,
    format,
    name,
    bytes: total,
    encoding,
    dialect,
    kinds,
    linesAbove,
    skip,
    columns,
    ...sampled,
  };
}

async function rowsAt(
  path: string,
  size: number,
  dialect: Dialect,
  columns: number,
  maxRows: number,
  signal?: AbortSignal,
): Promise<{ rows: string[][]; rowsAbout: number } | undefined> {
  const file = await open(path);
  try {
    const wanted = Math.min(maxRows, Math.floor(MOST_CELLS / columns));
    const places = Math.min(PLACES, wanted);
    const each = Math.ceil(wanted / places);
    const first = await rowsFrom(file, size * 0.5, 1 << 18, dialect, columns);
    const length = Math.max(2, first.bytes / Math.max(1, first.rows.length));
    // One row more: the one that the place falls into is left.
    const block = Math.min(Math.ceil(MOST_BYTES / places), Math.ceil((each + 1.5) * length));
    const rows: string[][] = [];
    let bytes = 0;
    let empty = 0;
    for (let i = 0; i < places; i++) {
      signal?.throwIfAborted();
      const found = await rowsFrom(file, ((size - block) * (i + 0.5)) / places, block, dialect, columns);
      bytes += found.bytes;
      if (found.rows.length === 0) empty += 1;
      rows.push(...found.rows);
    }
    if (empty > MOST_EMPTY * places) return undefined;
    return { rows, rowsAbout: Math.round((size * rows.length) / Math.max(1, bytes)) };
  } finally {
    await file.close();
  }
}

/** The whole rows of a block, without the line that it begins in, and how many bytes they take. */
async function rowsFrom(
  file: Awaited<ReturnType<typeof open>>,
  at: number,
  length: number,
  dialect: Dialect,
  columns: number,
): Promise<{ rows: string[][]; bytes: number }> {
  const block = Buffer.alloc(length);
  const { bytesRead } = await file.read(block, 0, length, Math.floor(at));
  const read = block.subarray(0, bytesRead);
  const from = read.indexOf(0x0a) + 1;
  const to = read.lastIndexOf(0x0a) + 1;
  if (from === 0 || to <= from) return { rows: [], bytes: 0 };
  const splitter = new RecordSplitter(dialect);
  const records = [...splitter.take(read.toString('utf8', from, to))].filter(({ unclosed }) => !unclosed);
  const rows = records
    .map(({ text }) => fieldsOf(text, dialect))
    .filter(
      (fields) =>
        fields.length === columns &&
        !fields.some((field) => field.length > LONGEST_CELL || /[\0\uFFFD]/.test(field)),
    );
  return { rows, bytes: to - from };
}
