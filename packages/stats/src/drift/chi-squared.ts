/**
 * Pearson's chi-squared test (1900) that two samples have the same shares of categories. With two categories it is the
 * two-sided z-test of two proportions, squared.
 *
 * The p-value is the tail of the chi-squared distribution: the regularized incomplete gamma function, by its series below
 * the mean and its continued fraction above (Abramowitz and Stegun, 1964, 26.4.19, 6.5.29 and 6.5.31).
 */
import { logGamma } from '../distributions/log-gamma.ts';

export interface ChiSquared {
  readonly statistic: number;
  /** Degrees of freedom. */
  readonly freedom: number;
  readonly pValue: number;
}

/** Takes the counts of the same categories in both samples. A category that neither has is passed over. */
export function chiSquared(a: ArrayLike<number>, b: ArrayLike<number>): ChiSquared {
  const sumA = sum(a);
  const sumB = sum(b);
  let statistic = 0;
  let freedom = -1;
  for (let k = 0; k < a.length; k++) {
    const both = a[k]! + b[k]!;
    if (both === 0) continue;
    freedom += 1;
    const expectedA = (both * sumA) / (sumA + sumB);
    const expectedB = (both * sumB) / (sumA + sumB);
    statistic += (a[k]! - expectedA) ** 2 / expectedA + (b[k]! - expectedB) ** 2 / expectedB;
  }
  if (freedom < 1 || sumA === 0 || sumB === 0) return { statistic: 0, freedom: 0, pValue: 1 };
  return { statistic, freedom, pValue: chiSquaredTail(statistic, freedom) };
}

/** P(X ≥ x) with `freedom` degrees of freedom. */
export function chiSquaredTail(x: number, freedom: number): number {
  return x <= 0 ? 1 : upperGamma(freedom / 2, x / 2);
}

function upperGamma(a: number, x: number): number {
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let series = term;
    for (let k = 1; term > 1e-17 * series; k++) {
      term *= x / (a + k);
      series += term;
    }
    return Math.max(0, 1 - front * series);
  }
  // Lentz's way to sum a continued fraction.
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1; k < 10_000; k++) {
    const numerator = k * (a - k);
    b += 2;
    d = 1 / nonzero(numerator * d + b);
    c = nonzero(b + numerator / c);
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return front * fraction;
}

const nonzero = (value: number): number => (Math.abs(value) < 1e-300 ? 1e-300 : value);

const sum = (values: ArrayLike<number>): number => {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
};
