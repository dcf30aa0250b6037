/** The sentiment of a file's clauses: evidence that has not met their reviews, and what the file says of these. */
import type { SparseMatrix } from '@gradus/stats';
import { type Learning, type TextFeatures, type TextVectors, termMatrix, vectorRows } from '@gradus/tasks';
import type { Said } from '../needs/need-model.ts';
import type { Clause, Review } from '../review.ts';
import { type ClauseEvidence, evidenceOf } from './evidence.ts';
import { type ClauseSentiment, clauseSentiment, copiedSentiment } from './posterior.ts';

export interface FileOfClauses {
  readonly reviews: readonly Review[];
  readonly clauses: readonly Clause[];
  /** By clause: what is said of which need. */
  readonly statements: readonly (readonly Said[])[];
  /** What the evidence was learnt from. */
  readonly learning: Pick<Learning, 'texts' | 'labels'>;
  readonly features: TextFeatures;
  /** Null where there is none: each clause then gets what its review says. */
  readonly evidence: ClauseEvidence | null;
  /** By clause: what an encoder's vectors add to the evidence; absent where they are not used. */
  readonly added?: Float32Array | undefined;
  /** By review: the probability of being satisfied; for reviews of which the file does not say. */
  readonly reviewSatisfaction: ArrayLike<number>;
}

/** By clause. */
export function sentimentOfClauses(file: FileOfClauses): ClauseSentiment[] {
  const { reviews, clauses, statements, learning, evidence, features, added } = file;
  const learnt = placesOf(learning);
  const says = reviews.map((review, i) => {
    const place = learnt.get(review.text);
    // People may have corrected what the file says.
    const label = place === undefined ? review.label : learning.labels[place];
    if (label !== undefined) return 2 * label - 1;
    // A rating in the middle says neither.
    return review.rating === undefined ? 2 * file.reviewSatisfaction[i]! - 1 : 0;
  });
  if (!evidence) return clauses.map(({ review }) => copiedSentiment(says[review]!));
  const texts = clauses.map(({ text }) => text);
  const words = unmetEvidence(file, { ...evidence, matrix: termMatrix(features, texts) });
  return clauses.map(({ review, text }, i) =>
    clauseSentiment({
      text,
      evidence: words[i]! + (added?.[i] ?? 0),
      said: statements[i]!,
      review: says[review]!,
    }),
  );
}

/** By clause: what its vector adds to the evidence; undefined where vectors are not used. */
export function vectorEvidence(
  file: Pick<FileOfClauses, 'reviews' | 'clauses' | 'learning'>,
  { vectors, foldOf }: ClauseEvidence,
  vectorsOf: (clauses: readonly string[]) => TextVectors,
): Float32Array | undefined {
  if (!vectors) return undefined;
  const texts = file.clauses.map(({ text }) => text);
  return unmetEvidence(file, { ...vectors, foldOf, matrix: vectorRows(vectorsOf(texts)) });
}

const placesOf = ({ texts }: Pick<Learning, 'texts'>): ReadonlyMap<string, number> =>
  new Map(texts.map((text, place) => [text, place]));

/** By clause, by the model that has not met its review. @param matrix [clauses, terms or dimensions] */
function unmetEvidence(
  { reviews, clauses, learning }: Pick<FileOfClauses, 'reviews' | 'clauses' | 'learning'>,
  {
    whole,
    folds,
    foldOf,
    matrix,
  }: Pick<ClauseEvidence, 'whole' | 'folds' | 'foldOf'> & { readonly matrix: SparseMatrix },
): Float32Array {
  const learnt = placesOf(learning);
  const [unmet, ...byFold] = [whole, ...folds].map((weights) => evidenceOf(weights, matrix));
  return Float32Array.from(clauses, ({ review }, i) => {
    const place = learnt.get(reviews[review]!.text);
    return (place === undefined ? unmet : byFold[foldOf[place]!])![i]!;
  });
}
