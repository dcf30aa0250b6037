/**
 * Excel workbooks (.xlsx; ECMA-376, part 1, chapter 18): one sheet, streamed. Formulas are never evaluated: what Excel saved as their
 * result is taken, and a row with a formula that has none is set aside. Dates are numbers there, recognized by their cell's
 * number format; they become ISO 8601.
 */
import { posix } from 'node:path';
import { type Localized, UserError } from '@gradus/base';
import type { InputFile } from './file.ts';
import { headerOf, looksLikeHeader, otherWidth } from './header.ts';
import { type Batch, MOST_COLUMNS, type Source, type SourceOptions, type SourceRow } from './source.ts';
import { parseXml, type XmlHandlers } from './xml.ts';
import { openZip, type Zip } from './zip.ts';

/** Bytes that parts may unpack to: those held in memory, and a sheet, which streams. */
const LARGEST_PART = 256 * 2 ** 20;
const LARGEST_SHEET = 16 * 2 ** 30;

/** @throws UserError for what is no workbook, is damaged or swells, and where the sheet is not there */
export async function readExcel(file: InputFile, { part, signal }: SourceOptions): Promise<Source> {
  const { name } = file;
  const zip = await openZip(file.path, name);
  try {
    const book = await workbook(zip, name);
    const sheet = chosenSheet(book.sheets, part, name);
    const columns: string[] = [];
    return {
      format: 'xlsx',
      name,
      columns,
      total: file.size,
      part: {
        name: sheet.name,
        others: book.sheets.filter((other) => other !== sheet).map(({ name }) => name),
      },
      batches: sheetBatches(zip, book, sheet.part, columns, file, signal),
      close: async () => zip[Symbol.asyncDispose](),
    };
  } catch (error) {
    await zip[Symbol.asyncDispose]();
    throw error;
  }
}

interface Sheet {
  readonly name: string;
  readonly part: string;
  readonly hidden: boolean;
}

interface Workbook {
  readonly sheets: readonly Sheet[];
  /** Days are counted from 1904 instead of 1900. */
  readonly from1904: boolean;
  readonly stylesPart: string | undefined;
  readonly stringsPart: string | undefined;
}

async function workbook(zip: Zip, name: string): Promise<Workbook> {
  const part =
    [...(await relations(zip, '', name)).values()].find(({ type }) => type.endsWith('/officeDocument'))
      ?.part ?? 'xl/workbook.xml';
  if (!zip.names.includes(part)) {
    throw new UserError({
      en: `${name} is a zip archive, not an Excel workbook. Unpack it, or save the sheet as .xlsx or CSV.`,
      zh: `${name} 是 zip 压缩包，不是 Excel 工作簿。请解压，或将工作表另存为 .xlsx 或 CSV。`,
    });
  }
  const related = await relations(zip, part, name);
  const byType = (end: string) => [...related.values()].find(({ type }) => type.endsWith(end))?.part;
  const sheets: Sheet[] = [];
  let from1904 = false;
  await parsed(zip, part, name, {
    open(tag, attributes) {
      if (tag === 'workbookPr') from1904 = /^(?:1|true)$/.test(attributes.date1904 ?? '');
      if (tag !== 'sheet') return;
      const id = Object.entries(attributes).find(([key]) => /:id$/.test(key))?.[1];
      const target = related.get(id ?? '');
      // Charts have sheets of their own, without cells.
      if (target?.type.endsWith('/worksheet')) {
        const hidden = (attributes.state ?? 'visible') !== 'visible';
        sheets.push({ name: attributes.name ?? '', part: target.part, hidden });
      }
    },
  });
  return { sheets, from1904, stylesPart: byType('/styles'), stringsPart: byType('/sharedStrings') };
}

/** What a part refers to, by id. */
async function relations(
  zip: Zip,
  part: string,
  name: string,
): Promise<Map<string, { type: string; part: string }>> {
  const folder = posix.dirname(part);
  const file = posix.join(folder, '_rels', `${posix.basename(part)}.rels`);
  const related = new Map<string, { type: string; part: string }>();
  if (!zip.names.includes(file)) return related;
  await parsed(zip, file, name, {
    open(tag, { Id = '', Type = '', Target = '' }) {
      if (tag === 'Relationship')
        related.set(Id, {
          type: Type,
          part: Target.startsWith('/') ? Target.slice(1) : posix.join(folder, Target),
        });
    },
  });
  return related;
}

function chosenSheet(sheets: readonly Sheet[], wish: string | undefined, name: string): Sheet {
  const sheet =
    wish === undefined
      ? (sheets.find(({ hidden }) => !hidden) ?? sheets[0])
      : sheets.find((sheet) => sheet.name === wish);
  if (sheet) return sheet;
  if (sheets.length === 0)
    throw new UserError({ en: `${name} has no sheet of cells.`, zh: `${name} 没有含单元格的工作表。` });
  throw new UserError({
    en: `${name} has no sheet "${wish}". Its sheets are ${sheets.map((sheet) => `"${sheet.name}"`).join(', ')}.`,
    zh: `${name} 没有工作表“${wish}”。已有的工作表：${sheets.map((sheet) => `“${sheet.name}”`).join('、')}。`,
  });
}

