/** The false discovery rate of many tests. */
import type { Numbers } from '../numbers.ts';

/**
 * Corrects p-values of many tests for there being many: those whose adjusted value is at most q hold, in
 * expectation, at most a fraction q of false claims (Benjamini and Hochberg, 1995).
 *
 * @returns adjusted p-values in the same order; NaN (no test made) stays NaN and does not count
 */
export function benjaminiHochberg(pValues: Numbers): number[] {
  const adjusted = Array.from(pValues);
  const order = adjusted.map((_, i) => i).filter((i) => !Number.isNaN(pValues[i]!));
  order.sort((a, b) => pValues[b]! - pValues[a]!);
  let least = 1;
  order.forEach((i, fromLargest) => {
    least = Math.min(least, (pValues[i]! * order.length) / (order.length - fromLargest));
    adjusted[i] = least;
  });
  return adjusted;
}
