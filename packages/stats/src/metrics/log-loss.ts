/** Log loss: the cross-entropy of probabilities. */
import type { Numbers } from '../numbers.ts';
import { classesOf, probabilitiesOf } from './rows.ts';

/** Probabilities are kept this far from 0 and 1, so that one confident mistake costs much, not everything. */
const FLOOR = 1e-15;

/** The mean of `logLosses`. */
export function logLoss(actual: Numbers, probabilities: Numbers, classes = 2): number {
  const losses = logLosses(actual, probabilities, classes);
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

/**
 * The negative log-likelihood of each row's actual class, in nats. [n]
 *
 * @param actual class indices, [n]
 * @param probabilities of class 1, [n], when `classes` is 2 and there is one value a row; otherwise of every class, [n, classes]
 * @throws RangeError where there are other rows; UserError where a row is of no class, or has no probability
 */
export function logLosses(actual: Numbers, probabilities: Numbers, classes = 2): Float64Array {
  const n = actual.length;
  const single = classes === 2 && probabilities.length === n;
  if (n === 0 || (!single && probabilities.length !== n * classes)) {
    throw new RangeError(`logLoss needs a probability for each of ${n} rows and ${classes} classes`);
  }
  const order = 'actual, probabilities, classes';
  const labels = classesOf(actual, classes, { metric: 'logLoss', name: 'actual', order });
  const chances = probabilitiesOf(probabilities, { metric: 'logLoss', name: 'probabilities', order });
  const losses = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const p = single ? (labels[i] === 1 ? chances[i]! : 1 - chances[i]!) : chances[i * classes + labels[i]!]!;
    losses[i] = -Math.log(Math.min(Math.max(p, FLOOR), 1 - FLOOR));
  }
  return losses;
}
