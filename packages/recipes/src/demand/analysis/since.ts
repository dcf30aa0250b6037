/** The earlier run, what of its themes is gone, and how often complaints are made now and then. */
import type { Localized } from '@gradus/base';
import { benjaminiHochberg, fisherExact } from '@gradus/stats';
import type { Point } from './points.ts';

export interface Since {
  readonly run: string;
  readonly at: string;
  /** The earlier share of each theme that is there again, by its id. */
  readonly shares: Readonly<Record<string, number>>;
  readonly gone: readonly { readonly id: string; readonly name: string; readonly share: number }[];
  /** Its complaints; null of runs of before there were points. */
  readonly complaints: EarlierComplaints | null;
}

export interface EarlierComplaints {
  /** Reviews that it was made of. */
  readonly reviews: number;
  readonly points: readonly Pick<Point, 'id' | 'sentence' | 'count'>[];
}

export interface PointChange {
  readonly id: string;
  readonly sentence: Localized;
  /** Shares of the reviews. */
  readonly before: number;
  readonly now: number;
  /** Corrected for the number of complaints compared. */
  readonly pValue: number;
}

const SIGNIFICANT = 0.05;
/** Made by fewer reviews of both runs, a complaint tells no change. */
const FEWEST = 5;

/** Complaints that are made of something. */
export const isCompared = ({
  kind,
  isSpecific = true,
  theme,
}: Pick<Point, 'kind' | 'theme'> & { readonly isSpecific?: boolean }): boolean =>
  kind === 'complaint' && isSpecific && theme !== 'whole';

/**
 * Complaints that more or fewer of the reviews make than of the earlier run's, beyond chance (Fisher's exact test; Benjamini and Hochberg, 1995);
 * the clearest first. Where the new file has the old reviews in it, a change must be larger to be told.
 */
export function pointChanges(
  earlier: EarlierComplaints,
  now: readonly Point[],
  reviews: number,
): PointChange[] {
  const before = new Map(earlier.points.map((point) => [point.id, point]));
  const after = new Map(now.filter(isCompared).map((point) => [point.id, point]));
  const compared = [...new Set([...after.keys(), ...before.keys()])].flatMap((id) => {
    const [a, b] = [after.get(id)?.count ?? 0, before.get(id)?.count ?? 0];
    if (a + b < FEWEST) return [];
    const { sentence } = (after.get(id) ?? before.get(id))!;
    const pValue = fisherExact(a, reviews, b, earlier.reviews);
    return [{ id, sentence, before: b / earlier.reviews, now: a / reviews, pValue }];
  });
  const corrected = benjaminiHochberg(compared.map(({ pValue }) => pValue));
  return compared
    .map((change, i) => ({ ...change, pValue: corrected[i]! }))
    .filter(({ pValue }) => pValue <= SIGNIFICANT)
    .sort((a, b) => a.pValue - b.pValue || (a.id < b.id ? -1 : 1));
}
