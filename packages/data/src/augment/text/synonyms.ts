/**
 * Words replaced by others that stand close to them in an embedding: the user's own, trained on their texts or brought along, so
 * that "near" means near in their field and their language (Wang and Yang, "That's So Annoying!!!", 2015).
 */
import type { TextStep } from './words.ts';

export interface Embedding {
  /** The word of each row, lower-cased. */
  readonly words: readonly string[];
  /** [words, dimensions] */
  readonly vectors: Float32Array;
}

export interface SynonymOptions {
  /** Each known word is replaced with this probability. Default 0.1. */
  readonly probability?: number;
  /** How many of its nearest words one is drawn from. Default 5. */
  readonly neighbours?: number;
  /** Cosine that a word must reach to stand in for another. Default 0.6. */
  readonly similarity?: number;
}

/** @throws RangeError where vectors and words do not fit */
export function synonyms(
  embedding: Embedding,
  { probability = 0.1, neighbours = 5, similarity = 0.6 }: SynonymOptions = {},
): TextStep {
  const near = nearestWords(embedding, neighbours, similarity);
  return (tokens, random) =>
    tokens.map((word) => {
      // Drawn for every word, so that one word's neighbours do not change the next word's chance.
      const [chosen, which] = [random.uniform() < probability, random.uniform()];
      const others = chosen ? near(word) : [];
      return others[Math.floor(which * others.length)] ?? word;
    });
}

/** The nearest words of a word, nearest first; none for a word that is not known. What is looked up is kept. */
export function nearestWords(
  { words, vectors }: Embedding,
  count: number,
  similarity: number,
): (word: string) => readonly string[] {
  const dimensions = vectors.length / words.length;
  if (!Number.isInteger(dimensions)) {
    throw new RangeError(`${vectors.length} numbers are no vectors for ${words.length} words`);
  }
  const unit = normalized(vectors, dimensions);
  const rows = new Map(words.map((word, row) => [word, row]));
  const known = new Map<string, readonly string[]>();
  return (word) => {
    const row = rows.get(word);
    if (row === undefined) return [];
    const cached = known.get(word);
    if (cached) return cached;
    const own = unit.subarray(row * dimensions, (row + 1) * dimensions);
    const close: { other: number; cosine: number }[] = [];
    for (let other = 0, at = 0; other < words.length; other++) {
      let cosine = 0;
      for (let i = 0; i < dimensions; i++, at++) cosine += own[i]! * unit[at]!;
      if (other !== row && cosine >= similarity) close.push({ other, cosine });
    }
    const nearest = close
      .sort((a, b) => b.cosine - a.cosine)
      .slice(0, count)
      .map(({ other }) => words[other]!);
    known.set(word, nearest);
    return nearest;
  };
}

function normalized(vectors: Float32Array, dimensions: number): Float32Array {
  const unit = vectors.slice();
  for (let row = 0; row < unit.length; row += dimensions) {
    const vector = unit.subarray(row, row + dimensions);
    const norm = Math.hypot(...vector);
    for (let i = 0; i < dimensions; i++) vector[i]! /= norm || 1;
  }
  return unit;
}
