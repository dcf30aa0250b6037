/** How far off the answer to each row is, in the unit that a model of its kind is judged by. */
import type { Answered } from '../answers.ts';
import type { Target } from '../columns.ts';

/** Log loss is in nats, the squared error in the square of the target's unit. */
export type LossName = 'log loss' | 'squared error' | 'absolute error';

/** Probabilities are kept this far from 0 and 1, as the metric keeps them. */
const FLOOR = 1e-15;

/** [rows] */
export function rowLosses(target: Target, loss: LossName, answers: Answered): Float64Array {
  if (target.kind === 'numbers') {
    return target.values.map((value, row) => {
      const error = answers[row]! - value;
      return loss === 'squared error' ? error ** 2 : Math.abs(error);
    });
  }
  const classes = target.classes.length;
  return Float64Array.from(target.labels, (label, row) => {
    const p = probabilityOf(answers, row, label, classes);
    return -Math.log(Math.min(Math.max(p, FLOOR), 1 - FLOOR));
  });
}

export function probabilityOf(answers: Answered, row: number, label: number, classes: number): number {
  if (classes > 2) return answers[row * classes + label]!;
  return label === 1 ? answers[row]! : 1 - answers[row]!;
}
