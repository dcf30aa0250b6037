import { splitClauses } from '@gradus/data';

/** The clauses of a cleaned text that say something, without the punctuation in front that belongs to what came before. */
export function clausesOf(text: string): string[] {
  return splitClauses(text)
    .map((clause) => clause.replace(/^[\s,，、.。;；:：!！?？~～…]+/u, '').trim())
    .filter((clause) => /[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(clause));
}
