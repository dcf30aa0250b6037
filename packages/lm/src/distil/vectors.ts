/** What vectors know by themselves: which of them lie near each other. */

export interface Vectors {
  readonly data: Float32Array;
  readonly dimensions: number;
}

/** Texts that vote for a class. */
const NEIGHBOURS = 10;

/** Classes by the vote of the nearest learnt texts, by cosine: what vectors know without anything being fitted on them. */
export function votes(
  learnt: Vectors,
  wanted: readonly number[],
  judged: Vectors,
  classes: number,
): number[] {
  const { dimensions } = learnt;
  const [known, asked] = [unit(learnt), unit(judged)];
  return Array.from({ length: asked.length / dimensions }, (_, i) => {
    const near = wanted
      .map((label, j) => ({ label, like: dot(asked, i * dimensions, known, j * dimensions, dimensions) }))
      .sort((a, b) => b.like - a.like)
      .slice(0, NEIGHBOURS);
    const counts = new Float64Array(classes);
    for (const { label, like } of near) if (label >= 0) counts[label]! += Math.max(0, like);
    return largest(counts);
  });
}

/** Rows of length 1. */
function unit({ data, dimensions }: Vectors): Float32Array {
  const rows = data.slice();
  for (let at = 0; at < rows.length; at += dimensions) {
    const size = Math.sqrt(dot(data, at, data, at, dimensions)) || 1;
    for (let k = 0; k < dimensions; k++) rows[at + k]! /= size;
  }
  return rows;
}

function dot(a: Float32Array, from: number, b: Float32Array, at: number, size: number): number {
  let sum = 0;
  for (let k = 0; k < size; k++) sum += a[from + k]! * b[at + k]!;
  return sum;
}

/** Of each row the nearest other, by cosine. */
export function nearest(vectors: Vectors): number[] {
  const { dimensions } = vectors;
  const rows = unit(vectors);
  const n = rows.length / dimensions;
  return Array.from({ length: n }, (_, i) => {
    let [best, most] = [-1, Number.NEGATIVE_INFINITY];
    for (let j = 0; j < n; j++) {
      if (j === i) continue;
      const like = dot(rows, i * dimensions, rows, j * dimensions, dimensions);
      if (like > most) [best, most] = [j, like];
    }
    return best;
  });
}

/** The place of the largest. */
export const largest = (scores: ArrayLike<number>): number => {
  let best = 0;
  for (let k = 1; k < scores.length; k++) if (scores[k]! > scores[best]!) best = k;
  return best;
};
