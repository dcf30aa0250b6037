/**
 * How often each word stands in texts that may be larger than memory. Words are counted where they stand, without a
 * string made of each; when there are too many different ones, the rare are dropped, and the bar for rare rises each
 * time (lossy counting: Manku and Motwani, 2002). The same texts in the same order give the same counts.
 */
import type { Pattern } from '../pattern/pattern.ts';
import { WordCache } from '../word-cache.ts';

/** Longer words, such as a line without spaces, are counted in pieces. */
const LONGEST = 256;

export class WordCounts {
  readonly #pattern: Pattern;
  readonly #maxWords: number;
  /** Words met since the last flush: each with one number, its count. */
  readonly #recent = new WordCache();
  readonly #one = Int32Array.of(1);
  #counts = new Map<string, number>();
  #rare = 0;
  /** How many words were dropped, each time one was. */
  dropped = 0;

  constructor(pattern: Pattern, maxWords: number) {
    this.#pattern = pattern;
    this.#maxWords = maxWords;
  }

  add(text: string): void {
    const pattern = this.#pattern;
    const { length } = text;
    let at = 0;
    while (at < length && pattern.find(text, at, 0, length)) {
      if (pattern.start > at) this.#count(text, at, pattern.start);
      if (pattern.end > pattern.start) this.#count(text, pattern.start, pattern.end);
      at = Math.max(pattern.end, at + 1);
    }
    if (at < length) this.#count(text, at, length);
  }

  /** The words with their counts, by code unit, so that the order they came in says nothing. */
  sorted(): [string, number][] {
    this.#flush();
    return [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  get distinct(): number {
    return this.#counts.size;
  }

  #count(text: string, from: number, to: number): void {
    for (; to - from > LONGEST; from += LONGEST) this.#count(text, from, from + LONGEST);
    const recent = this.#recent;
    if (recent.find(text, from, to)) {
      const count = recent.tokens.data[recent.from]! + 1;
      recent.tokens.data[recent.from] = count;
      if (count === 0x7fff_ffff) this.#flush();
      return;
    }
    if (recent.full) {
      this.#flush();
      recent.find(text, from, to);
    }
    if (!recent.add(text, from, to, this.#one)) this.#keep(text.slice(from, to), 1);
  }

  #flush(): void {
    for (const [word, numbers] of this.#recent.entries()) this.#keep(word, numbers[0]!);
    this.#recent.clear();
    while (this.#counts.size > this.#maxWords) this.#drop();
  }

  #keep(word: string, count: number): void {
    this.#counts.set(word, (this.#counts.get(word) ?? 0) + count);
    if (this.#counts.size > 1.5 * this.#maxWords) this.#drop();
  }

  #drop(): void {
    this.#rare += 1;
    for (const [word, count] of this.#counts) {
      if (count > this.#rare) continue;
      this.#counts.delete(word);
      this.dropped += 1;
    }
  }
}
