/** Average precision: how pure the top of a ranking is, for classes of which one is rare. */
import { averagePrecisionInfluence } from '../influence/average-precision.ts';
import type { Numbers } from '../numbers.ts';
import { classesOf, countRows, numbersOf } from './rows.ts';

/**
 * The mean, over positive rows, of the precision among all rows that score at least as high; a ranking by chance has the share of
 * positive rows.
 *
 * @param actual 1 for positive rows, 0 for negative ones
 * @returns NaN where no row is positive
 * @throws UserError where a row is of another class, or its score is not a number
 */
export function averagePrecision(actual: Numbers, scores: Numbers): number {
  countRows(actual, scores);
  const order = 'actual, scores';
  return averagePrecisionInfluence(
    classesOf(actual, 2, { metric: 'averagePrecision', name: 'actual', order }),
    numbersOf(scores, { metric: 'averagePrecision', name: 'scores', order }),
  ).value;
}
