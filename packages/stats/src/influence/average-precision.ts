/** Average precision, the area under the precision-recall curve by steps. */
import type { Numbers } from '../numbers.ts';
import type { Influenced } from './influence.ts';
import { ascending, ties } from './order.ts';

/**
 * The mean, over positive rows, of the precision among all rows that score at least as high. A row's influence is the
 * derivative with respect to its weight: a positive row adds its own precision, and each row changes the precision at
 * every positive row that scores no higher.
 *
 * @param actual 1 for positive rows, 0 for negative ones
 * @returns NaN where no row is positive
 */
export function averagePrecisionInfluence(actual: Numbers, scores: Numbers, weights?: Numbers): Influenced {
  const n = actual.length;
  const weightOf = (row: number) => (weights ? weights[row]! : 1);
  let [all, positives] = [0, 0];
  for (let i = 0; i < n; i++) {
    all += weightOf(i);
    if (actual[i] === 1) positives += weightOf(i);
  }
  const influence = new Float64Array(n);
  if (positives === 0) return { value: Number.NaN, influence };

  // By ascending score, what is left is what scores at least as high.
  const order = ascending(scores);
  let [claimed, right] = [all, positives];
  let sum = 0;
  // Over positive rows so far: of 1 / claimed, and of right / claimed².
  let [inverse, slope] = [0, 0];
  for (const [start, end] of ties(order, scores)) {
    let [tied, tiedPositives] = [0, 0];
    for (let k = start; k < end; k++) {
      tied += weightOf(order[k]!);
      if (actual[order[k]!] === 1) tiedPositives += weightOf(order[k]!);
    }
    const precision = claimed > 0 ? right / claimed : 0;
    if (tiedPositives > 0) {
      sum += tiedPositives * precision;
      inverse += tiedPositives / claimed;
      slope += (tiedPositives * right) / claimed ** 2;
    }
    for (let k = start; k < end; k++)
      influence[order[k]!] = actual[order[k]!] === 1 ? precision + inverse - slope : -slope;
    claimed -= tied;
    right -= tiedPositives;
  }
  const value = sum / positives;
  for (let i = 0; i < n; i++)
    influence[i] = (weightOf(i) / positives) * (influence[i]! - (actual[i] === 1 ? value : 0));
  return { value, influence };
}
