/**
 * Temperature scaling: networks are surer than they are right; dividing their logits by one number, fitted on rows
 * held out of training, corrects the probabilities and changes no decision (Guo et al., 2017).
 *
 * The loss is convex in 1 / temperature, so its one minimum is where the slope changes sign, found by bisection.
 */
import type { Numbers } from '../numbers.ts';
import { classesOf, numbersOf } from './rows.ts';

const LOWEST = 0.01;
const HIGHEST = 100;

/**
 * The temperature at which `logits` give the labels their highest likelihood.
 *
 * Kept within 0.01 … 100: with no mistake at all, or nothing but chance, there is no finite best one.
 *
 * @param logits of class 1, [n]; or of every class, [n, classes]
 * @param labels class indices, [n]
 * @throws RangeError where there are other rows; UserError where a row is of no class, or a logit is not a number
 */
export function fitTemperature(logits: Numbers, labels: Numbers): number {
  const n = labels.length;
  const classes = logits.length / n;
  if (n === 0 || !Number.isInteger(classes)) {
    throw new RangeError(
      `fitTemperature needs as many logits for each of ${n} rows, got ${logits.length} in all`,
    );
  }
  const order = 'logits, labels';
  const scores = numbersOf(logits, { metric: 'fitTemperature', name: 'logits', order });
  const actual = classesOf(labels, Math.max(classes, 2), { metric: 'fitTemperature', name: 'labels', order });
  const slope = classes === 1 ? binarySlope : softmaxSlope;
  let low = Math.log(1 / HIGHEST);
  let high = Math.log(1 / LOWEST);
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (slope(scores, actual, Math.exp(middle)) > 0) high = middle;
    else low = middle;
  }
  return Math.exp(-(low + high) / 2);
}

/** d loss / d β at β = 1 / temperature: Σ (σ(β z) − y) z. */
function binarySlope(logits: Numbers, labels: Numbers, beta: number): number {
  let slope = 0;
  for (let i = 0; i < labels.length; i++) {
    slope += (1 / (1 + Math.exp(-beta * logits[i]!)) - labels[i]!) * logits[i]!;
  }
  return slope;
}

/** Σ (mean logit under softmax(β z) − the label's logit). */
function softmaxSlope(logits: Numbers, labels: Numbers, beta: number): number {
  const classes = logits.length / labels.length;
  let slope = 0;
  for (let i = 0; i < labels.length; i++) {
    const row = i * classes;
    let largest = -Infinity;
    for (let c = 0; c < classes; c++) largest = Math.max(largest, logits[row + c]!);
    let total = 0;
    let weighted = 0;
    for (let c = 0; c < classes; c++) {
      const weight = Math.exp(beta * (logits[row + c]! - largest));
      total += weight;
      weighted += weight * logits[row + c]!;
    }
    slope += weighted / total - logits[row + labels[i]!]!;
  }
  return slope;
}
