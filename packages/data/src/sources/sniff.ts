/**
 * The kind of a file by its first bytes: text in some encoding, or something that is no table of text.
 */
import { type Localized, UserError } from '@gradus/base';
import type { Encoding } from '../table/table.ts';
import { decodeStrictly, guessEncoding } from './encodings.ts';

/** First bytes of files that people take for tables, and what to do with them. */
const NOT_TEXT: readonly { readonly magic: readonly number[]; readonly what: Localized }[] = [
  {
    magic: [0xd0, 0xcf, 0x11, 0xe0],
    what: {
      en: 'an old Excel or Word file, or one that a password protects; save the sheet as .xlsx without one, or as CSV (UTF-8)',
      zh: '旧版 Excel 或 Word 文件，或有密码保护；请将工作表另存为无密码的 .xlsx 或 CSV（UTF-8）',
    },
  },
  { magic: [0x50, 0x4b], what: { en: 'a zip archive; unpack it first', zh: ' zip 压缩包；请先解压' } },
  {
    magic: [0x25, 0x50, 0x44, 0x46],
    what: { en: 'a PDF; export the data as CSV first', zh: ' PDF；请先将数据导出为 CSV' },
  },
  { magic: [0x89, 0x50, 0x4e, 0x47], what: { en: 'an image', zh: '图像' } },
  { magic: [0xff, 0xd8, 0xff], what: { en: 'an image', zh: '图像' } },
];

const EXPECTED: Localized = {
  en: 'Expected CSV, TSV, JSON, Parquet, Excel (.xlsx) or SQLite.',
  zh: '应为 CSV、TSV、JSON、Parquet、Excel（.xlsx）或 SQLite。',
};

const BYTE_ORDER_MARKS: readonly { readonly mark: readonly number[]; readonly encoding: Encoding }[] = [
  { mark: [0xef, 0xbb, 0xbf], encoding: 'utf-8' },
  { mark: [0xff, 0xfe], encoding: 'utf-16le' },
  { mark: [0xfe, 0xff], encoding: 'utf-16be' },
];

export interface Sniffed {
  readonly encoding: Encoding;
  /** Bytes of the byte order mark, to be skipped. */
  readonly skip: number;
  /** Other encodings that fit about as well, and make other text. */
  readonly doubt: readonly Encoding[];
  /** All that was seen is ASCII, which most encodings begin with: the encoding may show later. */
  readonly isAscii: boolean;
}

/**
 * @param head The file's first bytes, 64 KB or all of it.
 * @param name For messages.
 * @throws UserError for a file that is not text.
 */
export function sniff(head: Uint8Array, name: string): Sniffed {
  const begins = (bytes: readonly number[]) => bytes.every((byte, i) => head[i] === byte);
  const known = NOT_TEXT.find(({ magic }) => begins(magic));
  if (known) {
    throw new UserError({
      en: `${name} is ${known.what.en}. ${EXPECTED.en}`,
      zh: `${name} 是${known.what.zh}。${EXPECTED.zh}`,
    });
  }
  const sure = { skip: 0, doubt: [], isAscii: false };
  const marked = BYTE_ORDER_MARKS.find(({ mark }) => begins(mark));
  if (marked) return { ...sure, encoding: marked.encoding, skip: marked.mark.length };
  const wide = wideEncoding(head);
  if (wide) return { ...sure, encoding: wide };
  if (isBinary(head)) {
    throw new UserError({
      en: `${name} is a binary file (it holds zero bytes). ${EXPECTED.en}`,
      zh: `${name} 是二进制文件（含零字节）。${EXPECTED.zh}`,
    });
  }
  return { ...sure, ...narrowEncoding(head) };
}

/** Zeros that a crash or a preallocated log left behind the text are no part of it. */
export function withoutPadding(bytes: Uint8Array): Uint8Array {
  const last = bytes.findLastIndex((byte) => byte !== 0);
  return bytes.subarray(0, last + 1);
}

/** Control characters that no text has, the zero first. One that got into a cell costs that row, not the file. */
const isControl = (byte: number): boolean => byte < 0x09 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b);
const MOST_CONTROLS = 0.15;

