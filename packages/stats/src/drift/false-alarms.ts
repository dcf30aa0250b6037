/**
 * How strict must each window's test be, so that many windows together keep a promise?
 *
 * Windows without drift alarm like coins that fall on their edge: their number among `windows` is binomial. The level of a
 * window is the largest at which that number stays below the promised share with a probability of 99 %. It is less than
 * the share itself, which would be exceeded half of the time.
 */
import { logChoose } from '../distributions/gamma.ts';

const CONFIDENCE = 0.99;

/** The significance level of one window, all its features together. */
export function windowLevel(share: number, windows: number): number {
  const tooMany = Math.max(1, Math.ceil(share * windows));
  let low = 0;
  let high = share;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (atLeast(tooMany, windows, middle) <= 1 - CONFIDENCE) low = middle;
    else high = middle;
  }
  return low;
}

/** P(X ≥ k) for X of a binomial distribution. */
function atLeast(k: number, n: number, p: number): number {
  if (p === 0) return 0;
  let below = 0;
  for (let i = 0; i < k; i++) {
    below += Math.exp(logChoose(n, i) + i * Math.log(p) + (n - i) * Math.log1p(-p));
  }
  return 1 - below;
}
