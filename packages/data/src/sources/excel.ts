/**
 * Excel workbooks (.xlsx; ECMA-376, part 1, chapter 18): one sheet, streamed. Formulas are never evaluated: what Excel saved as their
 * result is taken, and a row with a formula that has none is set aside. Where no sheet is named, it is the first that is shown; or,
 * where that is a cover, the first table behind it.
 */
import { posix } from 'node:path';
import { UserError } from '@gradus/base';
import { type CellContext, SheetReader, type SheetRow, unescaped } from './excel-cells.ts';
import { type NumberFormat, styleReader } from './excel-formats.ts';
import { isCover, isTable, sheetLayout, TableRows } from './excel-layout.ts';
import { MergedFiller, mergedCells } from './excel-merges.ts';
import type { InputFile } from './file.ts';
import type { Batch, Source, SourceOptions, SourceRow } from './source.ts';
import { parseXml, type XmlHandlers } from './xml.ts';
import { openZip, type Zip } from './zip.ts';

/** Bytes that parts may unpack to: those held in memory, and a sheet, which streams. */
const LARGEST_PART = 256 * 2 ** 20;
const LARGEST_SHEET = 16 * 2 ** 30;

/** Rows that are looked at to find the header; and to tell a cover from a table. */
const LOOKED_AT = 100;
/** Excel itself opens no more. */
const MOST_SHEETS = 10_000;

