/**
 * JSON: an array of objects, by itself or as one field of an object (`{"rows": […]}`), and JSON Lines: one object a line, or
 * one array a line after an array of the columns' names (https://jsonlines.org/examples). Objects are cut out of the text
 * one by one, so a document larger than memory can be read, and one that is broken is set aside alone. Columns are the
 * fields' names in the order they first appear. What is no list of objects may be a table of another shape (`json-shapes.ts`).
 */
import { type Localized, UserError } from '@gradus/base';
import type { InputFile } from './file.ts';
import { checkColumnCount, otherWidth, uniqueNames } from './header.ts';
import { tableOfShape } from './json-shapes.ts';
import { readLines } from './lines.ts';
import { type Sniffed, sniff } from './sniff.ts';
import {
  type Batch,
  cellText,
  exactly,
  MOST_COLUMNS,
  type Source,
  type SourceOptions,
  type SourceRow,
  TOO_LONG,
} from './source.ts';

/** Characters of one object; a longer one is no row. */
const LONGEST_OBJECT = 16 * 2 ** 20;
/** Nesting beyond which JSON.stringify may run out of stack. */
const DEEPEST = 200;

/** @throws UserError for what is not text */
export async function readJsonLines(file: InputFile, { signal }: SourceOptions): Promise<Source> {
  const sniffed = sniff(file.head, file.name);
  const bytes = file.open(signal);
  const lines = readLines(bytes.chunks, sniffed);
  const objects = new Objects();
  let isFirst = true;
  async function* batches(): AsyncGenerator<Batch> {
    let line = 0;
    for await (const text of lines.chunks) {
      const rows: SourceRow[] = [];
      for (const own of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
        line += 1;
        if (own.trim() === '') continue;
        if (!isFirst || !objects.takeHeader(own, file.name)) rows.push(objects.row(own, line));
        isFirst = false;
      }
      yield { rows, done: bytes.read() };
    }
  }
  return {
    format: 'jsonl',
    name: file.name,
    columns: objects.columns,
    total: file.size,
    get encoding() {
      return lines.encoding();
    },
    encodingDoubt: lines.doubt,
    batches: batches(),
    foreignLines: lines.foreign,
  };
}

/** @throws UserError for what is not text, or holds no array of objects */
export async function readJson(file: InputFile, { signal }: SourceOptions): Promise<Source> {
  const sniffed = sniff(file.head, file.name);
  const bytes = file.open(signal);
  const objects = new Objects();
  async function* batches(): AsyncGenerator<Batch> {
    const splitter = new ElementSplitter();
    for await (const text of decoded(bytes.chunks, sniffed)) {
      const rows = splitter.take(text).map(({ text, line }) => objects.row(text, line));
      yield { rows, done: bytes.read() };
    }
    if (!splitter.isInList) {
      const shaped = await readShaped(file, sniffed, signal);
      if (shaped) {
        checkColumnCount(shaped.names.length, file.name);
        objects.columns.push(...uniqueNames(shaped.names));
        yield { rows: shaped.rows.map((fields, i) => ({ fields, line: i + 1 })), done: bytes.read() };
        return;
      }
      throw new UserError({
        en: `${file.name} holds no list of objects. Expected [{"column": "cell", …}, …], or that as a field of an object, or one object a line in a file named .jsonl, or what pandas' to_json writes.`,
        zh: `${file.name} 中没有对象列表。应为 [{"column": "cell", …}, …]，或对象的某个字段为此列表，或在 .jsonl 文件中每行一个对象，或 pandas 的 to_json 输出。`,
      });
    }
    const cut = splitter.end();
    if (cut) {
      const reason = {
        en: 'the file ends in the middle of it, or before the end of the list',
        zh: '文件在其中间或在列表结束之前中断',
      };
      yield { rows: [{ fields: [], line: cut.line, reason, text: cut.text }], done: bytes.read() };
    }
  }
  return {
    format: 'json',
    name: file.name,
    columns: objects.columns,
    total: file.size,
    encoding: sniffed.encoding,
    batches: batches(),
  };
}

/** Characters of a document that is held whole. */
const LONGEST_WHOLE = 128 * 2 ** 20;

