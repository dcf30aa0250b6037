/**
 * CSV, TSV and their like, and files of one text a line: encoding, dialect and header are detected, and a row that
 * does not fit is set aside alone.
 */
import { type Localized, UserError } from '@gradus/base';
import { type Dialect, fieldsOf } from './fields.ts';
import type { InputFile } from './file.ts';
import { saysTotals, withoutFooter } from './footer.ts';
import { checkColumnCount, otherWidth } from './header.ts';
import type { Kind } from './header-evidence.ts';
import { findLayout, type Layout } from './layout.ts';
import { readLines } from './lines.ts';
import { RecordSplitter, type RecordText } from './records.ts';
import { lacksEmptyCells } from './short-rows.ts';
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
  const layout = findLayout(text, name);
  const { dialect, names } = layout;
  const columns = firstColumns ? names.slice(0, MOST_COLUMNS) : names;
  checkColumnCount(columns.length, name, { en: 'Is the delimiter right?', zh: '分隔符是否正确？' });
  const bytes = file.open(signal);
  const lines = readLines(bytes.chunks, sniffed, dialect.ends);
  async function* batches(): AsyncGenerator<Batch> {
    const splitter = new RecordSplitter(dialect);
    const rows = new RowReader(layout, columns.length);
    for await (const text of lines.chunks)
      yield { rows: rows.take([...splitter.take(text)]), done: bytes.read() };
    yield { rows: [...rows.take([...splitter.end()]), ...rows.end()], done: bytes.read() };
  }
  return {
    format: 'csv',
    name,
    columns,
    total: file.size,
    get encoding() {
      return lines.encoding();
    },
    dialect,
    kinds: layout.kinds,
    batches: batches(),
    encodingDoubt: lines.doubt,
    foreignLines: lines.foreign,
    linesAbove: () => layout.linesAbove,
    columnsLeftOut: () => names.length - columns.length,
  };
}

/** Characters that show how a file is written. */
const ENOUGH = 1 << 16;

/** The file's first lines. */
async function firstText(file: InputFile, sniffed: Sniffed): Promise<string> {
  // Where there is no LF, lines may end with CR.
  const ends = file.head.includes(0x0a) ? 'lf' : 'any';
  let text = '';
  for await (const more of readLines(file.open().chunks, sniffed, ends).chunks) {
    text += more;
    if (text.length > ENOUGH && text.trim() !== '') break;
  }
  return text;
}

/** Why a line is no row. */
export const UNREAD_ROW = {
  unclosed: { en: 'a quote is opened and never closed', zh: '引号未闭合' },
  unreadable: { en: 'it cannot be read as a row', zh: '无法作为一行读取' },
  encoding: {
    en: 'it holds bytes that are text neither in the encoding of the file nor in another that is known',
    zh: '含有无法按文件的编码或其他已知编码读取的字节',
  },
} as const satisfies Record<string, Localized>;

/** Rows at the end that may stand below the table. */
const HELD = 8;

/** Makes rows of records; the last ones are held back until it is known what they are. */
class RowReader {
  readonly #dialect: Dialect;
  readonly #kinds: readonly (Kind | undefined)[];
  readonly #lastLine: number;
  readonly #width: number;
  readonly #columns: number;
  #held: SourceRow[] = [];
  #totals = 0;
  /** How many fields the row before had, where it was short. */
  #short = 0;

  /** @param columns that are kept, of those that the layout has */
  constructor({ dialect, kinds, lastLine, names }: Layout, columns: number) {
    this.#dialect = dialect;
    this.#kinds = kinds;
    this.#lastLine = lastLine;
    this.#width = names.length;
    this.#columns = columns;
  }

  take(records: readonly RecordText[]): SourceRow[] {
    const rows = this.#held;
    for (const record of records) if (record.line > this.#lastLine) this.#add(record, rows);
    this.#held = rows.slice(-HELD);
    return rows.slice(0, -HELD);
  }

  end(): SourceRow[] {
    return withoutFooter(this.#held, this.#kinds, this.#totals);
  }

  #add({ line, text, unclosed }: RecordText, rows: SourceRow[]): void {
    if (text.trim() === '') return;
    const fields = unclosed ? [] : fieldsOf(text, this.#dialect);
    const reason = unclosed ? UNREAD_ROW.unclosed : this.#problem(fields, text);
    const isShort = reason === undefined && fields.length < this.#width;
    if (reason !== undefined && this.#short > 0 && this.#short + fields.length - 1 === this.#width) {
      // A line end within a text that has no quotes: both halves are a row that cannot be told.
      const { line, text } = rows.at(-1)!;
      rows[rows.length - 1] = { fields: [], line, reason: otherWidth(this.#short, this.#width), text: text! };
    }
    this.#short = isShort ? fields.length : 0;
    if (reason === undefined && saysTotals(fields[0]! || (fields[1] ?? ''))) this.#totals += 1;
    rows.push(
      reason !== undefined
        ? { fields: [], line, reason, text }
        : {
            fields: this.#fitted(fields),
            line,
            ...(isShort && { text }),
          },
    );
  }

  #problem(fields: readonly string[], text: string): Localized | undefined {
    if (fields.length !== this.#width) {
      const surplus = fields.slice(this.#width).some((field) => field !== '');
      if (surplus || (fields.length < this.#width && !lacksEmptyCells(fields, this.#kinds)))
        return otherWidth(fields.length, this.#width);
    }
    return text.includes('\uFFFD') ? UNREAD_ROW.encoding : undefined;
  }

  #fitted(fields: readonly string[]): readonly string[] {
    return fields.length > this.#columns ? fields.slice(0, this.#columns) : fields;
  }
}