async function* sheetBatches(
  zip: Zip,
  book: Workbook,
  part: string,
  columns: string[],
  { name, size }: InputFile,
  signal: AbortSignal | undefined,
): AsyncGenerator<Batch> {
  await using _ = zip;
  const strings = book.stringsPart === undefined ? [] : await sharedStrings(zip, book.stringsPart, name);
  signal?.throwIfAborted();
  const kinds = book.stylesPart === undefined ? [] : await dateStyles(zip, book.stylesPart, name);
  let ready: SourceRow[] = [];
  const take = (row: ReadRow) => {
    const filled = row.fields.findLastIndex((field) => field !== '') + 1;
    if (filled === 0 && row.reason === undefined && row.beyond === 0) return;
    if (columns.length === 0) {
      columns.push(...headerOf(row.fields.slice(0, filled), name));
      if (row.beyond > 0)
        throw new UserError({
          en: `${name} has more than ${MOST_COLUMNS} columns in its header.`,
          zh: `${name} 的表头超过 ${MOST_COLUMNS} 列。`,
        });
      if (looksLikeHeader(row.fields.slice(0, filled))) return;
    }
    const width = Math.max(filled, row.beyond);
    const reason = row.reason ?? (width > columns.length ? otherWidth(width, columns.length) : undefined);
    const fields = Array.from({ length: columns.length }, (_, i) => row.fields[i] ?? '');
    ready.push({ fields, line: row.line, ...(reason !== undefined && { reason }) });
  };
  const handlers = new SheetReader(strings, kinds, book.from1904, take);
  let bytes = 0;
  async function* counted() {
    for await (const chunk of zip.open(part, LARGEST_SHEET)) {
      bytes += chunk.length;
      yield chunk;
    }
  }
  for await (const _ of parseXml(counted(), handlers, name)) {
    const rows = ready;
    ready = [];
    yield { rows, done: Math.round((size * bytes) / Math.max(1, zip.size(part))) };
  }
}

interface ReadRow {
  readonly line: number;
  readonly fields: readonly string[];
  /** The number of the last filled column that is beyond what a table may have; 0: none. */
  readonly beyond: number;
  readonly reason?: Localized;
}

/** The cells of `sheetData`, row by row. */
class SheetReader implements XmlHandlers {
  readonly #strings: readonly string[];
  readonly #dates: readonly boolean[];
  readonly #from1904: boolean;
  readonly #take: (row: ReadRow) => void;
  #line = 0;
  #column = 0;
  #fields: string[] = [];
  #beyond = 0;
  #reason: Localized | undefined;
  #type = '';
  #style = 0;
  #formula = false;
  #value: string | undefined;
  #inline = '';
  #phonetic = false;

  constructor(
    strings: readonly string[],
    dates: readonly boolean[],
    from1904: boolean,
    take: (row: ReadRow) => void,
  ) {
    this.#strings = strings;
    this.#dates = dates;
    this.#from1904 = from1904;
    this.#take = take;
  }

  open(tag: string, attributes: Readonly<Record<string, string>>): void {
    if (tag === 'row') {
      this.#line = Number(attributes.r ?? this.#line + 1);
      this.#column = 0;
      this.#fields = [];
      this.#beyond = 0;
      this.#reason = undefined;
    } else if (tag === 'c') {
      this.#column = columnNumber(attributes.r) ?? this.#column + 1;
      this.#type = attributes.t ?? 'n';
      this.#style = Number(attributes.s ?? 0);
      this.#formula = false;
      this.#value = undefined;
      this.#inline = '';
    } else if (tag === 'f') this.#formula = true;
    else if (tag === 'rPh') this.#phonetic = true;
  }

  close(tag: string, text: string): void {
    if (tag === 'v') this.#value = text;
    else if (tag === 't' && !this.#phonetic) this.#inline += text;
    else if (tag === 'rPh') this.#phonetic = false;
    else if (tag === 'c') this.#cell();
    else if (tag === 'row') {
      const reason = this.#reason;
      this.#take({
        line: this.#line,
        fields: Array.from(this.#fields, (field) => field ?? ''),
        beyond: this.#beyond,
        ...(reason !== undefined && { reason }),
      });
    }
  }

  #cell(): void {
    // An empty text is a result, and says that it is one.
    const saved = this.#value !== undefined && (this.#value !== '' || this.#type === 'str');
    if (this.#formula && !saved && this.#inline === '')
      this.#reason = {
        en: `its column ${this.#column} is a formula without a saved result; open the file in Excel and save it`,
        zh: `第 ${this.#column} 列是没有保存结果的公式；请用 Excel 打开并保存该文件`,
      };
    const text = this.#text();
    if (text === '') return;
    if (this.#column > MOST_COLUMNS) this.#beyond = Math.max(this.#beyond, this.#column);
    else this.#fields[this.#column - 1] = text;
  }

