/**
 * The polarity of a clause from all that is known of it: what the file has taught of its words, what these mean anywhere, what its
 * review is labelled, and how it is made. A softmax of three classes in which praise and complaint mirror each other, so that no
 * file is read as kinder than it is. Their log weights are s, −s, and for neutral what its cues say:
 *
 *     s = EVIDENCE · tanh(evidence / REACH) + OPINION · balance of opinion words + REVIEW · review
 *
 * The constants here and those of the cues are a logistic regression's on clauses of two files, Chinese and English, judged by
 * hand, with all and with an eighth of the files' reviews to learn evidence from, rounded; they are the same for all files. The log
 * weight of neutral is 0.3 above what fits best: a circumstance taken for a complaint costs a reader's trust, and a theme has other clauses.
 */
import { neutralCue } from './cues.ts';
import { opinionWords } from './opinion-words.ts';

export const CLAUSE_POLARITIES = ['negative', 'neutral', 'positive'] as const;
export type ClausePolarity = (typeof CLAUSE_POLARITIES)[number];

export interface ClauseSentiment {
  readonly polarity: ClausePolarity;
  /** The probability of praise if it is praise or complaint: above one half it leans to praise. */
  readonly satisfied: number;
}

const EVIDENCE = 4.4;
const REACH = 12;
const OPINION = 0.8;
const REVIEW = 0.95;

export interface KnownOfClause {
  readonly text: string;
  /** Clauses of its review. */
  readonly clauses: number;
  /** What the file has taught of its words, in log odds. */
  readonly evidence: number;
  /** What its review says as a whole, −1 dissatisfied to 1 satisfied; 0 neither. */
  readonly review: number;
}

export function clauseSentiment({ text, clauses, evidence, review }: KnownOfClause): ClauseSentiment {
  const { count, balance } = opinionWords(text);
  const lean = EVIDENCE * Math.tanh(evidence / REACH) + OPINION * balance + REVIEW * review;
  const isNeutral = neutralCue(text, clauses, count > 0) > Math.abs(lean);
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
