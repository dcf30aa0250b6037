/** How well the sentiment of clauses is told, measured on clauses judged by hand. */
import type { ClausePolarity, ClauseSentiment } from '../clause-sentiment/posterior.ts';

/** Shares, 0 to 1; `NaN` of none. */
export interface ClauseFigures {
  /** Of the clauses judged positive or negative: they lean to that side, whether or not they are told as neutral. */
  readonly side: number;
  /** Of the clauses judged positive or negative: told as judged. To call one neutral is wrong. */
  readonly accuracy: number;
  /** Of all clauses: told as judged. */
  readonly accuracyOfThree: number;
  /** Of the clauses judged negative: told as negative. */
  readonly complaintRecall: number;
  /** Of the clauses told as negative: judged negative. */
  readonly complaintPrecision: number;
  readonly neutralRecall: number;
}

/** @param told By judged clause */
export function clauseFigures(
  judged: readonly { readonly polarity: ClausePolarity }[],
  told: readonly ClauseSentiment[],
): ClauseFigures {
  const pairs = judged.map(({ polarity }, i) => ({ judged: polarity, ...told[i]! }));
  type Pair = (typeof pairs)[number];
  const share = (of: readonly Pair[], isRight: (pair: Pair) => boolean) =>
    of.filter(isRight).length / of.length;
  const isSame = (pair: Pair) => pair.judged === pair.polarity;
  const ofPolarity = pairs.filter(({ judged }) => judged !== 'neutral');
  return {
    side: share(
      ofPolarity,
      ({ judged, satisfied }) => judged === (satisfied >= 0.5 ? 'positive' : 'negative'),
    ),
    accuracy: share(ofPolarity, isSame),
    accuracyOfThree: share(pairs, isSame),
    complaintRecall: share(
      pairs.filter(({ judged }) => judged === 'negative'),
      isSame,
    ),
    complaintPrecision: share(
      pairs.filter(({ polarity }) => polarity === 'negative'),
      isSame,
    ),
    neutralRecall: share(
      pairs.filter(({ judged }) => judged === 'neutral'),
      isSame,
    ),
  };
}
