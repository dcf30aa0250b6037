/** Calls of functions in an answer that comes in pieces: prose is given on at once, what may be a call when it is whole. */
import { parseToolCalls } from '../constrain/parsed-calls.ts';

export interface ToolCall {
  readonly name: string;
  /** As JSON. */
  readonly arguments: string;
}

/** What calls begin with, behind prose as well. */
const MARKS = [
  '<tool_call>',
  '<|tool_call|>',
  '<function=',
  '[TOOL_CALLS]',
  '<start_function_call>',
  '```tool_code',
];
/** What an answer begins with that is nothing but calls. */
const FIRST = [...MARKS, '<|python_tag|>', '```json', '```python', 'call:', '{', '['];

/** Reads an answer as it comes: what cannot be part of a call is given back at once, the rest is held until it is whole. */
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
      if (start === '' || FIRST.some((mark) => mark.startsWith(start) || start.startsWith(mark))) return '';
      this.#begun = true;
    }
    const free = Math.min(...MARKS.map((mark) => before(this.#held, mark)));
    const out = this.#held.slice(0, free);
    this.#held = this.#held.slice(free);
    return out;
  }

  /** What was held: its calls, and what was none. */
  end(): { readonly text: string; readonly calls: readonly ToolCall[] } {
    const held = this.#held;
    this.#held = '';
    const { text, calls } = parseToolCalls(held, this.#names);
    return {
      text,
      calls: calls.map((call) => ({ name: call.name, arguments: JSON.stringify(call.arguments) })),
    };
  }
}

/** How much of `text` stands before the mark, or before what may become the mark at its end. */
function before(text: string, mark: string): number {
  const at = text.indexOf(mark);
  if (at >= 0) return at;
  for (let size = Math.min(text.length, mark.length - 1); size > 0; size--)
    if (mark.startsWith(text.slice(text.length - size))) return text.length - size;
  return text.length;
}
