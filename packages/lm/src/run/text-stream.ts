/**
 * Tokens as text, piece by piece. A token may be part of a character: such pieces are held back until the character is whole. What
 * may be the beginning of a stop text is held back until it is, or is not.
 */
import type { Tokenizer } from '@gradus/data';

/** What a decoder puts for bytes that are no character. */
const BROKEN = '\uFFFD';
/** So many tokens without a whole character are no character at all. */
const LONGEST_CHARACTER = 12;

export class TextStream {
  readonly #tokenizer: Tokenizer;
  readonly #stop: readonly string[];
  readonly #ids: number[] = [];
  /** Tokens before `start` are done; those up to `read` have been turned into text. */
  #start = 0;
  #read = 0;
  #held = '';
  #stopped = false;

  /** @param before tokens that stand before, which spaces may depend on */
  constructor(tokenizer: Tokenizer, stop: readonly string[], before: readonly number[] = []) {
    this.#tokenizer = tokenizer;
    this.#stop = stop.filter((text) => text !== '');
    this.#ids.push(...before.slice(-4));
    this.#read = this.#ids.length;
  }

  /** Whether a stop text was met. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** @returns the text that the token completes, which may be none */
  push(id: number): string {
    this.#ids.push(id);
    const before = this.#tokenizer.decode(this.#ids.slice(this.#start, this.#read));
    const text = this.#tokenizer.decode(this.#ids.slice(this.#start));
    if (text.endsWith(BROKEN) && this.#ids.length - this.#read < LONGEST_CHARACTER) return '';
    this.#start = this.#read;
    this.#read = this.#ids.length;
    return this.#released(text.slice(before.length));
  }

  /** What is still held back at the end. */
  end(): string {
    if (this.#stopped) return '';
    const before = this.#tokenizer.decode(this.#ids.slice(this.#start, this.#read));
    const rest = this.#tokenizer.decode(this.#ids.slice(this.#start)).slice(before.length);
    this.#start = this.#ids.length;
    this.#read = this.#ids.length;
    const out = this.#released(rest);
    if (this.#stopped) return out;
    const held = this.#held;
    this.#held = '';
    return out + held;
  }

  #released(text: string): string {
    if (this.#stopped) return '';
    const all = this.#held + text;
    const places = this.#stop.map((stop) => all.indexOf(stop)).filter((at) => at >= 0);
    if (places.length > 0) {
      this.#stopped = true;
      this.#held = '';
      return all.slice(0, Math.min(...places));
    }
    const keep = Math.max(0, ...this.#stop.map((stop) => overlap(all, stop)));
    this.#held = all.slice(all.length - keep);
    return all.slice(0, all.length - keep);
  }
}

/** How many characters at the end of `text` are the beginning of `stop`. */
function overlap(text: string, stop: string): number {
  for (let size = Math.min(text.length, stop.length - 1); size > 0; size--)
    if (stop.startsWith(text.slice(text.length - size))) return size;
  return 0;
}
