/**
 * The significance level of each window's test that keeps the rate of false alarms over many windows.
 *
 * Windows without drift alarm like coins that fall on their edge: their number among `windows` is binomial. The level of a
 * window is the largest at which that number stays below the promised rate with a probability of 99 %. It is less than
 * the rate itself, which would be exceeded half of the time.
 */
import { logChoose } from '../distributions/gamma.ts';

const CONFIDENCE = 0.99;

/** The significance level of one window, all its features together. */
export function windowLevel(rate: number, windows: number): number {
  const tooMany = Math.max(1, Math.ceil(rate * windows));
  let low = 0;
  let high = rate;
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
