/** How a review is taken apart for its themes. */
import { splitClauses } from '@gradus/data';

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
