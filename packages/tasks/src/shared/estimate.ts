/** Estimates: a figure with its interval. */
import type { Interval } from '@gradus/stats';

/** A figure and the range that holds its true value with 95 % confidence. */
export interface Estimate {
  readonly value: number;
  readonly interval: Interval;
}

/** "12% (11% – 13%)" */
export function withInterval({ value, interval }: Estimate, format: (value: number) => string): string {
  return `${format(value)} (${format(interval[0])} – ${format(interval[1])})`;
}
