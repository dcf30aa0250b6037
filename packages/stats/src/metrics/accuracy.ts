/** Accuracy of classification. */
import type { Numbers } from '../numbers.ts';
import { countRows } from './rows.ts';

/** The fraction of rows whose predicted class is the actual one. */
export function accuracy(actual: Numbers, predicted: Numbers): number {
  const n = countRows(actual, predicted);
  let right = 0;
  for (let i = 0; i < n; i++) if (actual[i] === predicted[i]) right++;
  return right / n;
}
