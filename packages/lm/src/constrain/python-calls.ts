/**
 * Calls as Python writes them: `[get_weather(city='Leeds', days=3), now()]` (Llama 3.2 and 4), in a fence of `tool_code` (Gemma 3). Only
 * literals are read, as values; nothing is executed.
 */

export interface PythonCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

const MOST_DEPTH = 100;
const NAME = /[A-Za-z_][\w.-]*/y;
const NUMBER = /[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)/y;
const WORDS: Readonly<Record<string, unknown>> = {
  True: true,
  False: false,
  None: null,
  true: true,
  false: false,
  null: null,
};
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  '0': '\0',
  '\n': '',
};

/** @returns the calls that a text is, and nothing else; none where it is anything else */
export function pythonCalls(text: string): readonly PythonCall[] {
  const reader = new Reader(text);
  try {
    const calls = reader.calls();
    return calls.length > 0 && reader.isDone ? calls : [];
  } catch (error) {
    if (error instanceof NotPython) return [];
    throw error;
  }
}

class NotPython extends Error {}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isDone(): boolean {
    this.#space();
    return this.#at === this.#text.length;
  }

  /** Listed, or one after the other. */
  calls(): PythonCall[] {
    const calls: PythonCall[] = [];
    const isList = this.#has('[');
    while (!this.isDone && !(isList && this.#has(']'))) {
      calls.push(this.#call());
      if (!this.#has(',')) this.#has(';');
    }
    return calls;
  }

  #call(): PythonCall {
    const name = this.#match(NAME);
    this.#need('(');
    // What is printed of a call is the call.
    if (name === 'print') {
      const inner = this.#call();
      this.#need(')');
      return inner;
    }
    const values: [string, unknown][] = [];
    while (!this.#has(')')) {
      const field = this.#match(NAME);
      this.#need('=');
      values.push([field, this.#value(0)]);
      if (!this.#has(',')) {
        this.#need(')');
        break;
      }
    }
    return { name, arguments: Object.fromEntries(values) };
  }

  #value(depth: number): unknown {
    if (depth > MOST_DEPTH) throw new NotPython();
    this.#space();
    const letter = this.#text[this.#at] ?? '';
    if (letter === '"' || letter === "'") return this.#string(letter);
    if (this.#has('[')) return this.#list(']', depth);
    if (this.#has('(')) return this.#list(')', depth);
    if (this.#has('{')) return this.#dictionary(depth);
    if (/[\d.+-]/.test(letter)) return Number(this.#match(NUMBER));
    const word = this.#match(NAME);
    if (!Object.hasOwn(WORDS, word)) throw new NotPython();
    return WORDS[word];
  }

  #list(end: string, depth: number): unknown[] {
    const values: unknown[] = [];
    while (!this.#has(end)) {
      values.push(this.#value(depth + 1));
      if (this.#has(',')) continue;
      this.#need(end);
      break;
    }
    return values;
  }

  #dictionary(depth: number): Record<string, unknown> {
    const values: [string, unknown][] = [];
    while (!this.#has('}')) {
      const key = this.#value(depth + 1);
      this.#need(':');
      values.push([String(key), this.#value(depth + 1)]);
      if (this.#has(',')) continue;
      this.#need('}');
      break;
    }
    return Object.fromEntries(values);
  }

  #string(quote: string): string {
    let value = '';
    for (let i = this.#at + 1; i < this.#text.length; i++) {
      const letter = this.#text[i]!;
      if (letter === quote) {
        this.#at = i + 1;
        return value;
      }
      if (letter !== '\\') {
        value += letter;
        continue;
      }
      const next = this.#text[++i] ?? '';
      const code = next === 'u' ? /^[\da-fA-F]{4}/.exec(this.#text.slice(i + 1, i + 5))?.[0] : undefined;
      if (code !== undefined) {
        value += String.fromCharCode(Number.parseInt(code, 16));
        i += code.length;
      } else
        value += Object.hasOwn(ESCAPES, next) ? ESCAPES[next]! : /["'\\]/.test(next) ? next : `\\${next}`;
    }
    throw new NotPython();
  }

  #match(pattern: RegExp): string {
    this.#space();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) throw new NotPython();
    this.#at += found.length;
    return found;
  }

  #has(mark: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== mark) return false;
    this.#at += 1;
    return true;
  }

  #need(mark: string): void {
    if (!this.#has(mark)) throw new NotPython();
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }
}
