/**
 * Rows of a database as a file: JSON Lines of arrays, the first of them the names of the columns, all cells text
 * (`["id","text"]`, then `["1","good"]` …). `readTable` reads it back to the same columns and cells. A row that the reader set
 * aside since a cell is too long is the text `"too long"`.
 */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { UserError } from '@gradus/base';
import { TOO_LONG_ROW } from './json.ts';
import { LONGEST_LINE } from './lines.ts';
import type { Source } from './source.ts';

/**
 * @param path Of a file that does not exist yet.
 * @throws UserError where it cannot be written
 */
export async function writeRows(
  source: Source,
  path: string,
  signal?: AbortSignal,
  onProgress?: (done: number, total: number) => void,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(path, 'wx').catch(notWritten(path));
  const write = async (text: string) => {
    const chunk = Buffer.from(text);
    await file.appendFile(chunk).catch(notWritten(path));
    hash.update(chunk);
    bytes += chunk.length;
  };
  try {
    await write(`${line(source.columns)}\n`);
    for await (const { rows, done } of source.batches) {
      signal?.throwIfAborted();
      const lines = rows.map(({ fields, reason }) =>
        reason === undefined ? boundedLine(fields) : TOO_LONG_ROW,
      );
      if (lines.length > 0) await write(`${lines.join('\n')}\n`);
      onProgress?.(done, source.total);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Readers count brackets and look for damaged characters in the text itself: in cells they are written as escapes. */
const line = (cells: readonly string[]): string =>
  `[${cells
    .map((cell) =>
      JSON.stringify(cell).replace(
        /[[\]{}\uFFFD]/g,
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
      ),
    )
    .join(',')}]`;

function boundedLine(cells: readonly string[]): string {
  const text = line(cells);
  return 3 * text.length < LONGEST_LINE || Buffer.byteLength(text) < LONGEST_LINE ? text : TOO_LONG_ROW;
}

const notWritten = (path: string) => (error: NodeJS.ErrnoException) => {
  throw new UserError(
    {
      en: `${path} cannot be written (${error.code}). Is the disk full?`,
      zh: `无法写入 ${path}（${error.code}）。磁盘是否已满？`,
    },
    { cause: error },
  );
};
