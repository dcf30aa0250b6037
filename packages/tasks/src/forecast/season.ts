/**
 * How many steps make a season of an item: what its frequency says (12 months, 7 days), unless the history is shorter than two of
 * them; of rows without dates the lag at which they are most alike themselves.
 */
import { frequencyOf, type Grid } from './grid.ts';

/** Seasons that rows without dates are tried for. */
const TRIED = [4, 7, 12, 24, 52];
/** As alike as this, beyond what the step before explains. */
const ALIKE = 0.3;

export function seasonOf(grid: Grid, length: number, ofOrder: number): number {
  const season = grid.kind === 'order' && !grid.unit ? ofOrder : frequencyOf(grid).seasons[0]!;
  return length >= 2 * season ? season : 1;
}

/** The longer season behind one that rows in order show. */
const LONGER: Readonly<Record<number, number>> = { 7: 365, 24: 168, 48: 336, 96: 672 };

/** All seasons of an item, the shortest first; [1] for none. */
export function seasonsOf(grid: Grid, length: number, ofOrder: number): readonly number[] {
  const season = seasonOf(grid, length, ofOrder);
  if (season === 1) return [1];
  if (grid.kind !== 'order' || grid.unit) return [season, ...frequencyOf(grid).seasons.slice(1)];
  return LONGER[season] === undefined ? [season] : [season, LONGER[season]];
}

/** Of rows in order: the season that most series have, 1 for none. */
export function seasonOfOrder(series: readonly Float64Array[]): number {
  const votes = new Map<number, number>();
  for (const values of series) {
    const season = ownSeason(values);
    votes.set(season, (votes.get(season) ?? 0) + 1);
  }
  const [[season, count] = [1, 0]] = [...votes].sort(([a, m], [b, n]) => n - m || a - b);
  return count > series.length / 3 ? season : 1;
}

function ownSeason(values: Float64Array): number {
  const changes = values.slice(1).map((value, i) => value - values[i]!);
  const mean = changes.reduce((a, b) => a + b, 0) / changes.length;
  const alike = (lag: number): number => {
    let [up, down] = [0, 0];
    for (let t = 0; t < changes.length; t++) {
      down += (changes[t]! - mean) ** 2;
      if (t >= lag) up += (changes[t]! - mean) * (changes[t - lag]! - mean);
    }
    return down === 0 ? 0 : up / down;
  };
  const tried = TRIED.filter((lag) => changes.length >= 2.5 * lag).map((lag) => ({ lag, alike: alike(lag) }));
  const best = tried.reduce((a, b) => (b.alike > a.alike ? b : a), { lag: 1, alike: ALIKE });
  return best.lag;
}
