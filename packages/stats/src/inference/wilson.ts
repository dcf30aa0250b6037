/** Wilson's interval of a proportion. */
import { intervalZ } from '../distributions/normal.ts';
import type { Interval } from '../numbers.ts';

/**
 * The interval of a proportion: honest for small counts and near 0 and 1, where the textbook ± is not (Wilson, 1927).
 *
 * @param successes how many of `n`; may be fractional, for effective counts
 */
export function wilsonInterval(successes: number, n: number, level = 0.95): Interval {
  if (n <= 0) return [0, 1];
  const z = intervalZ(level);
  const proportion = successes / n;
  const center = proportion + z ** 2 / (2 * n);
  const half = z * Math.sqrt((proportion * (1 - proportion)) / n + z ** 2 / (4 * n ** 2));
  const scale = 1 + z ** 2 / n;
  return [Math.max(0, (center - half) / scale), Math.min(1, (center + half) / scale)];
}
