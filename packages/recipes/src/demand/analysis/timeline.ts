/**
 * The stretch of time that the reviews cover, cut into periods fine enough to show change and coarse enough that
 * each holds something: weeks, months or quarters, chosen from the data.
 */
import type { Review } from '../review.ts';

export type Period = 'week' | 'month' | 'quarter';

export interface Timeline {
  readonly period: Period;
  /** When each period starts, milliseconds since 1970, UTC; periods without reviews included. */
  readonly starts: readonly number[];
  /** By period: how many reviews it holds. */
  readonly reviews: readonly number[];
  /** By review: the index of its period, −1 when it has no date or a date outside. */
  readonly periodOf: Int32Array;
  /** Dated reviews left out because their date lies far from all others (a placeholder or a typing error, most likely). */
  readonly outside: number;
}

const FEWEST_PERIODS = 5;
const MOST_WEEKS = 60;
/** Reviews per period on average: the number aimed at, and the fewest that give a timeline. */
const GOOD_FILL = 60;
const LEAST_FILL = 10;
const DAY = 86_400_000;
export const MONTH = 30.4375 * DAY;

const PERIODS: readonly { name: Period; floor(time: Date): number; next(start: Date): number }[] = [
  {
    name: 'week', // from Monday on
    floor: (time) => Math.floor((time.getTime() / DAY + 3) / 7) * 7 * DAY - 3 * DAY,
    next: (start) => start.getTime() + 7 * DAY,
  },
  {
    name: 'month',
    floor: (time) => Date.UTC(time.getUTCFullYear(), time.getUTCMonth()),
    next: (start) => Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1),
  },
  {
    name: 'quarter',
    floor: (time) => Date.UTC(time.getUTCFullYear(), Math.floor(time.getUTCMonth() / 3) * 3),
    next: (start) => Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 3),
  },
];

/** The reviews' timeline, or null where there are too few dates, or too short a time, for any trend. */
export function timelineOf(reviews: readonly Review[]): Timeline | null {
  const dated = reviews
    .flatMap((review) => (Number.isFinite(review.time) ? [review.time!] : []))
    .sort((a, b) => a - b);
  if (dated.length < FEWEST_PERIODS * LEAST_FILL) return null;
  const bulk = [0.01, 0.99].map((share) => dated[Math.floor(share * (dated.length - 1))]!);
  const margin = Math.max((bulk[1]! - bulk[0]!) / 2, 31 * DAY);
  const inside = dated.filter((time) => time >= bulk[0]! - margin && time <= bulk[1]! + margin);

  const candidates = PERIODS.flatMap((period) => {
    const starts = startsOf(period, inside[0]!, inside.at(-1)!);
    const fits = starts.length >= FEWEST_PERIODS && (period.name !== 'week' || starts.length <= MOST_WEEKS);
    return fits ? [{ period: period.name, starts, fill: inside.length / starts.length }] : [];
  });
  const chosen =
    candidates.find(({ fill }) => fill >= GOOD_FILL) ?? candidates.findLast(({ fill }) => fill >= LEAST_FILL);
  if (!chosen) return null;

  const { period, starts } = chosen;
  const counts = starts.map(() => 0);
  const periodOf = Int32Array.from(reviews, ({ time }) => {
    if (time === undefined || !(time >= inside[0]! && time <= inside.at(-1)!)) return -1;
    const index = starts.findLastIndex((start) => start <= time);
    counts[index]!++;
    return index;
  });
  return { period, starts, reviews: counts, periodOf, outside: dated.length - inside.length };
}

function startsOf(period: (typeof PERIODS)[number], first: number, last: number): number[] {
  const starts: number[] = [];
  for (let start = period.floor(new Date(first)); start <= last; start = period.next(new Date(start))) {
    starts.push(start);
  }
  return starts;
}
