/**
 * From which score on a piece is rejected. From good pieces alone it is set so that no more of them are rejected than a limit says, with
 * the exact interval of what that comes to; where defects are known and mistakes have a price, so that mistakes cost least.
 */
import { clopperPearsonInterval } from '@gradus/stats';

export interface ThresholdOptions {
  /** The share of good pieces that may be rejected. */
  readonly falseRejects: number;
  /** What a mistake costs, and the share of pieces with a defect; used where defects are known. */
  readonly cost?:
    | { readonly missed: number; readonly rejected: number; readonly defects: number }
    | undefined;
}

/** Plain data. */
export interface Threshold {
  readonly value: number;
  readonly by: 'false rejects' | 'cost';
  /** Of the good pieces that it was set by, which the model had not learnt from. */
  readonly good: number;
  readonly rejected: number;
  readonly interval: readonly [number, number];
  /** Good pieces that would be needed to promise the limit with certainty of 95 %; 0 where there are enough. */
  readonly needed: number;
}

/** @param good Scores of good pieces that the model had not learnt from; `bad` of pieces with a defect */
export function chooseThreshold(
  good: Float64Array,
  bad: Float64Array,
  { falseRejects, cost }: ThresholdOptions,
): Threshold {
  const sorted = Float64Array.from(good).sort();
  const byCost = cost && bad.length > 0;
  const value = byCost ? cheapest(sorted, bad, cost) : withinLimit(sorted, falseRejects);
  const rejected = good.reduce((count, score) => count + Number(score >= value), 0);
  const interval = clopperPearsonInterval(rejected, good.length);
  const enough = interval[1] <= falseRejects;
  return {
    value,
    by: byCost ? 'cost' : 'false rejects',
    good: good.length,
    rejected,
    interval,
    needed: byCost || enough ? 0 : goodNeeded(falseRejects),
  };
}

/** As many are rejected as the limit allows; with few pieces none. */
function withinLimit(sorted: Float64Array, limit: number): number {
  const allowed = Math.floor(limit * sorted.length);
  const [last, next] = [sorted.at(-1 - allowed)!, sorted.at(-allowed)!];
  // Above the last that is kept: halfway to the next one, or, of all, a little above the highest.
  if (allowed > 0) return last < next ? (last + next) / 2 : next + Number.EPSILON * Math.abs(next);
  const spread = last - sorted[sorted.length >> 1]!;
  return last + MARGIN * spread + Number.MIN_VALUE;
}

/** Of the highest good score's distance from the median. */
const MARGIN = 0.1;

function cheapest(
  good: Float64Array,
  bad: Float64Array,
  { missed, rejected, defects }: NonNullable<ThresholdOptions['cost']>,
): number {
  const places = Float64Array.from([...good, ...bad]).sort();
  let [best, least] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let i = 0; i <= places.length; i++) {
    const at =
      i === 0
        ? places[0]!
        : i === places.length
          ? places.at(-1)! + Math.abs(places.at(-1)!) * 1e-6 + 1e-9
          : (places[i - 1]! + places[i]!) / 2;
    const share = (scores: Float64Array, isMistake: (score: number) => boolean) =>
      scores.reduce((count, score) => count + Number(isMistake(score)), 0) / scores.length;
    const price =
      missed * defects * share(bad, (score) => score < at) +
      rejected * (1 - defects) * share(good, (score) => score >= at);
    if (price < least) [best, least] = [at, price];
  }
  return best;
}

/** So many good pieces, none of them rejected, promise the limit. */
const goodNeeded = (limit: number): number => Math.ceil(Math.log(0.025) / Math.log(1 - limit));
