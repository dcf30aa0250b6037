/** Metrics of regression: the error of predicted numbers. */
import { quantile } from '../distributions/quantile.ts';
import type { Numbers } from '../numbers.ts';
import { countRows, plainNumbers } from './rows.ts';

export function meanAbsoluteError(actual: Numbers, predicted: Numbers): number {
  const [truth, guess] = [actual, predicted].map(plainNumbers) as [Numbers, Numbers];
  return mean(countRows(actual, predicted), (i) => Math.abs(truth[i]! - guess[i]!));
}

export function rootMeanSquaredError(actual: Numbers, predicted: Numbers): number {
  const [truth, guess] = [actual, predicted].map(plainNumbers) as [Numbers, Numbers];
  return Math.sqrt(mean(countRows(actual, predicted), (i) => (truth[i]! - guess[i]!) ** 2));
}

/** Half of the predictions are off by less. */
export function medianAbsoluteError(actual: Numbers, predicted: Numbers): number {
  const [truth, guess] = [actual, predicted].map(plainNumbers) as [Numbers, Numbers];
  const n = countRows(actual, predicted);
  return quantile(
    Float64Array.from({ length: n }, (_, i) => Math.abs(truth[i]! - guess[i]!)),
    0.5,
  );
}

/** The mean of errors as shares of the actual values: 0.1 is 10 %. @param actual not 0 */
export function meanAbsolutePercentageError(actual: Numbers, predicted: Numbers): number {
  const [truth, guess] = [actual, predicted].map(plainNumbers) as [Numbers, Numbers];
  return mean(countRows(actual, predicted), (i) => Math.abs((truth[i]! - guess[i]!) / truth[i]!));
}

/**
 * The fraction of the actual values' variance that the predictions explain: 1 is perfect, 0 is no better than always
 * saying the mean, less is worse. NaN where the actual values do not vary.
 */
export function r2(actual: Numbers, predicted: Numbers): number {
  const n = countRows(actual, predicted);
  const [truth, guess] = [actual, predicted].map(plainNumbers) as [Numbers, Numbers];
  const center = mean(n, (i) => truth[i]!);
  const variance = mean(n, (i) => (truth[i]! - center) ** 2);
  return variance === 0 ? Number.NaN : 1 - mean(n, (i) => (truth[i]! - guess[i]!) ** 2) / variance;
}

function mean(n: number, value: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += value(i);
  return sum / n;
}
