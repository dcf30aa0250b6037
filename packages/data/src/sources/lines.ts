/**
 * A text file as lines, in bounded memory. A line that is not in the file's encoding is read in the one that it is likely in (files
 * get joined from several sources); one that is in none keeps its place, marked by U+FFFD, for the reader of rows to set aside.
 */
import { StringDecoder } from 'node:string_decoder';
import type { Encoding } from '../table/table.ts';
import { decodeLoosely, decodeStrictly, guessEncoding, isSingleByte } from './encodings.ts';
import type { LineEnds } from './fields.ts';
import { linesOf, type Sniffed, withoutPadding } from './sniff.ts';

export interface Lines {
  /** Text of whole lines, line ends included. */
  readonly chunks: AsyncIterable<string>;
  /** Number of lines in another encoding than the file's, so far. */
  readonly foreign: () => number;
  /** The file's encoding, so far: where it begins with nothing but ASCII, it shows later. */
  readonly encoding: () => Encoding;
  /** Other encodings that fit about as well, and make other text. */
  readonly doubt: () => readonly Encoding[];
}

/** A single line longer than this, in bytes, is no line of a table; U+FFFD stands for all of it. */
export const LONGEST_LINE = 16 * 2 ** 20;

export function readLines(bytes: AsyncIterable<Buffer>, sniffed: Sniffed, ends: LineEnds = 'lf'): Lines {
  let { encoding, doubt, isAscii } = sniffed;
  let foreign = 0;

  async function* wide(): AsyncGenerator<string> {
    const decoder = new StringDecoder('utf16le');
    let rest = '';
    let overlong = false;
    for await (const chunk of withoutFirst(bytes, sniffed.skip)) {
      const text = rest + decoder.write(encoding === 'utf-16be' ? swapped(chunk) : chunk);
      const end = afterLastLine(text, ends);
      rest = text.slice(end);
      if (end > 0)
        yield overlong ? `\uFFFD${text.slice(Math.max(0, text.search(/[\r\n]/)), end)}` : text.slice(0, end);
      if (end > 0) overlong = false;
      if (rest.length > LONGEST_LINE / 2 || overlong) {
        overlong = true;
        rest = '';
      }
    }
    yield overlong ? '\uFFFD' : (rest + decoder.end()).replace(/\0+$/, '');
  }

  async function* narrow(): AsyncGenerator<string> {
    let rest: Uint8Array = new Uint8Array(0);
    let overlong = false;
    for await (const chunk of withoutFirst(bytes, sniffed.skip)) {
      let joined: Uint8Array = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      if (overlong) {
        const end = afterFirstLine(joined, ends);
        if (end === 0) continue;
        yield '\uFFFD\n';
        joined = joined.subarray(end);
        overlong = false;
      }
      const end = afterLastLine(joined, ends);
      if (end > 0) yield decoded(joined.subarray(0, end));
      rest = Uint8Array.from(joined.subarray(end));
      // Behind the last line there may be gigabytes of zeros.
      if (rest.length > 1 && rest[0] === 0 && withoutPadding(rest).length === 0) rest = rest.subarray(0, 1);
      if (rest.length > LONGEST_LINE) {
        overlong = true;
        rest = new Uint8Array(0);
      }
    }
    rest = withoutPadding(rest);
    if (overlong) yield '\uFFFD';
    else if (rest.length > 0) yield decoded(rest);
  }

  function decoded(bytes: Uint8Array): string {
    if (isSingleByte(encoding)) return besideUtf8(bytes);
    const whole = decodeStrictly(bytes, encoding);
    if (whole !== undefined) {
      // In UTF-8 what is beyond ASCII takes more bytes than characters.
      if (isAscii && whole.length < bytes.length) isAscii = false;
      return whole;
    }
    const lines = [...linesOf(bytes)];
    const texts = lines.map((line) => decodeStrictly(line, encoding));
    if (isAscii) {
      isAscii = false;
      const others = lines.filter((_, i) => texts[i] === undefined);
      const own = lines.filter((line, i) => texts[i] !== undefined && texts[i]!.length < line.length);
      const guess = own.length < others.length ? guessEncoding(others) : undefined;
      if (guess) {
        ({ encoding, doubt } = guess);
        return decoded(bytes);
      }
    }
    return foreignLines(lines, texts);
  }

  /** Every byte is a character there, so what shows a line of UTF-8 is that it is one. */
  function besideUtf8(bytes: Uint8Array): string {
    const decode = (some: Uint8Array) => decodeLoosely(some, encoding);
    const lines = [...linesOf(bytes)];
    const texts = lines.map((line) => {
      const text = decodeStrictly(line, 'utf-8');
      return text !== undefined && text.length < line.length ? text : undefined;
    });
    if (texts.every((text) => text === undefined)) return decode(bytes);
    foreign += texts.filter((text) => text !== undefined).length;
    return lines.map((line, i) => texts[i] ?? decode(line)).join('');
  }

  /** Each of the lines that are not in the file's encoding in the one that they are likely in. */
  function foreignLines(lines: readonly Uint8Array[], own: readonly (string | undefined)[]): string {
    const others = lines.filter((line, i) => own[i] === undefined && !isDamaged(line, encoding));
    const guest = encoding === 'utf-8' ? guessEncoding(others)?.encoding : 'utf-8';
    const isGuest = new Set(others);
    return lines
      .map((line, i) => {
        if (own[i] !== undefined) return own[i];
        const text = guest && isGuest.has(line) ? decodeStrictly(line, guest) : undefined;
        if (text !== undefined) foreign += 1;
        return text ?? decodeLoosely(line, encoding);
      })
      .join('');
  }

  return {
    chunks: encoding.startsWith('utf-16') ? wide() : narrow(),
    foreign: () => foreign,
    encoding: () => encoding,
    doubt: () => doubt,
  };
}