/** @throws UserError for what is no workbook, is damaged or swells, and where the sheet is not there */
export async function readExcel(file: InputFile, { part, signal }: SourceOptions): Promise<Source> {
  const { name } = file;
  const zip = await openZip(file.path, name);
  try {
    const book = await workbook(zip, name);
    const context = once(() => cellContext(zip, book, name));
    const sheet =
      part === undefined ? await firstTable(zip, book, context, name) : namedSheet(book.sheets, part, name);
    const columns: string[] = [];
    const seen = { linesAbove: 0, mergedFilled: 0 };
    return {
      format: 'xlsx',
      name,
      columns,
      total: file.size,
      part: {
        name: sheet.name,
        // Hidden ones last.
        others: book.sheets
          .filter((other) => other !== sheet)
          .sort((a, b) => Number(a.hidden) - Number(b.hidden))
          .map(({ name }) => name),
      },
      batches: sheetBatches({ zip, sheet, context, columns, seen, file, signal }),
      linesAbove: () => seen.linesAbove,
      mergedFilled: () => seen.mergedFilled,
      close: async () => zip[Symbol.asyncDispose](),
    };
  } catch (error) {
    await zip[Symbol.asyncDispose]();
    throw error;
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
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

/** Tables of other programs that are zip archives too, by a part that only they have. */
const OTHER_BOOKS = [
  { part: 'content.xml', en: 'an OpenDocument file (.ods)', zh: ' OpenDocument 文件（.ods）' },
  { part: 'xl/workbook.bin', en: 'a binary Excel workbook (.xlsb)', zh: '二进制 Excel 工作簿（.xlsb）' },
  { part: 'Index/Document.iwa', en: 'a document of Apple Numbers', zh: ' Apple Numbers 文档' },
  { part: 'word/document.xml', en: 'a Word document', zh: ' Word 文档' },
  { part: 'ppt/presentation.xml', en: 'a PowerPoint file', zh: ' PowerPoint 文件' },
] as const;

async function workbook(zip: Zip, name: string): Promise<Workbook> {
  const part =
    [...(await relations(zip, '', name)).values()].find(({ type }) => type.endsWith('/officeDocument'))
      ?.part ?? 'xl/workbook.xml';
  const other = OTHER_BOOKS.find(
    (book) => book.part === part || (zip.names.includes(book.part) && !zip.names.includes(part)),
  );
  if (other)
    throw new UserError({
      en: `${name} is ${other.en}, not an Excel workbook (.xlsx). Open it there, and save it as .xlsx or CSV.`,
      zh: `${name} 是${other.zh}，不是 Excel 工作簿（.xlsx）。请打开后另存为 .xlsx 或 CSV。`,
    });
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
        if (sheets.length > MOST_SHEETS) throw new Error(`it has over ${MOST_SHEETS} sheets`);
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

/** The sheet that is read where none is named. */
async function firstTable(
  zip: Zip,
  { sheets }: Workbook,
  context: () => Promise<CellContext>,
  name: string,
): Promise<Sheet> {
  const shown = sheets.filter(({ hidden }) => !hidden);
  const first = shown[0] ?? sheets[0];
  if (!first)
    throw new UserError({ en: `${name} has no sheet of cells.`, zh: `${name} 没有含单元格的工作表。` });
  if (shown.length < 2 || !isCover(await firstRows(zip, first, await context(), name))) return first;
  for (const sheet of shown.slice(1, MOST_COVERS))
    if (isTable(await firstRows(zip, sheet, await context(), name))) return sheet;
  return first;
}

/** Sheets that are looked into for the first table. */
const MOST_COVERS = 20;

async function firstRows(zip: Zip, { part }: Sheet, context: CellContext, name: string): Promise<SheetRow[]> {
  const rows: SheetRow[] = [];
  const reader = new SheetReader(context, (row) => rows.push(row));
  for await (const _ of parseXml(zip.open(part, LARGEST_SHEET), reader, name))
    if (rows.length >= LOOKED_AT) break;
  return rows.slice(0, LOOKED_AT);
}

/** By its name; capitals do not matter where no other is called so. */
function namedSheet(sheets: readonly Sheet[], wish: string, name: string): Sheet {
  const alike = sheets.filter((sheet) => sheet.name.trim().toLowerCase() === wish.trim().toLowerCase());
  const sheet = sheets.find((sheet) => sheet.name === wish) ?? (alike.length === 1 ? alike[0] : undefined);
  if (sheet) return sheet;
  throw new UserError({
    en: `${name} has no sheet "${wish}". Its sheets are ${sheets.map((sheet) => `"${sheet.name}"`).join(', ')}.`,
    zh: `${name} 没有工作表“${wish}”。已有的工作表：${sheets.map((sheet) => `“${sheet.name}”`).join('、')}。`,
  });
}

interface SheetSource {
  readonly zip: Zip;
  readonly sheet: Sheet;
  readonly context: () => Promise<CellContext>;
  /** Filled by the first batch. */
  readonly columns: string[];
  readonly seen: { linesAbove: number; mergedFilled: number };
  readonly file: InputFile;
  readonly signal: AbortSignal | undefined;
}

async function* sheetBatches({
  zip,
  sheet: { part },
  context,
  columns,
  seen,
  file: { name, size },
  signal,
}: SheetSource): AsyncGenerator<Batch> {
  await using _ = zip;
  const cells = await context();
  signal?.throwIfAborted();
  const merged = await mergedCells(zip.open(part, LARGEST_SHEET), name);
  signal?.throwIfAborted();
  let first: SheetRow[] = [];
  let table: { rows: TableRows; filler: MergedFiller } | undefined;
  let ready: SourceRow[] = [];
  const take = (row: SheetRow) => {
    if (!table) {
      first.push(row);
      if (first.length >= LOOKED_AT) begin();
    } else ready.push(...table.rows.take(table.filler.fill(row)));
  };
  const begin = () => {
    const layout = sheetLayout(first, merged, name);
    const behind = first.slice(layout.skip);
    first = [];
    columns.push(...layout.names);
    seen.linesAbove = layout.linesAbove;
    table = { rows: new TableRows(layout, merged), filler: new MergedFiller(merged, layout.dataFrom) };
    for (const row of behind) take(row);
  };
  let bytes = 0;
  async function* counted() {
    for await (const chunk of zip.open(part, LARGEST_SHEET)) {
      bytes += chunk.length;
      yield chunk;
    }
  }
  const done = () => Math.round((size * bytes) / Math.max(1, zip.size(part)));
  for await (const _ of parseXml(counted(), new SheetReader(cells, take), name)) {
    if (!table) continue;
    const rows = ready;
    ready = [];
    yield { rows, done: done() };
  }
  if (first.length > 0) begin();
  ready.push(...(table?.rows.end() ?? []));
  seen.mergedFilled = table?.filler.filled ?? 0;
  yield { rows: ready, done: done() };
}

async function cellContext(
  zip: Zip,
  { stringsPart, stylesPart, from1904 }: Workbook,
  name: string,
): Promise<CellContext> {
  const strings = stringsPart === undefined ? [] : await sharedStrings(zip, stringsPart, name);
  let formats: readonly NumberFormat[] = [];
  if (stylesPart !== undefined) {
    const reader = styleReader();
    await parsed(zip, stylesPart, name, reader.handlers);
    formats = reader.formats();
  }
  return { strings, formats, from1904 };
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

async function parsed(zip: Zip, part: string, name: string, handlers: XmlHandlers): Promise<void> {
  for await (const _ of parseXml(zip.open(part, LARGEST_PART), handlers, name));
}
