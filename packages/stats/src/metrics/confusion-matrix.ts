/** The confusion matrix of classification. */
import type { Numbers } from '../numbers.ts';
import { countRows } from './rows.ts';

/**
 * Counts of rows by actual class (row) and predicted class (column).
 *
 * @param actual class indices 0 … classes − 1
 * @param predicted class indices, as many
 * @throws RangeError for an index outside the classes
 */
export function confusionMatrix(actual: Numbers, predicted: Numbers, classes = 2): number[][] {
  const n = countRows(actual, predicted);
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < n; i++) {
    const row = counts[actual[i]!];
    const column = predicted[i]!;
    if (row === undefined || row[column] === undefined) {
      throw new RangeError(
        `Row ${i}: classes must be whole numbers from 0 to ${classes - 1}, got ${actual[i]} and ${column}`,
      );
    }
    row[column]++;
  }
  return counts;
}