function isBinary(head: Uint8Array): boolean {
  if (!head.includes(0)) return false;
  const text = withoutPadding(head);
  return text.filter(isControl).length > MOST_CONTROLS * text.length;
}

/** Share of the units that must be characters of texts; pairs of ASCII make few. */
const MOST_READABLE = 0.6;
const READABLE =
  /[\t\n\r\u0020-\u007e\u00a0-\u06ff\u0e00-\u0e7f\u2010-\u2030\u20a0-\u20bf\u2122\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uffee]|[\ud83c-\ud83e][\udc00-\udfff]/g;

/**
 * UTF-16 without a mark. Its ASCII (delimiters, digits, line ends) has a zero in every second byte; a few characters have one in
 * the other (一 is U+4E00), so what is counted is whether the text makes sense.
 */
function wideEncoding(head: Uint8Array): Encoding | undefined {
  const even = head.subarray(0, head.length & ~1);
  if (!even.includes(0)) return undefined;
  const read = (['utf-16le', 'utf-16be'] as const).map((encoding) => {
    const text = new TextDecoder(encoding, { ignoreBOM: true }).decode(even).replace(/\0+$/, '');
    const ascii = text.match(/[\t\n\r\u0020-\u007e]/g)?.length ?? 0;
    const readable = text.match(READABLE)?.length ?? 0;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells a binary file.
    const controls = text.match(/[\u0000-\u0008\u000e-\u001f]/g)?.length ?? 0;
    return {
      encoding,
      text,
      ascii,
      isText: readable >= MOST_READABLE * text.length && controls <= text.length / 50,
    };
  });
  const best = read.sort((a, b) => b.ascii - a.ascii)[0]!;
  // Half of ASCII's bytes are zeros: in a text of single bytes they are few.
  return best.isText && best.text !== '' && best.ascii > 0 && hasZeros(even, best.encoding)
    ? best.encoding
    : undefined;
}

/** Whether line ends and delimiters are followed, or led, by zeros. */
function hasZeros(bytes: Uint8Array, encoding: 'utf-16le' | 'utf-16be'): boolean {
  const low = encoding === 'utf-16le' ? 0 : 1;
  let ascii = 0;
  let paired = 0;
  for (let i = low; i < bytes.length; i += 2) {
    // LF, CR, tab, comma, semicolon, |, blank: of the words of other scripts these bytes are the lower half seldom.
    if (!MARKS.has(bytes[i]!)) continue;
    ascii += 1;
    if (bytes[i ^ 1] === 0) paired += 1;
  }
  return paired > ascii / 2;
}
const MARKS: ReadonlySet<number> = new Set([0x0a, 0x0d, 0x09, 0x2c, 0x3b, 0x7c, 0x20]);

/** Of single and double bytes: UTF-8 where most lines with bytes beyond ASCII are that. */
function narrowEncoding(head: Uint8Array): Pick<Sniffed, 'encoding' | 'doubt' | 'isAscii'> {
  const lastEnd = Math.max(head.lastIndexOf(0x0a), head.lastIndexOf(0x0d));
  const others: Uint8Array[] = [];
  let utf8 = 0;
  // The last line may be cut in the middle of a character.
  for (const line of linesOf(lastEnd > 0 && head.length >= HEAD ? head.subarray(0, lastEnd) : head)) {
    if (isAscii(line)) continue;
    if (decodeStrictly(line, 'utf-8') !== undefined) utf8 += 1;
    else others.push(line);
  }
  const isUtf8 = utf8 > 0 && utf8 >= others.length;
  const guess = isUtf8 ? undefined : guessEncoding(others);
  return {
    encoding: guess?.encoding ?? 'utf-8',
    doubt: guess?.doubt ?? [],
    isAscii: utf8 + others.length === 0,
  };
}

/** Bytes that tell an encoding. */
export const HEAD = 1 << 16;

export const isAscii = (bytes: Uint8Array): boolean => bytes.every((byte) => byte < 0x80);

/** With their ends: LF, CRLF; or CR, where there is no LF. */
export function* linesOf(bytes: Uint8Array): Generator<Uint8Array> {
  const last = bytes.includes(0x0a) ? 0x0a : 0x0d;
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(last, from);
    const next = end < 0 ? bytes.length : end + 1;
    yield bytes.subarray(from, next);
    from = next;
  }
}
