/** The expected calibration error (Naeini, Cooper and Hauskrecht, 2015). */
import type { Numbers } from '../numbers.ts';
import type { Influenced } from './influence.ts';

/**
 * The mean gap between predicted and observed, in bins of equal width. It is too large by what chance adds to each gap.
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
  const binOf = (row: number) => Math.max(0, Math.min(bins - 1, Math.floor(probabilities[row]! * bins)));
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
