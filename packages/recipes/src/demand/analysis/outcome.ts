/**
 * What a review says in the end: its rating on the file's own scale, or, where there is none, its label
 * (satisfied 1, dissatisfied 0).
 */
import type { Review } from '../review.ts';

export interface Outcome {
  readonly source: 'rating' | 'label';
  /** By review; NaN where the review does not say. */
  readonly values: Float64Array;
  /** The lowest and highest value in the file. */
  readonly low: number;
  readonly high: number;
  readonly mean: number;
  /** How many reviews say. */
  readonly n: number;
}

/** Below this many ratings (or labels) nothing is worked out from them. */
const FEWEST = 30;

/** The rating where enough reviews have one that varies, else the label, else null. */
export function outcomeOf(reviews: readonly Review[]): Outcome | null {
  for (const source of ['rating', 'label'] as const) {
    const values = Float64Array.from(reviews, (review) => review[source] ?? Number.NaN);
    const said = values.filter((value) => Number.isFinite(value)).sort();
    const [low, high] = [said[0]!, said.at(-1)!];
    if (said.length >= FEWEST && high > low) {
      return {
        source,
        values,
        low,
        high,
        mean: said.reduce((sum, v) => sum + v, 0) / said.length,
        n: said.length,
      };
    }
  }
  return null;
}
