/**
 * Texts changed word by word: the two cheapest steps of "EDA" (Wei and Zou, 2019), words left out and words swapped; `synonyms`
 * has the third. They take and return words, as `words` cuts them, in any language.
 */
import type { Random } from '@gradus/base';
import { words } from '../../text/words.ts';
import { randomOf } from '../seeding.ts';

/** Returns changed words; it does not change its input. */
export type TextStep = (words: readonly string[], random: Random) => readonly string[];

/** Each word is left out with this probability, but never all of them. */
export function wordDropout(probability = 0.1): TextStep {
  return (tokens, random) => {
    const kept = tokens.filter(() => random.uniform() >= probability);
    return kept.length > 0 || tokens.length === 0 ? kept : [tokens[random.below(tokens.length)]!];
  };
}

/** Pairs of words change places: of a text of n words, `share` × n pairs, rounded by chance. */
export function wordSwap(share = 0.1): TextStep {
  return (tokens, random) => {
    const swapped = [...tokens];
    const pairs = tokens.length < 2 ? 0 : Math.floor(share * tokens.length + random.uniform());
    for (let i = 0; i < pairs; i++) {
      const [a, b] = [random.below(tokens.length), random.below(tokens.length)];
      [swapped[a], swapped[b]] = [swapped[b]!, swapped[a]!];
    }
    return swapped;
  };
}

/**
 * A text through all steps.
 *
 * @param row of the text in its data, @param epoch of training: with the seed, all that the result depends on
 */
export function augmentText(
  text: string,
  steps: readonly TextStep[],
  { random, epoch, row }: { readonly random: Random; readonly epoch: number; readonly row: number },
): string {
  const chance = randomOf(random, epoch, row);
  return joinWords(steps.reduce((tokens, step) => step(tokens, chance), words(text) as readonly string[]));
}

const HAN = /^\p{Script=Han}+$/u;

/** Words as a text: with spaces, but none between two Chinese words. */
export const joinWords = (tokens: readonly string[]): string =>
  tokens
    .map((word, i) => (i > 0 && !(HAN.test(word) && HAN.test(tokens[i - 1]!)) ? ` ${word}` : word))
    .join('');
