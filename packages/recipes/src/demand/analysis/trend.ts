/**
 * Trends: is a growing share of reviews speaking of a theme?
 *
 * The share of reviews in each period is fitted by a straight line over time, periods weighted by their reviews
 * (the Cochran-Armitage test for trend in proportions; Cochran, 1954; Armitage, 1955). Where shares jump about more
 * than chance allows, errors are widened by that much (quasi-binomial; McCullagh and Nelder, 1989, 4.5). Among many
 * themes some rise by luck: p-values are corrected for that (Benjamini and Hochberg, 1995).
 */
import { benjaminiHochberg, intervalT, intervalZ, normalTwoSided, studentTwoSided } from '@gradus/stats';
import type { Estimate } from '@gradus/tasks';
import { type Jump, jumpOf } from './change-point.ts';
import type { Mention } from './mentions.ts';
import { MONTH, type Timeline } from './timeline.ts';

/**
 * `new`: growing, and all but absent in the first third of the reviews. `stable`: so little change that the share at
 * the end cannot be three times, or a third of, the share at the start. `unclear`: too few mentions to tell.
 */
export type Direction = 'new' | 'growing' | 'stable' | 'shrinking' | 'unclear';

export interface Trend {
  readonly direction: Direction;
  /** Change of the share a month: 0.01 is one more review in a hundred, every month. */
  readonly perMonth: Estimate;
  /** Corrected for the number of themes. */
  readonly pValue: number;
  /** By period of the timeline: how many reviews mention the theme. */
  readonly counts: readonly number[];
  /** Where the share became another one at once; null where it did not, or went there step by step. */
  readonly jump: Jump | null;
}

const FEWEST_MENTIONS = 10;
const SIGNIFICANT = 0.05;
/** A new theme may have had this much of its later share before it came up: clauses are sometimes put in the wrong theme. */
const ABSENT = 0.05;

/** The trend of every theme, by theme index. */
export function trendsOf(themes: readonly (readonly Mention[])[], timeline: Timeline): Trend[] {
  const lines = themes.map((mentions) => lineOf(mentions, timeline));
  const pValues = benjaminiHochberg(lines.map(({ pValue }) => pValue));
  return lines.map((line, theme) => {
    const pValue = Number.isNaN(pValues[theme]) ? 1 : pValues[theme]!;
    return {
      direction: directionOf(line, pValue, timeline),
      perMonth: line.perMonth,
      pValue,
      counts: line.counts,
      jump: jumpIn(line.counts, timeline),
    };
  });
}

export const jumpOfMentions = (mentions: readonly Mention[], timeline: Timeline): Jump | null =>
  jumpIn(countsOf(mentions, timeline), timeline);

const jumpIn = (counts: readonly number[], { reviews }: Timeline): Jump | null =>
  counts.reduce((sum, n) => sum + n, 0) < FEWEST_MENTIONS ? null : jumpOf(counts, reviews);

/** By period: how many reviews mention it. */
function countsOf(mentions: readonly Mention[], { starts, periodOf }: Timeline): number[] {
  const counts = starts.map(() => 0);
  for (const { review } of mentions) if (periodOf[review]! >= 0) counts[periodOf[review]!]!++;
  return counts;
}

interface Line {
  readonly counts: readonly number[];
  readonly perMonth: Estimate;
  /** The interval of the change from the first period to the last, as a share of the theme's mean share. */
  readonly change: readonly [number, number];
  /** NaN where no test can be made. */
  readonly pValue: number;
}

function lineOf(mentions: readonly Mention[], timeline: Timeline): Line {
  const { starts, reviews } = timeline;
  const counts = countsOf(mentions, timeline);
  const total = reviews.reduce((sum, n) => sum + n, 0);
  const mentioned = counts.reduce((sum, count) => sum + count, 0);
  const share = mentioned / total;
  const months = starts.map((start) => (start - starts[0]!) / MONTH);
  const middle = months.reduce((sum, month, k) => sum + month * reviews[k]!, 0) / total;
  const spread = months.reduce((sum, month, k) => sum + reviews[k]! * (month - middle) ** 2, 0);
  const slope = months.reduce((sum, month, k) => sum + counts[k]! * (month - middle), 0) / spread;
  const variance = share * (1 - share);

  const freedom = reviews.filter((n) => n > 0).length - 2;
  const misfit = months.reduce((sum, month, k) => {
    const expected = reviews[k]! * (share + slope * (month - middle));
    return reviews[k]! === 0 ? sum : sum + (counts[k]! - expected) ** 2 / (reviews[k]! * variance);
  }, 0);
  const dispersion = variance === 0 || freedom < 1 ? 1 : Math.max(1, misfit / freedom);
  const error = Math.sqrt((variance / spread) * dispersion);
  const reach = error * (dispersion > 1 ? intervalT(0.95, freedom) : intervalZ(0.95));
  const interval = [slope - reach, slope + reach] as const;
  const testable = mentioned >= FEWEST_MENTIONS && variance > 0 && freedom >= 1;
  const statistic = slope / error;
  return {
    counts,
    perMonth: { value: slope, interval },
    change: [(interval[0] * months.at(-1)!) / share, (interval[1] * months.at(-1)!) / share],
    pValue: !testable
      ? Number.NaN
      : dispersion > 1
        ? studentTwoSided(statistic, freedom)
        : normalTwoSided(statistic),
  };
}

function directionOf(line: Line, pValue: number, { reviews }: Timeline): Direction {
  if (Number.isNaN(line.pValue)) return 'unclear';
  if (pValue <= SIGNIFICANT) {
    if (line.perMonth.value < 0) return 'shrinking';
    return wasAbsent(line.counts, reviews) ? 'new' : 'growing';
  }
  // On a straight line, an end three times the start is a change of exactly the mean share.
  return line.change[0] > -1 && line.change[1] < 1 ? 'stable' : 'unclear';
}

function wasAbsent(counts: readonly number[], reviews: readonly number[]): boolean {
  const total = reviews.reduce((sum, n) => sum + n, 0);
  let [early, earlyReviews, late, lateReviews] = [0, 0, 0, 0];
  counts.forEach((count, k) => {
    if (earlyReviews < total / 3) {
      early += count;
      earlyReviews += reviews[k]!;
    } else {
      late += count;
      lateReviews += reviews[k]!;
    }
  });
  return early / earlyReviews <= (ABSENT * late) / lateReviews;
}
