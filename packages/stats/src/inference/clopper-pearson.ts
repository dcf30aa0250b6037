/**
 * The exact interval of a proportion (Clopper and Pearson, 1934): it holds the true one at least as often as it says, for any count. It
 * is wider than Wilson's; where a promise hangs on it, that is what it is for.
 */
import { betaQuantile } from '../distributions/beta.ts';
import type { Interval } from '../numbers.ts';

export function clopperPearsonInterval(successes: number, n: number, level = 0.95): Interval {
  if (n <= 0) return [0, 1];
  const tail = (1 - level) / 2;
  return [
    successes === 0 ? 0 : betaQuantile(tail, successes, n - successes + 1),
    successes === n ? 1 : betaQuantile(1 - tail, successes + 1, n - successes),
  ];
}
