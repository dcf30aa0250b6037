/** The sentiment of a file's clauses: evidence that has not met their reviews, and what the file says of these. */
import { type Learning, type TextFeatures, termMatrix } from '@gradus/tasks';
import type { Clause, Review } from '../review.ts';
import { type ClauseEvidence, evidenceOf } from './evidence.ts';
import { type ClauseSentiment, clauseSentiment, copiedSentiment } from './posterior.ts';

export interface FileOfClauses {
  readonly reviews: readonly Review[];
  readonly clauses: readonly Clause[];
  /** What the evidence was learnt from. */
  readonly learning: Pick<Learning, 'texts' | 'labels'>;
  readonly features: TextFeatures;
  /** Null where there is none: each clause then gets what its review says. */
  readonly evidence: ClauseEvidence | null;
  /** By review: the probability of being satisfied; for reviews of which the file does not say. */
  readonly reviewSatisfaction: ArrayLike<number>;
}

/** By clause. */
export function sentimentOfClauses(file: FileOfClauses): ClauseSentiment[] {
  const { reviews, clauses, learning, evidence } = file;
  const learnt = new Map(learning.texts.map((text, place) => [text, place]));
  const says = reviews.map((review, i) => {
    const place = learnt.get(review.text);
    // People may have corrected what the file says.
    const label = place === undefined ? review.label : learning.labels[place];
    if (label !== undefined) return 2 * label - 1;
    // A rating in the middle says neither.
    return review.rating === undefined ? 2 * file.reviewSatisfaction[i]! - 1 : 0;
  });
  if (!evidence) return clauses.map(({ review }) => copiedSentiment(says[review]!));
  const words = wordsOf(file, evidence, learnt);
  const counts = new Int32Array(reviews.length);
  for (const { review } of clauses) counts[review]! += 1;
  return clauses.map(({ review, text }, i) =>
    clauseSentiment({ text, clauses: counts[review]!, evidence: words[i]!, review: says[review]! }),
  );
}

/** The evidence of each clause's words, by the model that has not met its review. */
function wordsOf(
  { reviews, clauses, features }: FileOfClauses,
  { whole, folds, foldOf }: ClauseEvidence,
  learnt: ReadonlyMap<string, number>,
): Float32Array {
  const matrix = termMatrix(
    features,
    clauses.map(({ text }) => text),
  );
  const [unmet, ...byFold] = [whole, ...folds].map((weights) => evidenceOf(weights, matrix));
  return Float32Array.from(clauses, ({ review }, i) => {
    const place = learnt.get(reviews[review]!.text);
    return (place === undefined ? unmet : byFold[foldOf[place]!])![i]!;
  });
}
