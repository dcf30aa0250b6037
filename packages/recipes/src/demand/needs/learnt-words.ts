/**
 * Words of opinion that no lexicon has, learnt from the file's own labels: nouns and adjectives that reviews which the file calls dissatisfied use more
 * often than the others (Fisher's exact test of each word, corrected together by Benjamini and Hochberg, 1995), by so much that it matters.
 */
import { benjaminiHochberg, fisherExact } from '@gradus/stats';
import { type Judgement, l } from './lexicon/judgement.ts';
import type { ClauseReading, FileWord } from './read-clause.ts';

const FEWEST_REVIEWS = 5;
const SIGNIFICANT = 0.01;
/** The odds of being dissatisfied, over those of reviews without the word. Nouns mostly say what a review is about ("credit card"), and few what is wrong ("burrs"). */
const LEAST_ODDS = { adjective: 3, noun: 8 } as const;

/**
 * Lemmas, sorted.
 *
 * @param reviewOf By reading: its review
 * @param labels By review: satisfied (1) or dissatisfied (0), where the file says so
 */
export function blameWords(
  readings: readonly (ClauseReading | null)[],
  reviewOf: ArrayLike<number>,
  labels: readonly (number | undefined)[],
): string[] {
  const using = new Map<string, Set<number>>();
  const tags = new Map<string, FileWord['tag']>();
  // A single Chinese character is a piece of anything.
  for (const [i, reading] of readings.entries()) {
    const review = reviewOf[i]!;
    if (labels[review] === undefined) continue;
    for (const { lemma, tag } of reading?.words ?? []) {
      if (/^\p{Script=Han}$/u.test(lemma)) continue;
      tags.set(lemma, tag);
      const own = using.get(lemma);
      if (own) own.add(review);
      else using.set(lemma, new Set([review]));
    }
  }
  const said = labels.filter((label) => label !== undefined);
  const allBad = said.filter((label) => label === 0).length;
  const tried = [...using].flatMap(([lemma, reviews]) => {
    const n = reviews.size;
    const [bad, rest] = [[...reviews].filter((review) => labels[review] === 0).length, said.length - n];
    if (n < FEWEST_REVIEWS || rest === 0) return [];
    const others = allBad - bad;
    // Half a review more of either kind, so that no odds are infinite (Haldane, 1956).
    const odds = ((bad + 0.5) / (n - bad + 0.5)) * ((rest - others + 0.5) / (others + 0.5));
    return [{ lemma, odds, pValue: fisherExact(bad, n, others, rest) }];
  });
  const corrected = benjaminiHochberg(tried.map(({ pValue }) => pValue));
  return tried
    .filter(({ lemma, odds }, i) => odds >= LEAST_ODDS[tags.get(lemma)!] && corrected[i]! <= SIGNIFICANT)
    .map(({ lemma }) => lemma)
    .sort();
}

const LEARNT = 'word-';

export const isLearnt = ({ id }: Judgement): boolean => id.startsWith(LEARNT);

export const learntJudgement = ({ lemma, tag }: Pick<FileWord, 'lemma' | 'tag'>): Judgement => ({
  id: LEARNT + lemma,
  blame: { en: '', zh: '' },
  says:
    tag === 'adjective'
      ? l(`Customers call {} “${lemma}”`, `客户说{}“${lemma}”`)
      : l(`Customers complain of “${lemma}”, speaking of {}`, `说到{}，客户抱怨“${lemma}”`),
  fix: l('Find out what is wrong with {}', '查明{}的问题'),
});
