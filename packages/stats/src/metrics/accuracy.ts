/** Accuracy of classification. */
import type { Numbers } from '../numbers.ts';
import { countRows } from './rows.ts';

/** The fraction of rows whose predicted class is the actual one. Classes may be numbers, true and false, or names. */
export function accuracy(actual: Numbers, predicted: Numbers): number {
  const n = countRows(actual, predicted);
  let right = 0;
  for (let i = 0; i < n; i++) if (classOf(actual[i]) === classOf(predicted[i])) right++;
  return right / n;
}

/** true is 1, and 1n is 1: an answer of another type is not a wrong one. */
const classOf = (value: unknown): unknown =>
  typeof value === 'boolean' || typeof value === 'bigint' ? Number(value) : value;
