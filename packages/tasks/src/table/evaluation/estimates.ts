/** A figure of rows with its interval. */
import {
  type Influenced,
  type Interval,
  meanInfluence,
  type Numbers,
  positiveInterval,
  shareInterval,
  type Uncertainty,
  uncertaintyOf,
} from '@gradus/stats';
import type { Estimate } from '../../shared/estimate.ts';
import { chanceOf, type MetricName, measure, metricOf } from './metrics.ts';
import type { Rows } from './rows.ts';

export interface Measured extends Estimate, Influenced {
  readonly uncertainty: Uncertainty;
}

/** The value is NaN where the rows cannot tell it. */
export function estimate(name: MetricName, rows: Rows): Measured {
  const { value, influence } = measure(name, rows);
  const uncertainty = uncertaintyOf(influence, rows.clusters);
  const interval = (): Interval => {
    switch (metricOf(name).range) {
      case 'share': {
        const [low, high] = shareInterval(value, uncertainty, independent(name, rows, uncertainty));
        return [Math.max(0, low - chanceOf(name, rows)), high];
      }
      case 'positive':
        return positiveInterval(value, uncertainty);
      case 'most one': {
        // What is left to 1 is positive: a ratio of errors.
        const [low, high] = positiveInterval(1 - value, uncertainty);
        return [1 - high, 1 - low];
      }
    }
  };
  return { value, influence, uncertainty, interval: interval() };
}

/** What a perfect figure rests on: a ranking is no surer than its rarer class is frequent. */
function independent(name: MetricName, rows: Rows, { pieces }: Uncertainty): number {
  return isRanking(name) ? Math.min(pieces, rarest(rows)) : pieces;
}

export const isRanking = (name: MetricName): boolean => name === 'auc' || name === 'averagePrecision';

/** Rows of the rarest class that occurs. */
export function rarest(rows: Rows): number {
  if (rows.kind === 'numbers') return rows.truth.length;
  const counts = new Int32Array(rows.classes);
  for (const label of rows.truth) counts[label]! += 1;
  return Math.min(...counts.filter((count) => count > 0));
}

/** The share of rows for which something holds. */
export function shareOf(holds: Numbers, { weights, clusters }: Pick<Rows, 'weights' | 'clusters'>): Estimate {
  const { value, influence } = meanInfluence(holds, weights);
  const uncertainty = uncertaintyOf(influence, clusters);
  return { value, interval: shareInterval(value, uncertainty, uncertainty.pieces) };
}
