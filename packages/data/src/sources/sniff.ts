/**
 * The kind of a file by its first bytes: text in some encoding, or something that is no table of text.
 */
import { type Localized, UserError } from '@gradus/base';
import type { Encoding } from '../table/table.ts';

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
  const marked = BYTE_ORDER_MARKS.find(({ mark }) => begins(mark));
  if (marked) return { encoding: marked.encoding, skip: marked.mark.length };
  const wide = wideEncoding(head);
  if (wide) return { encoding: wide, skip: 0 };
  if (head.includes(0)) {
    throw new UserError({
      en: `${name} is a binary file (it holds zero bytes). ${EXPECTED.en}`,
      zh: `${name} 是二进制文件（含零字节）。${EXPECTED.zh}`,
    });
  }
  return { encoding: prefersGb18030(head) ? 'gb18030' : 'utf-8', skip: 0 };
}

/** UTF-16 without a mark: nearly every second byte of its ASCII (delimiters, digits, line ends) is zero. */
function wideEncoding(head: Uint8Array): Encoding | undefined {
  const zeros = [0, 0];
  for (let i = 0; i < head.length; i++) if (head[i] === 0) zeros[i & 1]! += 1;
  const [even, odd] = zeros as [number, number];
  const many = head.length / 20;
  const encoding =
    odd > many && even < odd / 20 ? 'utf-16le' : even > many && odd < even / 20 ? 'utf-16be' : undefined;
  if (!encoding) return undefined;
  const text = new TextDecoder(encoding).decode(head.subarray(0, head.length & ~1));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells a binary file.
  return /[\u0000-\u0008\u000e-\u001f]/.test(text) ? undefined : encoding;
}

/** Whether more lines with bytes beyond ASCII decode as GB18030 than as UTF-8. */
function prefersGb18030(head: Uint8Array): boolean {
  let utf8 = 0;
  let gb18030 = 0;
  const lastEnd = head.lastIndexOf(0x0a);
  // The last line may be cut in the middle of a character.
  for (const line of linesOf(lastEnd > 0 ? head.subarray(0, lastEnd) : head)) {
    if (!line.some((byte) => byte > 0x7f)) continue;
    if (decodes(line, 'utf-8')) utf8 += 1;
    else if (decodes(line, 'gb18030')) gb18030 += 1;
  }
  return gb18030 > utf8;
}

export function* linesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(0x0a, from);
    const next = end < 0 ? bytes.length : end + 1;
    yield bytes.subarray(from, next);
    from = next;
  }
}

function decodes(bytes: Uint8Array, encoding: Encoding): boolean {
  return decodeStrictly(bytes, encoding) !== undefined;
}

const STRICT = {
  'utf-8': new TextDecoder('utf-8', { fatal: true }),
  gb18030: new TextDecoder('gb18030', { fatal: true }),
};

/** The text, or undefined where the bytes are not text of this encoding. */
export function decodeStrictly(bytes: Uint8Array, encoding: Encoding): string | undefined {
  try {
    return STRICT[encoding as keyof typeof STRICT].decode(bytes);
  } catch {
    return undefined;
  }
}