/** Whether a line that is not UTF-8 is read in the encoding that it is likely in. */
export const isForeign = (line: Uint8Array): boolean =>
  !isDamaged(line, 'utf-8') && guessEncoding([line]) !== undefined;

/** A line of UTF-8 with a few bytes that are not is no line of another encoding. */
function isDamaged(line: Uint8Array, encoding: Encoding): boolean {
  if (encoding !== 'utf-8') return false;
  const text = new TextDecoder('utf-8').decode(line);
  const broken = text.match(/\uFFFD/g)?.length ?? 0;
  return (text.match(/[^\0-\x7f\uFFFD]/g)?.length ?? 0) > broken;
}

const LF = 0x0a;
const CR = 0x0d;

/** Where the last whole line ends. A CR at the very end may be half of CRLF. */
function afterLastLine(text: Uint8Array | string, ends: LineEnds): number {
  const last = (code: number) =>
    typeof text === 'string' ? text.lastIndexOf(String.fromCharCode(code)) : text.lastIndexOf(code);
  const end = last(LF) + 1;
  if (ends === 'lf') return end;
  const cr = typeof text === 'string' ? text.lastIndexOf('\r', text.length - 2) : text.lastIndexOf(CR, -2);
  return Math.max(end, text.length > 1 ? cr + 1 : 0);
}

function afterFirstLine(bytes: Uint8Array, ends: LineEnds): number {
  const found = [LF, ...(ends === 'any' ? [CR] : [])].map((end) => bytes.indexOf(end) + 1).filter(Boolean);
  return found.length > 0 ? Math.min(...found) : 0;
}

/** Without the first `skip` bytes: the byte order mark. */
async function* withoutFirst(bytes: AsyncIterable<Buffer>, skip: number): AsyncGenerator<Buffer> {
  let left = skip;
  for await (const chunk of bytes) {
    if (left < chunk.length) yield left > 0 ? chunk.subarray(left) : chunk;
    left = Math.max(0, left - chunk.length);
  }
}

/** UTF-16 with its bytes in the other order. Chunks are of even length except perhaps the file's last. */
function swapped(chunk: Buffer): Buffer {
  return Buffer.from(chunk.subarray(0, chunk.length & ~1)).swap16();
}
