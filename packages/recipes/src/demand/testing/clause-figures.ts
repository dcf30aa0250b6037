/** How well the polarity of clauses is told, measured on clauses that people have judged. */
import type { ClausePolarity } from './judged-clauses.ts';

/** Shares, 0 to 1; `NaN` of none. */
export interface ClauseFigures {
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
  told: readonly ClausePolarity[],
): ClauseFigures {
  const pairs = judged.map(({ polarity }, i) => ({ polarity, isRight: polarity === told[i], told: told[i] }));
  const shareRight = (of: readonly { readonly isRight: boolean }[]) =>
    of.filter(({ isRight }) => isRight).length / of.length;
  return {
    accuracy: shareRight(pairs.filter(({ polarity }) => polarity !== 'neutral')),
    accuracyOfThree: shareRight(pairs),
    complaintRecall: shareRight(pairs.filter(({ polarity }) => polarity === 'negative')),
    complaintPrecision: shareRight(pairs.filter(({ told }) => told === 'negative')),
    neutralRecall: shareRight(pairs.filter(({ polarity }) => polarity === 'neutral')),
  };
}
