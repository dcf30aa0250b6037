/**
 * The polarity of a clause from all that is known of it: what the file has taught of its words, what these mean anywhere, what it says of needs, what its
 * review is labelled, and how it is made. A softmax of three classes in which praise and complaint mirror each other but for two cues of complaint, so that no
 * file is read as kinder than it is. Their log weights are s, −s, and for neutral what its cues say:
 *
 *     s = EVIDENCE · tanh(evidence / REACH) + OPINION · balance of opinion words + NEED · what it says of needs + REVIEW · review − cues of complaint
 *
 * The constants here and those of the cues are a logistic regression's, rounded, on clauses of four files of equal weight, one Chinese and three English ones, judged by
 * hand, with all and with a part of the files' reviews or labels to learn evidence from; they are the same for all files.
 */

import { opinionWords } from '../needs/lexicon/opinion-words.ts';
import { needBalance, type Said } from '../needs/need-model.ts';
import { complaintCue, neutralCue } from './cues.ts';

export const CLAUSE_POLARITIES = ['negative', 'neutral', 'positive'] as const;
export type ClausePolarity = (typeof CLAUSE_POLARITIES)[number];

export interface ClauseSentiment {
  readonly polarity: ClausePolarity;
  /** The probability of praise if it is praise or complaint: above one half it leans to praise. */
  readonly satisfied: number;
}

const EVIDENCE = 2;
const REACH = 16;
const OPINION = 1;
const NEED = 0.9;
const REVIEW = 1.2;

export interface KnownOfClause {
  readonly text: string;
  /** What the file has taught of its words, in log odds. */
  readonly evidence: number;
  /** What it says of needs. */
  readonly said: readonly Said[];
  /** What its review says as a whole, −1 dissatisfied to 1 satisfied; 0 neither. */
  readonly review: number;
}

export function clauseSentiment({ text, evidence, said, review }: KnownOfClause): ClauseSentiment {
  const { count, balance } = opinionWords(text);
  const lean =
    EVIDENCE * Math.tanh(evidence / REACH) +
    OPINION * balance +
    NEED * needBalance(said) +
    REVIEW * review -
    complaintCue(text);
  const judging = { hasOpinionWord: count > 0, saysOfNeed: said.length > 0 };
  const isNeutral = neutralCue(text, judging) > Math.abs(lean);
  return {
    polarity: isNeutral ? 'neutral' : lean < 0 ? 'negative' : 'positive',
    satisfied: 1 / (1 + Math.exp(-2 * lean)),
  };
}

/** Of a clause of which nothing is known but its review. */
export const copiedSentiment = (review: number): ClauseSentiment => ({
  polarity: review < 0 ? 'negative' : review > 0 ? 'positive' : 'neutral',
  satisfied: (1 + review) / 2,
});
