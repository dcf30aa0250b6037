/** What a Replace or Split of a tokenizer file looks for: a text as it stands, or a regular expression. */
import { z } from 'zod';
import { Aligned } from './aligned.ts';
import { Pattern } from './pattern/pattern.ts';

export const PATTERN = z.union([
  z.object({ String: z.string().min(1).max(10_000) }),
  z.object({ Regex: z.string() }),
]);

export interface Matcher {
  /** Finds the first match at or after `from` in text.slice(low, high), into `start` and `end`. */
  find(text: string, from: number, low: number, high: number): boolean;
  readonly start: number;
  readonly end: number;
}

export function matcher(pattern: z.infer<typeof PATTERN>): Matcher {
  return 'Regex' in pattern ? new Pattern(pattern.Regex) : new Literal(pattern.String);
}

export class Literal implements Matcher {
  readonly #text: string;
  /** The last search, and what it found: pieces without a match would each be searched for to the end of the text. */
  #searched = '';
  #from = 0;
  #found = -1;
  start = 0;
  end = 0;

  constructor(text: string) {
    this.#text = text;
  }

  find(text: string, from: number, _: number, high: number): boolean {
    const at = this.#next(text, from);
    if (at < 0 || at + this.#text.length > high) return false;
    this.start = at;
    this.end = at + this.#text.length;
    return true;
  }

  #next(text: string, from: number): number {
    const isKnown = text === this.#searched && from >= this.#from && (this.#found < 0 || from <= this.#found);
    if (isKnown) return this.#found;
    this.#searched = text;
    this.#from = from;
    this.#found = text.indexOf(this.#text, from);
    return this.#found;
  }
}

/** All matches replaced by `content`. */
export function replaceAll(source: Aligned, matches: Matcher, content: string): Aligned {
  const { text } = source;
  const { length } = text;
  let at = 0;
  let builder: InstanceType<typeof Aligned.Builder> | undefined;
  let kept = 0;
  while (at <= length && matches.find(text, at, 0, length)) {
    builder ??= new Aligned.Builder(source);
    builder.keep(kept, matches.start);
    builder.put(content, matches.start, matches.end);
    kept = matches.end;
    at = matches.end > matches.start ? matches.end : matches.end + 1;
  }
  if (!builder) return source;
  builder.keep(kept, length);
  return builder.done();
}
