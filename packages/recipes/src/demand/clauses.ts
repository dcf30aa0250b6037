/** How a review is taken apart for its themes, and how rules and lexicons read what is taken. */
import { simplifiedChinese, splitClauses } from '@gradus/data';

/** A longer text says more than one thing even where it asks. */
const LONGEST_WHOLE = 240;

/**
 * The clauses of a cleaned text that say something, without the punctuation in front that belongs to what came before.
 *
 * A short text that asks is about one thing, and stays whole: "I ordered a card two weeks ago, but it has not arrived.
 * What shall I do?" What stands around the question is its circumstances.
 *
 * @param isWhole The file's texts are one thing said each, so that short ones stay whole whether they ask or not
 */
export function clausesOf(text: string, isWhole = false): string[] {
  const isOne = (isWhole || /[?？]/u.test(text)) && text.length <= LONGEST_WHOLE;
  return (isOne ? [text] : splitClauses(text))
    .map((clause) => clause.replace(/^[\s,，、.。;；:：!！?？~～…]+/u, '').trim())
    .filter((clause) => /[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(clause));
}

export interface ReadText {
  readonly language: 'en' | 'zh';
  /** Chinese in simplified characters, each in the place that it has in the text. */
  readonly text: string;
}

const HAN = /\p{Script=Han}/u;

/** Rules and lexicons know simplified Chinese only; what is quoted stays as it was written. @param language Where that of the whole text is known */
export function asRead(
  text: string,
  language: ReadText['language'] = HAN.test(text) ? 'zh' : 'en',
): ReadText {
  return { language, text: language === 'zh' ? simplifiedChinese(text) : text };
}
