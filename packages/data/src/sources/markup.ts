/**
 * Tables in markup, which shops and ERP systems name .xls: a page of HTML with its largest table, and SpreadsheetML 2003, the XML of
 * Excel before .xlsx (https://learn.microsoft.com/previous-versions/office/developer/office-xp/aa140066(v=office.10)).
 */
import { UserError } from '@gradus/base';
import type { Encoding } from '../table/table.ts';
import { decodeLoosely } from './encodings.ts';
import type { InputFile } from './file.ts';
import { checkColumnCount, findHeader, otherWidth } from './header.ts';
import { type Sniffed, sniff } from './sniff.ts';
import type { Source, SourceOptions, SourceRow } from './source.ts';
import { parseXml } from './xml.ts';

/** What the first characters of such a file are. */
export const BEGINS_MARKUP =
  /^\s*(?:<!doctype html|<html[\s>]|<table[\s>]|(?:<!--|<meta\s|<head[\s>]|<style[\s>]|<body[\s>]|<div[\s>])[\s\S]{0,4000}<table[\s>]|<\?xml[\s\S]{0,2000}<(?:[\w]+:)?Workbook[\s>])/i;
/** A page and what belongs to it in one file: "Web archive". */
const BEGINS_ARCHIVE = /^(?:mime-version:|content-type:\s*multipart\/related)/i;

/** Bytes that are held in memory. */
const LARGEST = 128 * 2 ** 20;

/** @throws UserError for a web archive: it names the way out */
export function refuseArchive(start: string, name: string): void {
  if (BEGINS_ARCHIVE.test(start))
    throw new UserError({
      en: `${name} is a web archive (MHTML), whatever its name says. Open it in Excel and save it as .xlsx or CSV (UTF-8).`,
      zh: `${name} 实际是网页存档（MHTML）。请用 Excel 打开，并另存为 .xlsx 或 CSV（UTF-8）。`,
    });
}

/** @throws UserError for a file that holds no table, or is too large */
export async function readMarkup(file: InputFile, { signal }: SourceOptions): Promise<Source> {
  const { name } = file;
  const sniffed = sniff(file.head, name);
  const encoding = declaredEncoding(file.head, sniffed);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of file.open(signal).chunks) {
    length += chunk.length;
    if (length > LARGEST)
      throw new UserError({
        en: `${name} is a page of markup of over ${LARGEST / 2 ** 20} MiB. Open it in Excel and save it as .xlsx or CSV (UTF-8).`,
        zh: `${name} 是超过 ${LARGEST / 2 ** 20} MiB 的网页。请用 Excel 打开，并另存为 .xlsx 或 CSV（UTF-8）。`,
      });
    chunks.push(chunk);
  }
  const text = decodeLoosely(Buffer.concat(chunks).subarray(sniffed.skip), encoding);
  const table = /<\?xml/i.test(text.slice(0, 200)) ? await sheetOf(text, name) : largestTable(text);
  if (table.length === 0)
    throw new UserError({
      en: `${name} is a page of markup (HTML or XML) without a table. Export the data as CSV (UTF-8) or .xlsx.`,
      zh: `${name} 是不含表格的网页（HTML 或 XML）。请将数据导出为 CSV（UTF-8）或 .xlsx。`,
    });
  const { above, rows, names } = findHeader(table.slice(0, 100));
  checkColumnCount(names.length, name);
  const data = table.slice(above + rows).flatMap((cells, i): SourceRow[] => {
    if (!cells.some(Boolean)) return [];
    const line = above + rows + i + 1;
    const surplus = cells.slice(names.length).some(Boolean);
    return [
      surplus
        ? { fields: [], line, reason: otherWidth(cells.length, names.length), text: cells.join('\t') }
        : { fields: cells.slice(0, names.length), line },
    ];
  });
  return {
    format: 'html',
    name,
    columns: names,
    total: file.size,
    encoding,
    batches: (async function* () {
      yield { rows: data, done: file.size };
    })(),
    linesAbove: () => table.slice(0, above).filter((cells) => cells.some(Boolean)).length,
  };
}

