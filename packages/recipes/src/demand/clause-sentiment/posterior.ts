/**
 * The polarity of a clause from all that is known of it: what the file has taught of its words, what these mean anywhere, what it says of needs, what its
 * review is labelled, and how it is made. A softmax of three classes in which praise and complaint mirror each other, so that no
 * file is read as kinder than it is. Their log weights are s, −s, and for neutral what its cues say:
 *
 *     s = EVIDENCE · tanh(evidence / REACH) + OPINION · balance of opinion words + NEED · what it says of needs + REVIEW · review
 *
 * The constants here and those of the cues are a logistic regression's on clauses of two files, Chinese and English, judged by
 * hand, with all and with an eighth of the files' reviews to learn evidence from, rounded; they are the same for all files.
 */

import { opinionWords } from '../needs/lexicon/opinion-words.ts';
import { neutralCue } from './cues.ts';

export const CLAUSE_POLARITIES = ['negative', 'neutral', 'positive'] as const;
export type ClausePolarity = (typeof CLAUSE_POLARITIES)[number];

export interface ClauseSentiment {
  readonly polarity: ClausePolarity;
  /** The probability of praise if it is praise or complaint: above one half it leans to praise. */
  readonly satisfied: number;
}

const EVIDENCE = 2.05;
const REACH = 12;
const OPINION = 0.75;
const NEED = 0.95;
const REVIEW = 1.07;

export interface KnownOfClause {
  readonly text: string;
  /** What the file has taught of its words, in log odds. */
  readonly evidence: number;
  /** What it says of needs: −1 mostly blame, 1 mostly praise, 0 nothing or both. */
  readonly needs: number;
  /** What its review says as a whole, −1 dissatisfied to 1 satisfied; 0 neither. */
  readonly review: number;
}

export function clauseSentiment({ text, evidence, needs, review }: KnownOfClause): ClauseSentiment {
  const { count, balance } = opinionWords(text);
  const lean = EVIDENCE * Math.tanh(evidence / REACH) + OPINION * balance + NEED * needs + REVIEW * review;
  const isNeutral = neutralCue(text, count > 0) > Math.abs(lean);
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
