/** The confusion matrix of classification. */
import type { Numbers } from '../numbers.ts';
import { classesOf, countRows } from './rows.ts';

/**
 * Counts of rows by actual class (row) and predicted class (column).
 *
 * @param actual class indices 0 … classes − 1
 * @param predicted class indices, as many
 * @throws RangeError where there are other rows; UserError for an index outside the classes
 */
export function confusionMatrix(actual: Numbers, predicted: Numbers, classes = 2): number[][] {
  const n = countRows(actual, predicted);
  const order = 'actual, predicted, classes';
  const rows = classesOf(actual, classes, { metric: 'confusionMatrix', name: 'actual', order });
  const columns = classesOf(predicted, classes, { metric: 'confusionMatrix', name: 'predicted', order });
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < n; i++) counts[rows[i]!]![columns[i]!]!++;
  return counts;
}
