/** The lines of UTF-8 text files, one after another, without reading a file whole. */
import { createReadStream } from 'node:fs';
import { UserError } from '@gradus/base';

/** A longer line is split, at a space where there is one. */
const LONGEST = 1 << 20;

/** @throws UserError where a file cannot be read. */
export async function* readTexts(paths: readonly string[]): AsyncGenerator<string> {
  for (const path of paths) {
    let open = '';
    try {
      for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 18 })) {
        open += chunk;
        let from = 0;
        for (let end = open.indexOf('\n'); end >= 0; end = open.indexOf('\n', from)) {
          yield open.slice(from, end + 1);
          from = end + 1;
        }
        while (open.length - from > LONGEST) {
          const space = open.lastIndexOf(' ', from + LONGEST);
          const end = space > from ? space : from + LONGEST;
          yield open.slice(from, end);
          from = end;
        }
        open = open.slice(from);
      }
    } catch (error) {
      throw new UserError(
        {
          en: `${path} cannot be read: ${(error as Error).message}.`,
          zh: `无法读取 ${path}：${(error as Error).message}。`,
        },
        { cause: error },
      );
    }
    if (open !== '') yield open;
  }
}
