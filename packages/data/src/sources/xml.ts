/** XML as it streams by: what opens, and what closes with which text. Entities of a document's own are refused. */
import { UserError } from '@gradus/base';
import { SaxesParser } from 'saxes';

export interface XmlHandlers {
  /** @param name Without a prefix. */
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  /** @param text That stands in it, between its own tags. */
  close?(name: string, text: string): void;
}

/** Characters between two tags. */
const LONGEST_TEXT = 16 * 2 ** 20;
/** Open tags inside each other; the parser keeps the name of each. A workbook's parts need about ten. */
const DEEPEST = 100;

/**
 * Yields after every chunk, so that the caller can emit what it has gathered.
 *
 * @param what For messages.
 * @throws UserError for what is not XML
 */
export async function* parseXml(
  chunks: AsyncIterable<Uint8Array>,
  handlers: XmlHandlers,
  what: string,
): AsyncGenerator<void> {
  const parser = new SaxesParser({ position: false, xmlns: false });
  let text = '';
  let sinceTag = 0;
  let depth = 0;
  parser.on('opentag', ({ name, attributes }) => {
    text = '';
    sinceTag = 0;
    depth += 1;
    if (depth > DEEPEST) throw new Error(`its tags are nested deeper than ${DEEPEST}`);
    handlers.open?.(local(name), attributes as Record<string, string>);
  });
  parser.on('text', (more) => {
    text += more;
  });
  parser.on('cdata', (more) => {
    text += more;
  });
  parser.on('closetag', ({ name }) => {
    handlers.close?.(local(name), text);
    text = '';
    sinceTag = 0;
    depth -= 1;
  });
  const damaged = (error: unknown): never => {
    if (error instanceof UserError) throw error;
    throw new UserError({
      en: `${what} is damaged (${(error as Error).message}). Save it again.`,
      zh: `${what} 已损坏（${(error as Error).message}）。请重新保存。`,
    });
  };
  parser.on('error', damaged);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const write = (piece: string) => {
    sinceTag += piece.length;
    parser.write(piece);
    if (sinceTag > LONGEST_TEXT + piece.length) throw new Error('a text of over 16 million characters');
  };
  for await (const chunk of chunks) {
    try {
      write(decoder.decode(chunk, { stream: true }));
    } catch (error) {
      damaged(error);
    }
    yield;
  }
  try {
    write(decoder.decode());
    parser.close();
  } catch (error) {
    damaged(error);
  }
  yield;
}

const local = (name: string): string => name.slice(name.indexOf(':') + 1);
