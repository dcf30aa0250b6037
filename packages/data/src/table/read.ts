/**
 * Reads a CSV or TSV file: its encoding, delimiter and header are found, rows that do not fit are set aside with the
 * reason, and a file larger than memory should hold is sampled evenly.
 */
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Random, UserError } from '@gradus/engine';
import { findDelimiter, parseRecord, parseRecords } from './delimiter.ts';
import { readLines } from './lines.ts';
import { RecordSplitter, type RecordText } from './records.ts';
import { type Encoding, sniff } from './sniff.ts';

export interface Table {
  readonly columns: readonly string[];
  /** Row by row: rows are what is split, set aside and quoted. */
  readonly rows: readonly (readonly string[])[];
  /** Of each row, its number in the file; the first under the header is 1. */
  readonly numbers: readonly number[];
  /** All rows of the file, those set aside and those not sampled included. */
  readonly rowsRead: number;
  /** Rows were too many to hold: `rows` is an even sample of them. */
  readonly sampled: boolean;
  readonly setAside: SetAside;
  readonly encoding: Encoding;
  /** `''`: each line is one text. */
  readonly delimiter: string;
  /** Lines in another encoding than the file's. */
  readonly foreignLines: number;
  readonly bytes: number;
}

export interface SetAside {
  readonly count: number;
  /** The first of them. */
  readonly rows: readonly { readonly row: number; readonly line: number; readonly reason: string }[];
}

export interface ReadOptions {
  /** At most about this many rows are kept. Default 200,000. */
  readonly maxRows?: number;
  /** At most about this many characters are kept. Default 100 million. */
  readonly maxCharacters?: number;
  readonly signal?: AbortSignal;
  /** Told how many of the file's bytes have been read. */
  onProgress?(bytes: number, total: number): void;
}

const LARGEST_FILE = 64 * 2 ** 30;
const HEAD = 1 << 16;
const MOST_COLUMNS = 2000;
const LONGEST_CELL = 100_000;
const REASONS_KEPT = 1000;

/** @throws UserError for what is not a readable table: it names the cause and the way out. */
export async function readTable(path: string, options: ReadOptions = {}): Promise<Table> {
  const { maxRows = 200_000, maxCharacters = 100e6, signal, onProgress } = options;
  const name = basename(path);
  const { head, size } = await readHead(path, name);
  const sniffed = sniff(head, name);
  const text = await firstText(path, sniffed);
  if (text.trim() === '') throw new UserError(`${name} is empty. Expected a header and at least one row.`);
  const delimiter = findDelimiter(text, name);
  const lines = readLines(path, sniffed, signal);
  const splitter = new RecordSplitter(delimiter);
  const collector = new Collector(name, delimiter, maxRows, maxCharacters);
  for await (const { text, bytes } of lines.chunks) {
    signal?.throwIfAborted();
    collector.add([...splitter.take(text)]);
    onProgress?.(bytes, size);
  }
  collector.add([...splitter.end()]);
  return {
    ...collector.table(),
    encoding: sniffed.encoding,
    delimiter,
    foreignLines: lines.foreign(),
    bytes: size,
  };
}

