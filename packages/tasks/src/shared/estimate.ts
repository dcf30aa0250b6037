import type { Interval } from '@gradus/stats';

/** A figure and the range that holds its true value with 95 % confidence. */
export interface Estimate {
  readonly value: number;
  readonly interval: Interval;
}
