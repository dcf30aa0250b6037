/**
 * CSV, TSV and their like, and files of one text a line: encoding, delimiter and header are detected, and a row that
 * does not fit is set aside alone.
 */
import { type Localized, UserError } from '@gradus/base';
import { findDelimiter, parseRecord, parseRecords } from './delimiter.ts';
import type { InputFile } from './file.ts';
import { headerOf, looksLikeHeader, otherWidth } from './header.ts';
import { readLines } from './lines.ts';
import { RecordSplitter, type RecordText } from './records.ts';
import { type Sniffed, sniff } from './sniff.ts';
import { type Batch, MOST_COLUMNS, type Source, type SourceOptions, type SourceRow } from './source.ts';

/** @throws UserError for what is not a table of text: it names the cause and the way out */
export async function readCsv(file: InputFile, { signal, firstColumns }: SourceOptions): Promise<Source> {
  const { name } = file;
  const sniffed = sniff(file.head, name);
  const text = await firstText(file, sniffed);
  if (text.trim() === '')
    throw new UserError({
      en: `${name} is empty. Expected a header and at least one row.`,
      zh: `${name} 是空文件。应有表头和至少一行数据。`,
    });
  const delimiter = findDelimiter(text, name);
  const bytes = file.open(signal);
  const lines = readLines(bytes.chunks, sniffed);
  const columns: string[] = [];
  const width: Width = { read: firstColumns ? MOST_COLUMNS : Number.POSITIVE_INFINITY, inFile: 0 };
  async function* batches(): AsyncGenerator<Batch> {
    const splitter = new RecordSplitter(delimiter);
    for await (const text of lines.chunks)
      yield { rows: rowsOf([...splitter.take(text)], columns, delimiter, name, width), done: bytes.read() };
    yield { rows: rowsOf([...splitter.end()], columns, delimiter, name, width), done: bytes.read() };
  }
  return {
    format: 'csv',
    name,
    columns,
    total: file.size,
    encoding: sniffed.encoding,
    delimiter,
    batches: batches(),
    foreignLines: lines.foreign,
    columnsLeftOut: () => Math.max(0, width.inFile - columns.length),
  };
}

const CHECK_DELIMITER = { en: 'Is the delimiter right?', zh: '分隔符是否正确？' };

/** The file's first lines. */
async function firstText(file: InputFile, sniffed: Sniffed): Promise<string> {
  for await (const text of readLines(file.open().chunks, sniffed).chunks) if (text.trim() !== '') return text;
  return '';
}

interface Width {
  /** Columns that are read. */
  readonly read: number;
  /** Columns of the file; 0 before the header. */
  inFile: number;
}

/** @param columns Empty before the header, which fills it. */
function rowsOf(
  records: readonly RecordText[],
  columns: string[],
  delimiter: string,
  name: string,
  width: Width,
): SourceRow[] {
  const good = records.filter(({ unclosed }) => !unclosed);
  const parsed = parseRecords(good, delimiter);
  // One at a time where the batch cannot be read, or does not come out as one row a record.
  const together =
    parsed?.length === good.length ? new Map(good.map((record, i) => [record, parsed[i]!])) : undefined;
  const rows: SourceRow[] = [];
  for (const record of records) {
    const { line, text, unclosed } = record;
    if (text.trim() === '') continue;
    const fields = unclosed ? undefined : (together?.get(record) ?? parseRecord(record, delimiter));
    if (columns.length === 0) {
      if (!fields)
        throw new UserError({
          en: `${name}, line ${line}: the header cannot be read. Expected column names.`,
          zh: `${name} 第 ${line} 行：无法读取表头。应为列名。`,
        });
      width.inFile = fields.length;
      columns.push(...headerOf(fields.slice(0, width.read), name, CHECK_DELIMITER));
      if (looksLikeHeader(fields)) continue;
    }
    const reason = unclosed
      ? UNREAD_ROW.unclosed
      : fields
        ? problem(fields, width.inFile)
        : UNREAD_ROW.unreadable;
    rows.push({
      fields: reason === undefined ? fields!.slice(0, columns.length) : [],
      line,
      ...(reason !== undefined && { reason, text }),
    });
  }
  return rows;
}

/** Why a line is no row. */
export const UNREAD_ROW = {
  unclosed: { en: 'a quote is opened and never closed', zh: '引号未闭合' },
  unreadable: { en: 'it cannot be read as a row', zh: '无法作为一行读取' },
  encoding: {
    en: 'it holds bytes that are text in neither UTF-8 nor GB18030',
    zh: '含有既非 UTF-8 也非 GB18030 文本的字节',
  },
} as const satisfies Record<string, Localized>;

function problem(fields: readonly string[], expected: number): Localized | undefined {
  const surplus = fields.slice(expected).some((field) => field !== '');
  if (fields.length < expected || surplus) return otherWidth(fields.length, expected);
  return fields.some((field) => field.includes('\uFFFD')) ? UNREAD_ROW.encoding : undefined;
}
