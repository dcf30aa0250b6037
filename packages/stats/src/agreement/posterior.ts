/**
 * Intervals of figures of counts, from their posterior: counts with a weak prior tell where shares may lie (Dirichlet), and the figure
 * is computed of each draw. Where nearly all rows are of one kind, the figure's own spread is far from normal and depends on the very
 * cells that hold few rows, so that value ± errors is too narrow.
 */
import { Random } from '@gradus/base';
import { quantileSorted } from '../distributions/quantile.ts';
import { type Influenced, reachOf, uncertaintyOf } from '../influence/influence.ts';
import type { Interval } from '../numbers.ts';

export const DRAWS = 4000;

/** The middle of what was drawn, and never without the figure itself. */
export function posteriorInterval(value: number, draw: (random: Random) => number, draws = DRAWS): Interval {
  const random = new Random('posterior');
  const drawn = Float64Array.from({ length: draws }, () => draw(random)).sort();
  return [Math.min(value, quantileSorted(drawn, 0.025)), Math.max(value, quantileSorted(drawn, 0.975))];
}

/** How many of its rows count, where rows of one cluster say the same: from 0 to 1 (Kish's design effect, turned over). */
export function independentShare({ influence }: Influenced, clusters: Int32Array | undefined): number {
  if (!clusters) return 1;
  const [rows, clustered] = [uncertaintyOf(influence), uncertaintyOf(influence, clusters)];
  const apart =
    rows.standardError > 0
      ? (rows.standardError / clustered.standardError) ** 2
      : clustered.pieces / Math.max(1, rows.pieces);
  // Few clusters tell their own spread badly.
  return Math.min(1, apart) * (reachOf(Number.POSITIVE_INFINITY) / reachOf(clustered.freedom)) ** 2;
}
