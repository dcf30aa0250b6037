/** What clauses are told to be, by the recipe and by the rule that it must beat. */
import { Random } from '@gradus/base';
import { predictTexts, trainTexts } from '@gradus/tasks';
import { SENTIMENTS } from '../sentiment.ts';
import type { ClausePolarity, JudgedSet } from './judged-clauses.ts';

/** By judged clause: the label of its review. */
export const copiedLabels = ({ reviews, clauses, judged }: JudgedSet): ClausePolarity[] =>
  judged.map(({ index }) => (reviews[clauses[index]!.review]!.label === 1 ? 'positive' : 'negative'));

/** By judged clause: what the sentiment model of whole reviews says of its text. */
export async function toldByReviewModel({ reviews, clauses, judged }: JudgedSet): Promise<ClausePolarity[]> {
  const model = await trainTexts(
    reviews.map(({ text }) => text),
    reviews.map(({ label }) => label!),
    { classes: SENTIMENTS, random: new Random(0) },
  );
  const satisfied = await predictTexts(
    model,
    judged.map(({ index }) => clauses[index]!.text),
  );
  return Array.from(satisfied, (p) => (p >= 0.5 ? 'positive' : 'negative'));
}
