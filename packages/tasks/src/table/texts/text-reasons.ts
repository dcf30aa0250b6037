/** The words of a text that spoke most for an answer, or against it: exactly what the column's linear model adds up. */
import { TERMS } from './terms.ts';
import type { TextColumn } from './text-column.ts';

const MOST_WORDS = 2;
const HAN_GAP = /(?<=\p{Script=Han}) (?=\p{Script=Han})/gu;
const HAN = /\p{Script=Han}/u;

/**
 * @param output The model's output that is explained
 * @param sign 1 for words that raise it, −1 for words that lower it
 * @returns the strongest first; none where no score of the column speaks of the output
 */
export function strongestWords(
  { terms, linear, speaksOf }: TextColumn,
  text: string,
  output: number,
  sign: number,
): string[] {
  const score = speaksOf.indexOf(output);
  if (score < 0) return [];
  const { indices, values } = TERMS.transform(terms, [text]);
  const ranked = Array.from(indices, (term, k) => ({
    word: shownTerm(terms.terms[term]!),
    adds: sign * values[k]! * linear.weights[term * speaksOf.length + score]!,
  }))
    .filter(({ adds }) => adds > 0)
    .sort((a, b) => b.adds - a.adds);
  const words: string[] = [];
  for (const { word } of ranked) {
    if (words.length === MOST_WORDS) break;
    // A pair of words says nothing more than the stronger one of them.
    if (!words.some((other) => other.includes(word) || word.includes(other))) words.push(word);
  }
  return words;
}

/** A term as people would write it. */
function shownTerm(term: string): string {
  const [, kind, words] = /^(?:([wn]):)?(.+)$/su.exec(term)!;
  const plain = words!.replace(HAN_GAP, '');
  if (kind !== 'n') return plain;
  return HAN.test(plain) ? `不…${plain}` : `not … ${plain}`;
}
