/**
 * A text file as lines, in bounded memory. A line that is not in the file's encoding is read in the other one that
 * Chinese tables come in (files get joined from several sources); one that is in neither keeps its place, marked by
 * U+FFFD, for the reader of rows to set aside.
 */
import { StringDecoder } from 'node:string_decoder';
import { decodeStrictly, linesOf, type Sniffed } from './sniff.ts';

export interface Lines {
  /** Text of whole lines, line ends included. */
  readonly chunks: AsyncIterable<string>;
  /** Number of lines in another encoding than the file's, so far. */
  readonly foreign: () => number;
}

/** A single line longer than this, in bytes, is no line of a table; U+FFFD stands for all of it. */
export const LONGEST_LINE = 16 * 2 ** 20;

export function readLines(bytes: AsyncIterable<Buffer>, { encoding, skip }: Sniffed): Lines {
  let foreign = 0;

  async function* wide(): AsyncGenerator<string> {
    const decoder = new StringDecoder('utf16le');
    let rest = '';
    let overlong = false;
    for await (const chunk of withoutFirst(bytes, skip)) {
      const text = rest + decoder.write(encoding === 'utf-16be' ? swapped(chunk) : chunk);
      const end = text.lastIndexOf('\n') + 1;
      rest = text.slice(end);
      if (end > 0) yield overlong ? `\uFFFD${text.slice(text.indexOf('\n'), end)}` : text.slice(0, end);
      if (end > 0) overlong = false;
      if (rest.length > LONGEST_LINE / 2 || overlong) {
        overlong = true;
        rest = '';
      }
    }
    yield overlong ? '\uFFFD' : rest + decoder.end();
  }

  async function* narrow(): AsyncGenerator<string> {
    let rest: Uint8Array = new Uint8Array(0);
    let overlong = false;
    for await (const chunk of withoutFirst(bytes, skip)) {
      let joined: Uint8Array = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      if (overlong) {
        const end = joined.indexOf(0x0a);
        if (end < 0) continue;
        yield '\uFFFD\n';
        joined = joined.subarray(end + 1);
        overlong = false;
      }
      const end = joined.lastIndexOf(0x0a) + 1;
      if (end > 0) yield decoded(joined.subarray(0, end));
      rest = Uint8Array.from(joined.subarray(end));
      if (rest.length > LONGEST_LINE) {
        overlong = true;
        rest = new Uint8Array(0);
      }
    }
    if (overlong) yield '\uFFFD';
    else if (rest.length > 0) yield decoded(rest);
  }

  function decoded(bytes: Uint8Array): string {
    const whole = decodeStrictly(bytes, encoding);
    if (whole !== undefined) return whole;
    const other = encoding === 'utf-8' ? 'gb18030' : 'utf-8';
    let text = '';
    for (const line of linesOf(bytes)) {
      const own = decodeStrictly(line, encoding);
      const guest = own === undefined ? decodeStrictly(line, other) : undefined;
      if (guest !== undefined) foreign += 1;
      text += own ?? guest ?? new TextDecoder(encoding).decode(line);
    }
    return text;
  }

  return { chunks: encoding.startsWith('utf-16') ? wide() : narrow(), foreign: () => foreign };
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
