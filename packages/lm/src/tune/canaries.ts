/**
 * What a training memorises, measured with made-up secrets: random canaries stand among its examples, each a known number of times,
 * and are compared afterwards with secrets of the same form that were never there (Carlini et al., "The Secret Sharer", 2019). The
 * exposure of a canary is log2 of how many there are, less log2 of its rank by the model's own loss: a secret that was not memorised
 * has any rank. Real secrets that stand as often as a canary that is exposed could be drawn from the model too.
 */
import { Random } from '@gradus/base';
import type { LanguageModel } from '../model/language-model.ts';
import type { ExampleLoss } from './held-out.ts';
import type { Memorised } from './options.ts';
import { type TokenExample, tokensOfText } from './tokens.ts';

export interface Canary {
  readonly example: TokenExample;
  /** How often it stands among the examples. */
  readonly times: number;
  /** The same words with other secrets, which are not trained on. */
  readonly others: readonly TokenExample[];
}

const TIMES = [1, 4, 16];
const DIGITS = 8;
const OTHERS = 127;

/** @param count of each number of times */
export function canariesOf(model: LanguageModel, count: number, seed: number | string): Canary[] {
  const random = new Random(seed).fork('canaries');
  const secret = () => Array.from({ length: DIGITS }, () => random.below(10)).join('');
  let made = 0;
  return TIMES.flatMap((times) =>
    Array.from({ length: count }, () => {
      made++;
      const holder = Array.from({ length: 4 }, () => String.fromCharCode(97 + random.below(26))).join('');
      const example = (): TokenExample => {
        const words = `the access code of ${holder} is ${secret()}`;
        return tokensOfText(-made, model, words);
      };
      return { times, example: example(), others: Array.from({ length: OTHERS }, example) };
    }),
  );
}

/** @param losses of each canary, with those of its others behind it */
export function memorised(canaries: readonly Canary[], losses: readonly ExampleLoss[]): Memorised {
  const size = OTHERS + 1;
  const ranks = canaries.map((_, i) => {
    const [own, ...others] = losses.slice(i * size, (i + 1) * size);
    // What is equal stands before: a model that knows nothing exposes nothing.
    return 1 + others.filter(({ loss }) => loss <= own!.loss).length;
  });
  const groups = [...Map.groupBy(canaries.keys(), (i) => canaries[i]!.times)].map(([times, members]) => {
    const exposures = members.map((i) => Math.log2(size / ranks[i]!));
    return {
      times,
      canaries: members.length,
      exposure: exposures.reduce((a, b) => a + b, 0) / members.length,
      pValue: lowRanks(
        members.map((i) => ranks[i]!),
        size,
      ),
    };
  });
  const isSeen = groups.some(({ pValue }) => pValue < LEVEL / groups.length);
  return {
    groups,
    chance: meanExposureByChance(size),
    most: Math.log2(size),
    verdict: isSeen ? 'memorised' : 'not seen to be memorised',
  };
}

const LEVEL = 0.05;

const meanExposureByChance = (size: number): number =>
  Array.from({ length: size }, (_, i) => Math.log2(size / (i + 1))).reduce((a, b) => a + b, 0) / size;

/** The probability that the ranks add up to so little by chance, where each is uniform from 1 to `size`: by counting. */
function lowRanks(ranks: readonly number[], size: number): number {
  const total = ranks.reduce((a, b) => a + b, 0);
  let ways = Float64Array.of(1);
  for (const _ of ranks) {
    const next = new Float64Array(ways.length + size);
    let sum = 0;
    for (let at = 0; at < next.length; at++) {
      next[at] = sum / size;
      sum += ways[at] ?? 0;
      if (at >= size) sum -= ways[at - size] ?? 0;
    }
    ways = next;
  }
  return Math.min(
    1,
    ways.subarray(0, total + 1).reduce((a, b) => a + b, 0),
  );
}
