/**
 * Change points: the period from which a share is another one. Every period is tried as the first of the new share, and the likelihood of two
 * shares is compared with that of one (Page, 1954; Hinkley and Hinkley, "Inference about the change-point in a sequence of binomial
 * variables", 1970). It is a jump, and no slope, where two shares fit better than a straight line does.
 */
import { chiSquaredTail } from '@gradus/stats';

export interface Jump {
  /** Index of the first period with the new share. */
  readonly period: number;
  readonly before: number;
  readonly after: number;
  /** Corrected for the periods tried. */
  readonly pValue: number;
}

const SIGNIFICANT = 0.01;

const logLikelihood = (yes: number, n: number): number =>
  yes === 0 || yes === n ? 0 : yes * Math.log(yes / n) + (n - yes) * Math.log(1 - yes / n);

/**
 * @param counts By period: reviews that say it
 * @param reviews By period: all reviews
 */
export function jumpOf(counts: readonly number[], reviews: readonly number[]): Jump | null {
  const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  const whole = logLikelihood(total(counts), total(reviews));
  const tries = counts.slice(1).flatMap((_, k) => {
    const period = k + 1;
    const [a, n] = [total(counts.slice(0, period)), total(reviews.slice(0, period))];
    const [b, m] = [total(counts.slice(period)), total(reviews.slice(period))];
    if (n === 0 || m === 0) return [];
    const ratio = 2 * (logLikelihood(a, n) + logLikelihood(b, m) - whole);
    return [{ period, before: a / n, after: b / m, ratio }];
  });
  if (tries.length === 0) return null;
  const best = tries.reduce((one, other) => (other.ratio > one.ratio ? other : one));
  const pValue = Math.min(1, tries.length * chiSquaredTail(best.ratio, 1));
  if (pValue > SIGNIFICANT || best.ratio <= lineRatio(counts, reviews)) return null;
  return { period: best.period, before: best.before, after: best.after, pValue };
}

/** Twice the log likelihood ratio of a straight line of shares over one share; shares are kept inside 0 and 1. */
function lineRatio(counts: readonly number[], reviews: readonly number[]): number {
  const n = reviews.reduce((sum, value) => sum + value, 0);
  const share = counts.reduce((sum, value) => sum + value, 0) / n;
  const middle = reviews.reduce((sum, value, k) => sum + value * k, 0) / n;
  const spread = reviews.reduce((sum, value, k) => sum + value * (k - middle) ** 2, 0);
  const slope = counts.reduce((sum, value, k) => sum + value * (k - middle), 0) / spread;
  return counts.reduce((sum, yes, k) => {
    const line = Math.min(1 - 1e-6, Math.max(1e-6, share + slope * (k - middle)));
    const told = (p: number) => yes * Math.log(p) + (reviews[k]! - yes) * Math.log(1 - p);
    return sum + 2 * (told(line) - told(share));
  }, 0);
}
