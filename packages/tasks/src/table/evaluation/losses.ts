/** How far off each answer is: what two models are compared by, row by row. [rows] */
import { logLoss } from '@gradus/stats';
import { widthOf } from '../../shared/probabilities.ts';
import type { ClassRows, NumberRows } from './rows.ts';

export function logLosses({ classes, truth, answers }: ClassRows): Float64Array {
  const width = widthOf(classes);
  return Float64Array.from(truth, (label, row) =>
    logLoss([label], answers.subarray(row * width, (row + 1) * width), classes),
  );
}

/** Squared distances from what came true; of more than two classes summed over classes (Brier, 1950). */
export function brierLosses({ classes, truth, answers }: ClassRows): Float64Array {
  if (classes === 2) return Float64Array.from(truth, (label, row) => (answers[row]! - label) ** 2);
  return Float64Array.from(truth, (label, row) => {
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += (answers[row * classes + k]! - (k === label ? 1 : 0)) ** 2;
    return sum;
  });
}

export const squaredErrors = ({ truth, answers }: NumberRows): Float64Array =>
  truth.map((value, row) => (answers[row]! - value) ** 2);

export const absoluteErrors = ({ truth, answers }: NumberRows): Float64Array =>
  truth.map((value, row) => Math.abs(answers[row]! - value));

/** As shares of the true values. */
export const percentageErrors = ({ truth, answers }: NumberRows): Float64Array =>
  truth.map((value, row) => Math.abs((answers[row]! - value) / value));