/** A document that is a table of another shape; undefined where it is none, or too long to be held. */
async function readShaped(file: InputFile, sniffed: Sniffed, signal: AbortSignal | undefined) {
  const parts: string[] = [];
  let length = 0;
  for await (const text of decoded(file.open(signal).chunks, sniffed)) {
    length += text.length;
    if (length > LONGEST_WHOLE) return undefined;
    parts.push(text);
  }
  const text = parts.join('');
  if (depthOf(text) > DEEPEST) return undefined;
  try {
    return tableOfShape(parseLoosely(text));
  } catch {
    return undefined;
  }
}

/** Of a file of arrays, a line that stands for a row with a cell too long to keep. */
export const TOO_LONG_ROW = '"too long"';

/** Makes rows of objects' text, and gathers the columns. */
class Objects {
  readonly columns: string[] = [];
  readonly #index = new Map<string, number>();
  /** Rows are arrays, in the order of the columns. */
  #arrays = false;

  /** @returns whether a first line is an array of names, and the lines after it arrays of cells */
  takeHeader(text: string, name: string): boolean {
    if (!/^\s*\[\s*"/.test(text) || depthOf(text) > DEEPEST) return false;
    let names: unknown;
    try {
      names = JSON.parse(text);
    } catch {
      return false;
    }
    if (!Array.isArray(names) || !names.every((column) => typeof column === 'string')) return false;
    checkColumnCount(names.length, name);
    this.columns.push(...uniqueNames(names));
    this.#arrays = true;
    return true;
  }

  row(text: string, line: number): SourceRow {
    const bad = (reason: Localized): SourceRow => ({ fields: [], line, reason, text });
    if (text.includes('\uFFFD'))
      return bad({
        en: 'it holds bytes that are no text, or is longer than 16 million characters',
        zh: '含有不是文本的字节，或超过 1600 万个字符',
      });
    if (depthOf(text) > DEEPEST)
      return bad({
        en: `it is nested over ${DEEPEST} levels deep`,
        zh: `嵌套超过 ${DEEPEST} 层`,
      });
    let value: unknown;
    try {
      value = parseLoosely(text);
    } catch {
      return bad({ en: 'it is not JSON', zh: '不是 JSON' });
    }
    if (this.#arrays) return this.#cells(value, text, line);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return bad({
        en: 'it is not an object; expected {"column": "cell", …}',
        zh: '不是对象；应为 {"column": "cell", …}',
      });
    const entries = Object.entries(value);
    const added = entries.filter(([key]) => !this.#index.has(key)).length;
    if (this.columns.length + added > MOST_COLUMNS)
      return bad({
        en: `its ${entries.length} fields make more than ${MOST_COLUMNS} columns`,
        zh: `加上它的 ${entries.length} 个字段后超过 ${MOST_COLUMNS} 列`,
      });
    for (const [key] of entries) {
      if (this.#index.has(key)) continue;
      this.#index.set(key, this.columns.length);
      this.columns.push(key);
    }
    const fields = new Array<string>(this.columns.length).fill('');
    for (const [key, cell] of entries) fields[this.#index.get(key)!] = cellText(cell);
    return { fields, line };
  }

  #cells(value: unknown, text: string, line: number): SourceRow {
    const bad = (reason: Localized): SourceRow => ({ fields: [], line, reason, text });
    if (text.trim() === TOO_LONG_ROW) return bad(TOO_LONG);
    if (!Array.isArray(value))
      return bad({
        en: 'it is not an array; expected ["cell", …]',
        zh: '不是数组；应为 ["cell", …]',
      });
    if (value.length > this.columns.length) return bad(otherWidth(value.length, this.columns.length));
    return { fields: value.map(cellText), line };
  }
}

/**
 * JSON, and what Python's json.dumps and JavaScript's print write in its place: NaN and Infinity are missing, as pandas' to_json has them.
 *
 * @throws SyntaxError for what is not JSON either way
 */
function parseLoosely(text: string): unknown {
  try {
    return parseExactly(text);
  } catch (error) {
    const strict = text.replace(
      WORDS,
      (word) => STRICT[word.toLowerCase()] ?? (word.startsWith('"') ? word : 'null'),
    );
    if (strict === text) throw error;
    return parseExactly(strict);
  }
}

/** Strings, so that what stands in them stays, and words that are no JSON. */
const WORDS = /"(?:[^"\\]|\\.)*"|[-+]?\b(?:NaN|Infinity|inf|None|undefined|True|False)\b/gi;
const STRICT: Readonly<Record<string, string>> = { true: 'true', false: 'false' };

/** Numbers of more digits than a double keeps stay as they are written: order numbers are such. */
function parseExactly(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  return JSON.parse(text, ((_: string, value: unknown, { source }: { source?: string }) =>
    typeof value === 'number' && source !== undefined && source.length > 15
      ? exactly(source)
      : value) as never);
}

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // Brackets in strings count too: this is a bound.
    if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return deepest;
}

