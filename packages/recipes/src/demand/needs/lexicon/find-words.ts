/**
 * Finds the words of a lexicon in a text, the longest first. English words are whole words, `_` stands for a space or an apostrophe and a
 * final `*` for any ending. Chinese words may stand anywhere; one of a single character only where the segmenter sees a word: 慢 is
 * in 太慢, and not in 慢慢来. Chinese compounds end in what they are: `*肉` stands for the nouns that end so (肥肉, 羊肉). `#` stands for a time of day: `#送到` is in
 * 19点15送到.
 */
import type { TaggedWord } from '@gradus/data';

export interface Found<Entry> {
  readonly entry: Entry;
  /** As it stands in the text, in lower case. */
  readonly word: string;
  readonly at: number;
}

export interface Lexicon<Entry> {
  /** @param lower In lower case @param words Of a Chinese text: what the segmenter sees */
  find(lower: string, words?: readonly TaggedWord[]): Found<Entry>[];
}

const listed = (words: string): string[] => words.trim().split(/\s+/).filter(Boolean);
const escaped = (word: string): string => word.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');
const byLength = (a: string, b: string): number => b.length - a.length;

/** Words with the entry that each is of. */
type Rows<Entry> = Iterable<readonly [words: string, entry: Entry]>;

export function englishLexicon<Entry>(rows: Rows<Entry>): Lexicon<Entry> {
  const exact = new Map<string, Entry>();
  const starts = new Map<string, Entry>();
  for (const [words, entry] of rows)
    for (const word of listed(words)) {
      const [to, key] = word.endsWith('*') ? [starts, word.slice(0, -1)] : [exact, word];
      if (!to.has(key)) to.set(key, entry);
    }
  const source = [...exact.keys(), ...[...starts.keys()].map((word) => `${word}*`)]
    .sort(byLength)
    .map((word) => escaped(word).replaceAll('_', "[\\s'’-]+").replace(/\\\*$/u, "[\\w'’-]*"));
  const pattern = new RegExp(`(?<![\\w'’])(?:${source.join('|')})(?![\\w])`, 'gu');
  const prefixes = [...starts.keys()].sort(byLength);
  const entryOf = (found: string): Entry => {
    const key = found.replace(/[\s'’-]+/gu, '_');
    const own = exact.get(key) ?? exact.get(found);
    if (own !== undefined) return own;
    return starts.get(prefixes.find((start) => key.startsWith(start) || found.startsWith(start))!)!;
  };
  return {
    find: (lower) =>
      Array.from(lower.matchAll(pattern), ({ 0: word, index }) => ({
        entry: entryOf(word),
        word,
        at: index,
      })),
  };
}

const CLOCK_TIME =
  '(?:\\d{1,2}|[一二两三四五六七八九十]{1,3})(?:点|[:：])(?:\\d{1,2}|[一二三四五六七八九十]{1,3}|半|多)?(?:分|钟|多|左右)?';
const untimed = (word: string): string => word.replace(new RegExp(`^${CLOCK_TIME}`, 'u'), '#');

/** What may stand before a single character in one word of the segmenter's. */
const ADVERBS = /^[很太真超挺最更偏好不没巨略这那]$/u;

export function chineseLexicon<Entry>(rows: Rows<Entry>): Lexicon<Entry> {
  const entries = new Map<string, Entry>();
  const heads = new Map<string, Entry>();
  for (const [words, entry] of rows)
    for (const word of listed(words)) {
      const [to, key] = word.startsWith('*') ? [heads, word.slice(1)] : [entries, word];
      if (!to.has(key)) to.set(key, entry);
    }
  const compoundsOf = (words: readonly TaggedWord[], found: readonly Found<Entry>[]): Found<Entry>[] =>
    words.flatMap(({ word, tag, at }) => {
      const entry = tag === 'noun' && word.length > 1 ? heads.get(word.at(-1)!) : undefined;
      const isTaken = found.some((one) => one.at < at + word.length && at < one.at + one.word.length);
      return entry === undefined || isTaken ? [] : [{ entry, word, at }];
    });
  const pattern = new RegExp(
    [...entries.keys()]
      .sort(byLength)
      .map((word) => escaped(word).replace('#', CLOCK_TIME))
      .join('|'),
    'gu',
  );
  return {
    find(lower, words = []) {
      const found = [...matchesOf(pattern, lower)]
        .map(({ word, at }) => ({ entry: (entries.get(word) ?? entries.get(untimed(word)))!, word, at }))
        .filter(({ word, at }) => word.length > 1 || isWord(word, at, words));
      if (heads.size === 0) return found;
      return [...found, ...compoundsOf(words, found)].sort((a, b) => a.at - b.at);
    },
  };
}

/** From left to right; an adverb is no part of what reaches farther without it: 很好吃 is 很 and 好吃, not 很好. A negation is: 不错的 is 不错, not 错的. */
function* matchesOf(pattern: RegExp, text: string): Generator<{ word: string; at: number }> {
  const next = (from: number): { word: string; at: number } | undefined => {
    pattern.lastIndex = from;
    const match = pattern.exec(text);
    return match ? { word: match[0], at: match.index } : undefined;
  };
  let found = next(0);
  while (found) {
    const end = found.at + found.word.length;
    if (found.word.length > 1 && ADVERBS.test(found.word[0]!) && !/^[不没]/u.test(found.word)) {
      const inside = next(found.at + 1);
      if (inside && inside.at < end && inside.at + inside.word.length > end) found = inside;
    }
    yield found;
    found = next(found.at + found.word.length);
  }
}

function isWord(character: string, at: number, words: readonly TaggedWord[]): boolean {
  return words.some(({ word, at: from }) => {
    if (from === at) return word === character;
    return from === at - 1 && word.length === 2 && word[1] === character && ADVERBS.test(word[0]!);
  });
}
