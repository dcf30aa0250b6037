/**
 * Calls of functions in what a model writes, as its template taught it: Hermes and Qwen write `<tool_call>{…}</tool_call>`, Mistral
 * `[TOOL_CALLS] [{…}]`, Llama 3 a JSON object by itself. Each is an object with the name and the arguments, or parameters; what is no
 * such object stays text.
 */

export interface ToolCall {
  readonly name: string;
  /** As JSON, as the model wrote them. */
  readonly arguments: string;
}

const OPEN = '<tool_call>';
const CLOSE = '</tool_call>';
/** What a text may begin with that is nothing but calls. */
const MARKS = ['[TOOL_CALLS]', '<|python_tag|>'];

/** Reads a text as it comes: what cannot be part of a call is given back at once, the rest is held until it is whole. */
export class ToolCallReader {
  readonly #names: ReadonlySet<string>;
  #held = '';
  #begun = false;

  /** @param names of the functions that there are: a call of any other is text */
  constructor(names: Iterable<string>) {
    this.#names = new Set(names);
  }

  /** @returns text that belongs to no call */
  push(text: string): string {
    this.#held += text;
    if (!this.#begun) {
      const start = this.#held.trimStart();
      // A text that begins as a call does is one, or is text when it is whole.
      if (start === '' || mayOpen(start)) return '';
      this.#begun = true;
    }
    const at = this.#held.indexOf(OPEN);
    const free = at >= 0 ? at : this.#held.length - overlap(this.#held, OPEN);
    const out = this.#held.slice(0, free);
    this.#held = this.#held.slice(free);
    return out;
  }

  /** What was held: its calls, and what was none. */
  end(): { readonly text: string; readonly calls: readonly ToolCall[] } {
    const held = this.#held;
    this.#held = '';
    if (held.includes(OPEN)) {
      let text = '';
      const calls: ToolCall[] = [];
      for (const [i, part] of held.split(OPEN).entries()) {
        const [body = '', ...after] = i === 0 ? ['', part] : part.split(CLOSE);
        const found = i === 0 ? [] : this.#calls(body);
        if (found.length > 0) calls.push(...found);
        else if (i > 0) text += OPEN + body + (after.length > 0 ? CLOSE : '');
        text += after.join(CLOSE);
      }
      return calls.length > 0 ? { text: text.trim(), calls } : { text: held, calls };
    }
    const start = held.trim();
    const mark = MARKS.find((one) => start.startsWith(one)) ?? '';
    const calls = this.#calls(start.slice(mark.length));
    return calls.length > 0 ? { text: '', calls } : { text: held, calls };
  }

  /** One or several; none where the text is anything else. */
  #calls(text: string): ToolCall[] {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return [];
    }
    const calls = [value].flat().map((one) => {
      const { name, arguments: given, parameters = {} } = (one ?? {}) as Record<string, unknown>;
      const values = given ?? parameters;
      if (typeof name !== 'string' || !this.#names.has(name)) return undefined;
      if (typeof values === 'string') return { name, arguments: values };
      return typeof values === 'object' && values !== null
        ? { name, arguments: JSON.stringify(values) }
        : undefined;
    });
    return calls.every((call) => call !== undefined) ? calls : [];
  }
}

const mayOpen = (start: string): boolean =>
  /^[{[]/.test(start) || [OPEN, ...MARKS].some((mark) => mark.startsWith(start) || start.startsWith(mark));

/** How many characters at the end of `text` are the beginning of `mark`. */
function overlap(text: string, mark: string): number {
  for (let size = Math.min(text.length, mark.length - 1); size > 0; size--)
    if (mark.startsWith(text.slice(text.length - size))) return size;
  return 0;
}
