/**
 * Student's t distribution (1908): what a mean over its own estimated error follows. The tail is the regularized incomplete beta
 * function (Abramowitz and Stegun, 1964, 26.7.1).
 */
import { incompleteBeta } from './beta.ts';

/** P(|T| ≥ |t|) with `freedom` degrees of freedom: the two-sided p-value of a t statistic. */
export function studentTwoSided(t: number, freedom: number): number {
  if (t === 0) return 1;
  return incompleteBeta(freedom / (freedom + t ** 2), freedom / 2, 0.5);
}

/** The t of a two-sided interval: 2.228 for 95 % and 10 degrees of freedom. */
export function intervalT(level: number, freedom: number): number {
  let low = 0;
  let high = 1;
  while (studentTwoSided(high, freedom) > 1 - level) high *= 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (studentTwoSided(middle, freedom) > 1 - level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
