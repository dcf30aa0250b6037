/** Average precision, the area under the precision-recall curve by steps. */
import type { Numbers } from '../numbers.ts';
import type { Influenced } from './influence.ts';
import { levelsOf } from './levels.ts';

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

  const { count, of } = levelsOf(scores);
  const [rows, hits] = [new Float64Array(count), new Float64Array(count)];
  for (let i = 0; i < n; i++) {
    rows[of[i]!]! += weightOf(i);
    if (actual[i] === 1) hits[of[i]!]! += weightOf(i);
  }
  // From the lowest level up: what is left is what scores at least as high.
  let [claimed, right] = [all, positives];
  let sum = 0;
  // Over positive rows so far: of 1 / claimed, and of right / claimed².
  let [inverse, slope] = [0, 0];
  const [ofPositives, ofNegatives] = [new Float64Array(count), new Float64Array(count)];
  for (let level = 0; level < count; level++) {
    const precision = claimed > 0 ? right / claimed : 0;
    if (hits[level]! > 0) {
      sum += hits[level]! * precision;
      inverse += hits[level]! / claimed;
      slope += (hits[level]! * right) / claimed ** 2;
    }
    ofPositives[level] = precision + inverse - slope;
    ofNegatives[level] = -slope;
    claimed -= rows[level]!;
    right -= hits[level]!;
  }
  const value = sum / positives;
  for (let i = 0; i < n; i++) {
    const change = actual[i] === 1 ? ofPositives[of[i]!]! - value : ofNegatives[of[i]!]!;
    influence[i] = (weightOf(i) / positives) * change;
  }
  return { value, influence };
}
