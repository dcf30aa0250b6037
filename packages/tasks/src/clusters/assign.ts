/** The clusters of new texts, by the model that discovery made. */
import { nearest } from './cluster.ts';
import type { ClusterModel } from './model.ts';
import { pointsOf } from './space.ts';
import { contentDocuments, isBareJudgement, type Token } from './tokens.ts';

/**
 * The cluster of each clause, as discovery would have assigned it: an index into the model's clusters, −1 for none.
 *
 * @param of Of each clause, which text it is of; default: each is a text by itself.
 */
export function assignClusters(
  { space, centroids, bare, faintest }: ClusterModel,
  texts: readonly string[],
  of?: ArrayLike<number>,
): { assignment: Int32Array; strength: Float32Array } {
  if (centroids.length === 0 && bare < 0)
    return { assignment: new Int32Array(texts.length).fill(-1), strength: new Float32Array(texts.length) };
  const documents = contentDocuments(texts, of);
  const points = pointsOf(space, documents, of);
  const { assignment, strength } = nearest(
    points,
    texts.length,
    centroids,
    space.lsa + space.embedding,
    faintest,
  );
  if (bare >= 0) markBare(documents, bare, assignment, strength);
  return { assignment, strength };
}

/** Bare judgements belong wholly to their own cluster, whatever subject is judged in such words most often. */
export function markBare(
  documents: readonly (readonly Token[])[],
  bare: number,
  assignment: Int32Array,
  strength: Float32Array,
): void {
  for (const [i, tokens] of documents.entries()) {
    if (!isBareJudgement(tokens)) continue;
    assignment[i] = bare;
    strength[i] = 1;
  }
}