  #text(): string {
    const value = this.#value;
    if (this.#type === 'inlineStr') return unescaped(this.#inline);
    if (value === undefined || value === '') return '';
    if (this.#type === 's') {
      const text = this.#strings[Number(value)];
      if (text === undefined)
        this.#reason = {
          en: `its column ${this.#column} names a text that the workbook lacks`,
          zh: `第 ${this.#column} 列引用的文本在工作簿中不存在`,
        };
      return text ?? '';
    }
    if (this.#type === 'b') return value === '1' ? 'true' : 'false';
    if (this.#type === 'str') return unescaped(value);
    // Errors such as #N/A stay as Excel shows them; "d" is ISO 8601 already.
    if (this.#type === 'e' || this.#type === 'd') return value;
    const number = Number(value);
    if (Number.isNaN(number)) return value;
    if (this.#dates[this.#style]) return dateText(number, this.#from1904) ?? value;
    // Excel keeps 15 digits of a fraction; what is beyond is noise of binary: 0.30000000000000004.
    return Number.isInteger(number) ? plainInteger(number, value) : String(Number(number.toPrecision(15)));
  }
}

/** Numbers of 1e21 and more stay as they are written. */
const plainInteger = (number: number, written: string): string =>
  Number.isSafeInteger(number) ? String(number) : /^\d+$/.test(written) ? written : String(BigInt(number));

/** `C` of `C7` is 3. */
function columnNumber(reference: string | undefined): number | undefined {
  const letters = /^[A-Z]{1,3}/.exec(reference ?? '')?.[0];
  if (!letters) return undefined;
  return [...letters].reduce((number, letter) => 26 * number + letter.charCodeAt(0) - 64, 0);
}

/** @param days Since 1900 or 1904, with the time of day as their fraction. */
function dateText(days: number, from1904: boolean): string | undefined {
  const milliseconds = Math.round(days * 86_400) * 1000;
  if (days < 0 || days > 2_958_466) return undefined;
  if (days < 1 && !from1904) return new Date(milliseconds).toISOString().slice(11, 19);
  // Excel believes that 1900 had a 29 February: before March its days are one further along.
  const shift = from1904 ? 1462 : days < 60 ? 1 : 0;
  const date = new Date(milliseconds + (shift - 25_569) * 86_400_000).toISOString();
  return Number.isInteger(days) ? date.slice(0, 10) : date.slice(0, 19);
}

async function sharedStrings(zip: Zip, part: string, name: string): Promise<string[]> {
  const strings: string[] = [];
  let text = '';
  let phonetic = false;
  await parsed(zip, part, name, {
    open(tag) {
      if (tag === 'si') text = '';
      else if (tag === 'rPh') phonetic = true;
    },
    close(tag, own) {
      if (tag === 't' && !phonetic) text += own;
      else if (tag === 'rPh') phonetic = false;
      else if (tag === 'si') strings.push(unescaped(text));
    },
  });
  return strings;
}

/** Of each cell style, whether it shows numbers as dates or times. */
async function dateStyles(zip: Zip, part: string, name: string): Promise<boolean[]> {
  const codes = new Map<number, string>();
  const formats: number[] = [];
  let inCells = false;
  await parsed(zip, part, name, {
    open(tag, attributes) {
      if (tag === 'numFmt') codes.set(Number(attributes.numFmtId), attributes.formatCode ?? '');
      else if (tag === 'cellXfs') inCells = true;
      else if (tag === 'xf' && inCells) formats.push(Number(attributes.numFmtId ?? 0));
    },
    close(tag) {
      if (tag === 'cellXfs') inCells = false;
    },
  });
  return formats.map((id) => {
    const code = codes.get(id);
    return code === undefined ? BUILT_IN_DATES.some(([from, to]) => id >= from && id <= to) : showsDate(code);
  });
}

/** Number formats without a code of their own that show dates (18.8.30), those of Chinese and Japanese included. */
const BUILT_IN_DATES = [
  [14, 22],
  [27, 36],
  [45, 47],
  [50, 58],
] as const;

/** Letters of dates and times, outside quoted text, escapes, colours and locales. */
const showsDate = (code: string): boolean =>
  /[ymdhs]/i.test(code.replace(/"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|general/gi, ''));

/** `_x000D_` is how the format writes a carriage return. */
const unescaped = (text: string): string =>
  text.replace(/_x([\dA-F]{4})_/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

async function parsed(zip: Zip, part: string, name: string, handlers: XmlHandlers): Promise<void> {
  for await (const _ of parseXml(zip.open(part, LARGEST_PART), handlers, name));
}
