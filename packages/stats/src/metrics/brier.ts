/** The Brier score of probabilities. */
import type { Numbers } from '../numbers.ts';
import { classesOf, countRows, probabilitiesOf } from './rows.ts';

/**
 * The mean squared distance of the probability of class 1 from what came true (Brier, 1950); 0 is best.
 *
 * @throws UserError where a row is of another class than 0 and 1, or has no probability
 */
export function brier(actual: Numbers, probabilities: Numbers): number {
  const n = countRows(actual, probabilities);
  const order = 'actual, probabilities';
  const labels = classesOf(actual, 2, { metric: 'brier', name: 'actual', order });
  const chances = probabilitiesOf(probabilities, { metric: 'brier', name: 'probabilities', order });
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (chances[i]! - labels[i]!) ** 2;
  return sum / n;
}
