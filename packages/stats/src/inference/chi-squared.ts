/**
 * Pearson's chi-squared test (1900) that two samples have the same proportions of categories. With two categories it is the
 * two-sided z-test of two proportions, squared.
 */
import { chiSquaredTail } from '../distributions/chi-squared.ts';

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

const sum = (values: ArrayLike<number>): number => {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
};
