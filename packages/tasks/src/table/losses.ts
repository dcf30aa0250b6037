/** How far off answers and scores are, row by row: what models are judged and compared by. [rows] */
import { logLosses as logLossesOf } from '@gradus/stats';
import type { Answered } from './answers.ts';
import { outputsOf, type TrainingTarget } from './candidates/candidate.ts';

interface ClassAnswers {
  /** How many there are. */
  readonly classes: number;
  readonly truth: Int32Array;
  /** Probabilities. */
  readonly answers: Answered;
}

interface NumberAnswers {
  readonly truth: Float64Array;
  readonly answers: Answered;
}

export const logLosses = ({ classes, truth, answers }: ClassAnswers): Float64Array =>
  logLossesOf(truth, answers, classes);

/** Squared distances from what came true; of more than two classes summed over classes (Brier, 1950). */
export function brierLosses({ classes, truth, answers }: ClassAnswers): Float64Array {
  if (classes === 2) return Float64Array.from(truth, (label, row) => (answers[row]! - label) ** 2);
  return Float64Array.from(truth, (label, row) => {
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += (answers[row * classes + k]! - (k === label ? 1 : 0)) ** 2;
    return sum;
  });
}

export const squaredErrors = ({ truth, answers }: NumberAnswers): Float64Array =>
  truth.map((value, row) => (answers[row]! - value) ** 2);

export const absoluteErrors = ({ truth, answers }: NumberAnswers): Float64Array =>
  truth.map((value, row) => Math.abs(answers[row]! - value));

/** As shares of the true values. */
export const percentageErrors = ({ truth, answers }: NumberAnswers): Float64Array =>
  truth.map((value, row) => Math.abs((answers[row]! - value) / value));

/** By what numbers are judged by. */
export const ERRORS = { squared: squaredErrors, absolute: absoluteErrors } as const;

/**
 * Of what candidates say, which for classes is no probability yet: log loss from logits, which stays exact where a probability would
 * be rounded to 0; or the error of numbers.
 *
 * @param scores [rows, outputs]
 */
export function scoreLosses(
  target: TrainingTarget,
  scores: Float64Array,
  error: keyof typeof ERRORS,
): Float64Array {
  if (target.kind === 'numbers') return ERRORS[error]({ truth: target.values, answers: scores });
  const width = outputsOf(target);
  return Float64Array.from(target.labels, (label, row) => {
    if (width === 1) return softplus(label === 1 ? -scores[row]! : scores[row]!);
    let largest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < width; k++) largest = Math.max(largest, scores[row * width + k]!);
    let total = 0;
    for (let k = 0; k < width; k++) total += Math.exp(scores[row * width + k]! - largest);
    return Math.log(total) + largest - scores[row * width + label]!;
  });
}

const softplus = (x: number): number => (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)));

export function weightedMean(values: Float64Array, weights?: Float64Array): number {
  let [sum, total] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const weight = weights?.[i] ?? 1;
    sum += weight * values[i]!;
    total += weight;
  }
  return sum / total;
}
