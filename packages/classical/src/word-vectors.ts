/**
 * Word vectors from the company that words keep: the singular vectors of how much more often than by chance two words
 * stand near each other (positive pointwise mutual information), which is what word2vec approximates (Levy and
 * Goldberg, "Neural Word Embedding as Implicit Matrix Factorization", 2014). Learnt in a second from a few thousand texts.
 */
import type { Random } from '@gradus/base';
import type { SparseMatrix } from '@gradus/stats';
import { normalizeRows } from './kmeans.ts';
import { truncatedSvd } from './truncated-svd.ts';

export interface WordVectors {
  /** [words, dimensions], rows of length 1; zeros for a word without company */
  readonly vectors: Float32Array;
  /** The requested number, or fewer where the texts hold no more. */
  readonly dimensions: number;
}

export interface WordVectorOptions {
  readonly dimensions: number;
  readonly random: Random;
  /** Words this far apart still keep each other company; the nearer, the more. Default 5. */
  readonly window?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Contexts count by their frequency to this power, which holds frequent ones down (Levy et al., 2015). */
const SMOOTHING = 0.75;

/** @param words The words to learn vectors of; others in the documents are passed over. */
export function wordVectors(
  documents: readonly (readonly string[])[],
  words: readonly string[],
  { dimensions, random, window = 5, signal }: WordVectorOptions,
): WordVectors {
  const place = new Map(words.map((word, i) => [word, i]));
  const company = words.map(() => new Map<number, number>());
  for (const document of documents) {
    for (const [i, word] of document.entries()) {
      const a = place.get(word);
      if (a === undefined) continue;
      for (let j = Math.max(0, i - window); j < Math.min(document.length, i + window + 1); j++) {
        const b = j === i ? undefined : place.get(document[j]!);
        if (b !== undefined) company[a]!.set(b, (company[a]!.get(b) ?? 0) + 1 / Math.sqrt(Math.abs(i - j)));
      }
    }
  }
  const svd = truncatedSvd(positiveInformation(company), { rank: dimensions, random, signal });
  const vectors = svd.left.slice();
  for (let i = 0; i < vectors.length; i++) vectors[i]! *= Math.sqrt(svd.singularValues[i % svd.rank]!);
  return { vectors: normalizeRows(vectors, svd.rank), dimensions: svd.rank };
}

/** ln(observed / expected by chance) of each pair where that is positive. */
function positiveInformation(company: readonly ReadonlyMap<number, number>[]): SparseMatrix {
  const sums = company.map((row) => row.values().reduce((a, b) => a + b, 0));
  const damped = sums.map((sum) => sum ** SMOOTHING);
  const all = damped.reduce((a, b) => a + b, 0);
  const offsets = new Int32Array(company.length + 1);
  const indices: number[] = [];
  const values: number[] = [];
  for (const [a, row] of company.entries()) {
    for (const [b, count] of [...row].sort(([m], [n]) => m - n)) {
      const information = Math.log((count * all) / (sums[a]! * damped[b]!));
      if (information <= 0) continue;
      indices.push(b);
      values.push(information);
    }
    offsets[a + 1] = values.length;
  }
  return {
    rows: company.length,
    columns: company.length,
    offsets,
    indices: Int32Array.from(indices),
    values: Float32Array.from(values),
  };
}