async function readHead(path: string, name: string): Promise<{ head: Uint8Array; size: number }> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT')
      throw new UserError(`There is no file ${path}. Check the path; quote it if it has spaces.`);
    throw new UserError(`${path} cannot be read (${error.code}). Check its permissions.`);
  });
  if (found.isDirectory()) throw new UserError(`${path} is a directory. Expected a CSV or TSV file.`);
  if (!found.isFile()) throw new UserError(`${path} is not a regular file. Expected a CSV or TSV file.`);
  if (found.size === 0) throw new UserError(`${name} is empty. Expected a header and at least one row.`);
  if (found.size > LARGEST_FILE) throw new UserError(`${name} is larger than 64 GiB. Give a part of it.`);
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${path} cannot be read (${error.code}). Check its permissions.`);
  });
  try {
    const head = new Uint8Array(Math.min(HEAD, found.size));
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    return { head: head.subarray(0, bytesRead), size: found.size };
  } finally {
    await file.close();
  }
}

/** The file's first lines. */
async function firstText(path: string, sniffed: ReturnType<typeof sniff>): Promise<string> {
  for await (const { text } of readLines(path, sniffed).chunks) if (text.trim() !== '') return text;
  return '';
}

/** Takes rows as they are read, checks them against the header, and keeps an even sample of those that fit. */
class Collector {
  readonly #name: string;
  readonly #delimiter: string;
  readonly #maxRows: number;
  readonly #maxCharacters: number;
  /** Fixed: which rows are sampled is a matter of the file alone. */
  readonly #random = new Random('rows sampled');
  #columns: string[] | undefined;
  #rows: { fields: string[]; number: number; ticket: number }[] = [];
  #characters = 0;
  /** Rows whose ticket, uniform in [0, 1), is below this are kept. It halves whenever too much has been kept. */
  #admission = 1;
  #read = 0;
  #setAside: { row: number; line: number; reason: string }[] = [];
  #setAsideCount = 0;

  constructor(name: string, delimiter: string, maxRows: number, maxCharacters: number) {
    this.#name = name;
    this.#delimiter = delimiter;
    this.#maxRows = maxRows;
    this.#maxCharacters = maxCharacters;
  }

  add(records: readonly RecordText[]): void {
    const good = records.filter(({ unclosed }) => !unclosed);
    const parsed = parseRecords(good, this.#delimiter);
    // One at a time where the batch cannot be read, or does not come out as one row a record.
    const together =
      parsed?.length === good.length ? new Map(good.map((record, i) => [record, parsed[i]!])) : undefined;
    for (const record of records) {
      if (record.text.trim() === '') continue;
      const fields = record.unclosed
        ? undefined
        : (together?.get(record) ?? parseRecord(record, this.#delimiter));
      this.#take(fields, record);
    }
  }

  #take(fields: string[] | undefined, { line, unclosed }: RecordText): void {
    if (!this.#columns) {
      if (!fields)
        throw new UserError(`${this.#name}, line ${line}: the header cannot be read. Expected column names.`);
      this.#columns = headerOf(fields, this.#name);
      if (looksLikeHeader(fields)) return;
    }
    this.#read += 1;
    const reason = unclosed
      ? 'a quote is opened and never closed'
      : fields
        ? this.#problem(fields)
        : 'it cannot be read as a row';
    if (reason !== undefined) {
      this.#setAsideCount += 1;
      if (this.#setAside.length < REASONS_KEPT) this.#setAside.push({ row: this.#read, line, reason });
      return;
    }
    const ticket = this.#random.uniform();
    if (ticket >= this.#admission) return;
    const row = fields!.slice(0, this.#columns.length);
    this.#rows.push({ fields: row, number: this.#read, ticket });
    this.#characters += lengthOf(row);
    while (
      this.#rows.length > this.#maxRows ||
      (this.#characters > this.#maxCharacters && this.#rows.length > 1)
    ) {
      this.#admission /= 2;
      this.#rows = this.#rows.filter(({ ticket }) => ticket < this.#admission);
      this.#characters = this.#rows.reduce((sum, { fields }) => sum + lengthOf(fields), 0);
    }
  }

  #problem(fields: readonly string[]): string | undefined {
    const expected = this.#columns!.length;
    const surplus = fields.slice(expected).some((field) => field !== '');
    if (fields.length < expected || surplus)
      return `it has ${fields.length} ${fields.length === 1 ? 'column' : 'columns'}; expected ${expected}`;
    if (fields.some((field) => field.includes('\uFFFD')))
      return 'it holds bytes that are text in neither UTF-8 nor GB18030';
    if (fields.some((field) => field.length > LONGEST_CELL)) {
      return `a cell is longer than ${LONGEST_CELL.toLocaleString('en')} characters`;
    }
    return undefined;
  }

  table() {
    if (!this.#columns || this.#read === 0) {
      throw new UserError(`${this.#name} has a header and no rows. Expected at least one row under it.`);
    }
    const [first] = this.#setAside;
    if (this.#rows.length === 0 && first) {
      throw new UserError(
        `None of the ${this.#read} rows of ${this.#name} can be used; line ${first.line}: ${first.reason}.`,
      );
    }
    return {
      columns: this.#columns,
      rows: this.#rows.map(({ fields }) => fields),
      numbers: this.#rows.map(({ number }) => number),
      rowsRead: this.#read,
      sampled: this.#admission < 1,
      setAside: { count: this.#setAsideCount, rows: this.#setAside },
    };
  }
}

const lengthOf = (fields: readonly string[]): number => fields.reduce((sum, field) => sum + field.length, 0);

/** Column names are short, no sentences, and not numbers or dates; or they are plain identifiers, some left empty. */
function looksLikeHeader(fields: readonly string[]): boolean {
  const names = fields.map((field) => field.trim());
  const isName = (name: string) =>
    name.length <= 60 && !/^[\p{N}.,:/ -]*$/u.test(name) && !/[!?，。！？\uFFFD]|[.,] /u.test(name);
  return (
    names.every(isName) ||
    (names.some(Boolean) && names.every((name) => name === '' || /^[a-z_][\w ]{0,40}$/i.test(name)))
  );
}

function headerOf(fields: readonly string[], name: string): string[] {
  if (fields.length > MOST_COLUMNS) {
    throw new UserError(
      `${name} has ${fields.length} columns; expected at most ${MOST_COLUMNS}. Is the delimiter right?`,
    );
  }
  const named = looksLikeHeader(fields);
  const taken = new Set<string>();
  return fields.map((field, i) => {
    const wish = named && field.trim() !== '' ? field.trim() : `column ${i + 1}`;
    let column = wish;
    for (let n = 2; taken.has(column); n++) column = `${wish} (${n})`;
    taken.add(column);
    return column;
  });
}
