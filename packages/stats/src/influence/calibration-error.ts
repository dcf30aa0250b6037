/** The expected calibration error (Naeini, Cooper and Hauskrecht, 2015). */
import type { Numbers } from '../numbers.ts';
import { type Influenced, uncertaintyOf } from './influence.ts';

/**
 * The mean gap between predicted and observed, in bins of equal width. It is too large by up to `chanceCalibrationError`.
 *
 * @param actual 1 for what came true, else 0
 */
export function calibrationErrorInfluence(
  actual: Numbers,
  probabilities: Numbers,
  weights?: Numbers,
  bins = 10,
): Influenced {
  const n = actual.length;
  const weightOf = (row: number) => (weights ? weights[row]! : 1);
  const binOf = binsOf(probabilities, bins);
  const gaps = new Float64Array(bins);
  let total = 0;
  for (let i = 0; i < n; i++) {
    gaps[binOf(i)]! += weightOf(i) * (probabilities[i]! - actual[i]!);
    total += weightOf(i);
  }
  const value = gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / total;
  const influence = Float64Array.from({ length: n }, (_, i) => {
    const change = Math.sign(gaps[binOf(i)]!) * (probabilities[i]! - actual[i]!);
    return (weightOf(i) / total) * (change - value);
  });
  return { value, influence };
}

/**
 * What chance alone adds: the calibration error that these rows would show on average if all probabilities were true. The
 * gap of a bin is then normal around 0, and the mean of its absolute value is √(2/π) standard errors.
 */
export function chanceCalibrationError(
  actual: Numbers,
  probabilities: Numbers,
  weights?: Numbers,
  clusters?: Int32Array,
  bins = 10,
): number {
  const n = actual.length;
  const weightOf = (row: number) => (weights ? weights[row]! : 1);
  const binOf = binsOf(probabilities, bins);
  let total = 0;
  for (let i = 0; i < n; i++) total += weightOf(i);
  const gaps = Array.from({ length: bins }, () => new Float64Array(n));
  for (let i = 0; i < n; i++) gaps[binOf(i)]![i] = (weightOf(i) / total) * (probabilities[i]! - actual[i]!);
  const errors = gaps.map((gap) => uncertaintyOf(gap, clusters).standardError);
  return Math.sqrt(2 / Math.PI) * errors.reduce((sum, error) => sum + error, 0);
}

const binsOf = (probabilities: Numbers, bins: number) => (row: number) =>
  Math.max(0, Math.min(bins - 1, Math.floor(probabilities[row]! * bins)));
