/**
 * A text file as lines, in bounded memory. A line that is not in the file's encoding is read in the other one that
 * Chinese tables come in (files get joined from several sources); one that is in neither keeps its place, marked by
 * U+FFFD, for the reader of rows to set aside.
 */
import { createReadStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { decodeStrictly, linesOf, type Sniffed } from './sniff.ts';

export interface Lines {
  /** Text of whole lines, line ends included, with the number of bytes read so far. */
  readonly chunks: AsyncIterable<{ readonly text: string; readonly bytes: number }>;
  /** Lines found in another encoding than the file's, so far. */
  readonly foreign: () => number;
}

/** A single line longer than this is no line of a table. */
const LONGEST_LINE = 16 * 2 ** 20;

export function readLines(path: string, { encoding, skip }: Sniffed, signal?: AbortSignal): Lines {
  let foreign = 0;
  const stream = createReadStream(path, { start: skip, highWaterMark: 1 << 20, ...(signal && { signal }) });

  async function* wide(): AsyncGenerator<{ text: string; bytes: number }> {
    const decoder = new StringDecoder('utf16le');
    let rest = '';
    let bytes = skip;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      const text = rest + decoder.write(encoding === 'utf-16be' ? swapped(chunk) : chunk);
      const end = text.lastIndexOf('\n') + 1;
      rest = text.slice(end);
      yield { text: text.slice(0, end), bytes };
    }
    yield { text: rest + decoder.end(), bytes };
  }

  async function* narrow(): AsyncGenerator<{ text: string; bytes: number }> {
    let rest = new Uint8Array(0);
    let bytes = skip;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      const joined = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      const end = joined.lastIndexOf(0x0a) + 1;
      if (end === 0 && joined.length > LONGEST_LINE) {
        // Given out as it is: the reader of rows sets it aside by its length.
        yield { text: '\uFFFD\n', bytes };
        rest = new Uint8Array(0);
        continue;
      }
      rest = Uint8Array.from(joined.subarray(end));
      if (end > 0) yield { text: decoded(joined.subarray(0, end)), bytes };
    }
    if (rest.length > 0) yield { text: decoded(rest), bytes };
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

/** UTF-16 with its bytes in the other order. Chunks are of even length except perhaps the file's last. */
function swapped(chunk: Buffer): Buffer {
  return Buffer.from(chunk.subarray(0, chunk.length & ~1)).swap16();
}
