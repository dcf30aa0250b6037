/** The Brier score of probabilities. */
import type { Numbers } from '../numbers.ts';
import { countRows } from './rows.ts';

/** The mean squared distance of the probability of class 1 from what came true (Brier, 1950); 0 is best. */
export function brier(actual: Numbers, probabilities: Numbers): number {
  const n = countRows(actual, probabilities);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (probabilities[i]! - actual[i]!) ** 2;
  return sum / n;
}