async function* decoded(chunks: AsyncIterable<Buffer>, { encoding }: Sniffed): AsyncGenerator<string> {
  // Takes the byte order mark away by itself.
  const decoder = new TextDecoder(encoding);
  for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

interface Element {
  readonly text: string;
  /** Where it begins. */
  readonly line: number;
}

/**
 * Cuts the elements of the first list of objects out of JSON text that comes in pieces. It counts brackets and knows
 * strings; whether an element is JSON is for JSON.parse to say.
 */
class ElementSplitter {
  /** The list has begun. */
  isInList = false;
  #ended = false;
  #line = 1;
  #inString = false;
  #escaped = false;
  /** Brackets open, in the list only within an element. */
  #depth = 0;
  /** In search of the list: a bracket has opened just now that may be it. */
  #candidate = false;
  #parts: string[] = [];
  #length = 0;
  #started = 0;

  take(text: string): Element[] {
    const elements: Element[] = [];
    let from = 0;
    for (let i = 0; i < text.length && !this.#ended; i++) {
      const code = text.charCodeAt(i);
      if (code === 0x0a) this.#line += 1;
      if (!this.isInList) {
        if (this.#search(code)) {
          from = i;
          this.#begin();
          this.#depth = 1;
        }
        continue;
      }
      if (this.#started === 0) {
        if (code === 0x5d) this.#ended = true;
        else if (code > 0x20 && code !== 0x2c) {
          from = i;
          this.#begin();
          this.#inside(code);
        }
        continue;
      }
      const ends = this.#depth === 0 && !this.#inString && (code === 0x2c || code === 0x5d);
      if (!ends) {
        this.#inside(code);
        continue;
      }
      this.#keep(text.slice(from, i));
      elements.push(this.#element());
      this.#started = 0;
      if (code === 0x5d) this.#ended = true;
    }
    if (this.#started > 0) this.#keep(text.slice(from));
    return elements;
  }

  /** What is left of a list that does not end. */
  end(): Element | undefined {
    if (this.#ended) return undefined;
    return this.#started > 0 ? this.#element() : { text: '', line: this.#line };
  }

  /** Whether this is the first bracket of the first object in a list, at the top or one level down. */
  #search(code: number): boolean {
    if (this.#inString) {
      this.#string(code);
      return false;
    }
    if (code <= 0x20) return false;
    if (this.#candidate && code === 0x7b) {
      this.isInList = true;
      return true;
    }
    this.#candidate = code === 0x5b && this.#depth <= 1;
    if (code === 0x22) this.#inString = true;
    else if (code === 0x7b || code === 0x5b) this.#depth += 1;
    else if (code === 0x7d || code === 0x5d) this.#depth -= 1;
    return false;
  }

  #begin(): void {
    this.#parts = [];
    this.#length = 0;
    this.#depth = 0;
    this.#started = this.#line;
  }

  #inside(code: number): void {
    if (this.#inString) this.#string(code);
    else if (code === 0x22) this.#inString = true;
    else if (code === 0x7b || code === 0x5b) this.#depth += 1;
    else if (code === 0x7d || code === 0x5d) this.#depth -= 1;
  }

  #string(code: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (code === 0x5c) this.#escaped = true;
    else if (code === 0x22) this.#inString = false;
  }

  #keep(part: string): void {
    this.#length += part.length;
    if (this.#length <= LONGEST_OBJECT) this.#parts.push(part);
    else this.#parts = ['\uFFFD'];
  }

  #element(): Element {
    return { text: this.#parts.join(''), line: this.#started };
  }
}
