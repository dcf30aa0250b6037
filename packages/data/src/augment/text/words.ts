/**
 * Texts changed word by word: the two cheapest steps of "EDA" (Wei and Zou, 2019), words left out and words swapped; `synonyms`
 * has the third. They take and give words, as `words` cuts them, in any language.
 */
import type { Random } from '@gradus/base';
import { words } from '../../text/words.ts';
import { randomOf } from '../seeding.ts';

/** Gives the words of a text back, changed; it leaves those that it is given as they are. */
export type TextStep = (words: readonly string[], random: Random) => readonly string[];

/** Each word is left out with this probability, but never all of them. */
export function wordDropout(probability = 0.1): TextStep {
  return (given, random) => {
    const kept = given.filter(() => random.uniform() >= probability);
    return kept.length > 0 || given.length === 0 ? kept : [given[random.below(given.length)]!];
  };
}

/** Pairs of words change places: of a text of n words, `share` × n pairs, rounded by chance. */
export function wordSwap(share = 0.1): TextStep {
  return (given, random) => {
    const swapped = [...given];
    const pairs = given.length < 2 ? 0 : Math.floor(share * given.length + random.uniform());
    for (let i = 0; i < pairs; i++) {
      const [a, b] = [random.below(given.length), random.below(given.length)];
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
  return joinWords(steps.reduce((given, step) => step(given, chance), words(text) as readonly string[]));
}

const HAN = /^\p{Script=Han}+$/u;

/** Words as a text: with spaces, but none between two Chinese words. */
export const joinWords = (given: readonly string[]): string =>
  given
    .map((word, i) => (i > 0 && !(HAN.test(word) && HAN.test(given[i - 1]!)) ? ` ${word}` : word))
    .join('');
