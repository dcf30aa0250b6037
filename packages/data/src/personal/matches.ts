/** The words that detectors are written in. */
import type { PersonalSpan } from './kinds.ts';

type Found = Omit<PersonalSpan, 'kind'>;

/**
 * Every match of a pattern with the flag `g`: of its group `it` where it has one (flag `d`), else of the whole.
 *
 * @param judge The confidence in a match; 0: it is none.
 */
export function* matches(
  text: string,
  pattern: RegExp,
  judge: number | ((value: string, match: RegExpExecArray) => number),
): Generator<Found> {
  for (const match of text.matchAll(pattern) as Iterable<RegExpExecArray>) {
    const [start, end] = match.indices?.groups?.it ?? [match.index, match.index + match[0].length];
    const confidence = typeof judge === 'number' ? judge : judge(text.slice(start, end), match);
    if (confidence > 0) yield { start, end, confidence };
  }
}

/** How far before something the word may stand that says what it is. */
const CONTEXT = 24;

/** Whether one of the words stands shortly before `at`. */
export const precededBy = (text: string, at: number, words: RegExp): boolean =>
  words.test(text.slice(Math.max(0, at - CONTEXT), at));

export const digitsOf = (text: string): string => text.replace(/\D/g, '');
