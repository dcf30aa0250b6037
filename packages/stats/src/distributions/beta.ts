/**
 * The regularized incomplete beta function, by its continued fraction (Abramowitz and Stegun, 1964, 26.5.8) summed as Lentz (1976)
 * does: tails of Student's t, of F, and of the binomial come from it.
 */
import { logGamma } from './gamma.ts';

/** P(X ≤ x) of a Beta(a, b). */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x));
  let c = 1;
  let d = 1 / nonzero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 500; m++) {
    for (const term of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 / nonzero(1 + term * d);
      c = nonzero(1 + term / c);
      fraction *= c * d;
    }
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return (front * fraction) / a;
}

function nonzero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}

/** The x with P(X ≤ x) = p of a Beta(a, b). */
export function betaQuantile(p: number, a: number, b: number): number {
  return bisect((x) => incompleteBeta(x, a, b), p, 0, 1);
}

/** The x with P(F ≤ x) = p, of F with these degrees of freedom. */
export function fQuantile(p: number, above: number, below: number): number {
  const x = betaQuantile(p, above / 2, below / 2);
  return (below * x) / (above * (1 - x));
}

/** P(X ≤ k) of a Binomial(n, p). */
export const binomialCdf = (k: number, n: number, p: number): number =>
  k < 0 ? 0 : k >= n ? 1 : 1 - incompleteBeta(p, k + 1, n - k);

/** Where a rising function takes a value. */
export function bisect(rising: (x: number) => number, value: number, low: number, high: number): number {
  let [from, to] = [low, high];
  for (let i = 0; i < 200 && to - from > 1e-16 * Math.max(1, Math.abs(to)); i++) {
    const middle = (from + to) / 2;
    if (rising(middle) < value) from = middle;
    else to = middle;
  }
  return (from + to) / 2;
}