/** As the page says, where its bytes do not show that it is UTF-8 or UTF-16. */
function declaredEncoding(head: Uint8Array, { encoding, skip, isAscii }: Sniffed): Encoding {
  if (skip > 0 || encoding.startsWith('utf-16') || (encoding === 'utf-8' && !isAscii)) return encoding;
  const start = Buffer.from(head).toString('latin1');
  const label = /(?:charset|encoding)\s*=\s*["']?([\w-]+)/i.exec(start)?.[1];
  try {
    const said = new TextDecoder(label ?? encoding).encoding;
    return (said === 'gbk' ? 'gb18030' : said) as Encoding;
  } catch {
    return encoding;
  }
}

type Rows = string[][];

interface Token {
  /** In small letters; undefined of text. */
  readonly tag?: string;
  readonly closes?: boolean;
  /** Attributes of a tag, or the text. */
  readonly text: string;
}

/** Tags and text, in time that grows with the length, whatever is left open. Comments, scripts and styles are left out. */
function* tokensOf(html: string): Generator<Token> {
  const past = (mark: string, from: number) => {
    const at = html.indexOf(mark, from);
    return at < 0 ? html.length : at + mark.length;
  };
  for (let at = 0; at < html.length; ) {
    if (html[at] !== '<') {
      const end = html.indexOf('<', at);
      yield { text: html.slice(at, end < 0 ? html.length : end) };
      at = end < 0 ? html.length : end;
    } else if (html.startsWith('<!', at)) at = html.startsWith('<!--', at) ? past('-->', at) : past('>', at);
    else {
      const [start, slash, name = ''] = /^<(\/?)([a-z][\w:]{0,40})/i.exec(html.slice(at, at + 50)) ?? [];
      const end = start === undefined ? undefined : tagEnd(html, at + start.length);
      if (end === undefined) {
        yield { text: '<' };
        at += 1;
        continue;
      }
      const tag = name.toLowerCase();
      if (!slash && SKIPPED.has(tag)) {
        at = past('>', past(`</${name}`, end));
        continue;
      }
      yield { tag, closes: slash === '/', text: html.slice(at + start!.length, end) };
      at = end + 1;
    }
  }
}
const SKIPPED: ReadonlySet<string> = new Set(['script', 'style', 'title']);
const LONGEST_TAG = 10_000;

/** Where a tag's > stands; undefined where another tag begins first. */
function tagEnd(html: string, from: number): number | undefined {
  for (let at = from; at < html.length && at < from + LONGEST_TAG; at++) {
    const character = html[at];
    if (character === '>') return at;
    if (character === '<') return undefined;
    if (character !== '"' && character !== "'") continue;
    const close = html.slice(at + 1, from + LONGEST_TAG).indexOf(character);
    if (close >= 0) at += close + 1;
  }
  return undefined;
}

/** The cells of the table that has most of them. Tables in cells are tables of their own. */
function largestTable(html: string): Rows {
  const done: Rows[] = [];
  const open: { rows: Rows; cell: string | undefined; span: number }[] = [];
  const endCell = () => {
    const table = open.at(-1);
    if (table?.cell === undefined) return;
    const row = table.rows.at(-1) ?? [];
    if (table.rows.length === 0) table.rows.push(row);
    if (row.length <= MOST_SPAN)
      row.push(cellTextOf(table.cell), ...new Array<string>(table.span - 1).fill(''));
    table.cell = undefined;
  };
  for (const { tag: name, closes, text } of tokensOf(html)) {
    const table = open.at(-1);
    if (name === 'table' && !closes) open.push({ rows: [], cell: undefined, span: 1 });
    else if (!table) continue;
    else if (name === 'table') {
      endCell();
      done.push(open.pop()!.rows);
    } else if (name === 'tr') {
      endCell();
      if (!closes) table.rows.push([]);
    } else if (name === 'td' || name === 'th') {
      endCell();
      if (closes) continue;
      table.cell = '';
      const span = Number(/\bcolspan\s*=\s*["']?(\d{1,4})/i.exec(text)?.[1] ?? 1);
      table.span = Math.max(1, Math.min(span, MOST_SPAN));
    } else if (table.cell !== undefined) {
      if (name === 'br' || name === 'p' || name === 'div') table.cell += '\n';
      else if (name === undefined) table.cell += text.replace(/\s+/g, ' ');
    }
  }
  while (open.length > 0) {
    endCell();
    done.push(open.pop()!.rows);
  }
  const size = (rows: Rows) => rows.reduce((sum, row) => sum + row.length, 0);
  return done.reduce<Rows>((best, rows) => (size(rows) > size(best) ? rows : best), []).map(trimmed);
}
const MOST_SPAN = 2000;

function trimmed(cells: string[]): string[] {
  return cells.slice(0, cells.findLastIndex(Boolean) + 1);
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

const cellTextOf = (html: string): string =>
  html
    .replace(
      /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w+));?/gi,
      (whole, decimal?: string, hex?: string, name?: string) => {
        if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole;
        const code = decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal);
        return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
      },
    )
    .replaceAll('\u00a0', ' ')
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
    .trim();

/** The first worksheet that has cells. */
async function sheetOf(xml: string, name: string): Promise<Rows> {
  const sheets: Rows[] = [];
  let row: string[] = [];
  let at = 0;
  const handlers = {
    open(tag: string, attributes: Readonly<Record<string, string>>) {
      const index = Number(attributes['ss:Index'] ?? attributes.Index ?? 0);
      if (tag === 'Worksheet') sheets.push([]);
      else if (tag === 'Row') row = [];
      else if (tag === 'Cell') {
        at = index > 0 ? Math.min(index, MOST_SPAN) - 1 : row.length;
        while (row.length < at) row.push('');
        row[at] = '';
        const across = Number(attributes['ss:MergeAcross'] ?? 0);
        for (let i = 0; i < Math.min(across, MOST_SPAN); i++) row.push('');
      }
    },
    close(tag: string, text: string) {
      if (tag === 'Data') row[at] = text.trim();
      else if (tag === 'Row') sheets.at(-1)?.push(trimmed(row));
    },
  };
  async function* bytes() {
    // It is decoded already, whatever it says.
    yield Buffer.from(xml.replace(/^\uFEFF?\s*<\?xml[^>]*\?>/, ''));
  }
  for await (const _ of parseXml(bytes(), handlers, name));
  return sheets.find((rows) => rows.some((cells) => cells.some(Boolean))) ?? [];
}
