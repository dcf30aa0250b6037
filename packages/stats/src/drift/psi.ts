/**
 * The population stability index of credit scoring (Siddiqi, 2006): the sum of (current − reference) ln(current /
 * reference) over the proportions of bins. Below 0.1 little has changed, above 0.25 much. It does not account for chance: on small
 * samples it is large without any change.
 */
import { quantileSorted } from '../distributions/quantile.ts';

/** In place of the proportion of an empty bin, whose logarithm would be infinite. */
const FLOOR = 1e-4;

/**
 * Takes counts or proportions of the same bins.
 *
 * @param floored which proportions count as 1e-4: those of empty bins, or all that are smaller. They differ from 10,000 rows on.
 */
export function psi(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  floored: 'empty' | 'smaller' = 'empty',
): number {
  const proportions = (counts: ArrayLike<number>): number[] => {
    const values = Array.from(counts);
    const sum = values.reduce((a, b) => a + b, 0);
    return values.map((count) => (floored === 'empty' ? count / sum || FLOOR : Math.max(FLOOR, count / sum)));
  };
  const [p, q] = [proportions(reference), proportions(current)];
  return p.reduce((sum, proportion, k) => sum + (q[k]! - proportion) * Math.log(q[k]! / proportion), 0);
}

/**
 * Edges that cut a sample into bins with about equally many values each; fewer where values repeat. The first bin begins
 * at −∞ and the last ends at ∞, so that later samples fit whatever they hold.
 */
export function quantileEdges(sample: ArrayLike<number>, bins = 10): number[] {
  const sorted = Float64Array.from(sample).sort();
  const inner = Array.from({ length: bins - 1 }, (_, k) => quantileSorted(sorted, (k + 1) / bins));
  return [...new Set(inner)];
}

/** How many values lie in each bin, of which there is one more than edges. An edge belongs to the bin above it. */
export function binCounts(sample: ArrayLike<number>, edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (let i = 0; i < sample.length; i++) {
    let low = 0;
    let high = edges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (edges[middle]! <= sample[i]!) low = middle + 1;
      else high = middle;
    }
    counts[low]! += 1;
  }
  return counts;
}
