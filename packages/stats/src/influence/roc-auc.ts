/**
 * The area under the ROC curve with DeLong's variance (DeLong, DeLong and Clarke-Pearson, 1988), from one sort as Sun and Xu
 * (2014) have it; of clusters that of Obuchowski (1997).
 */
import type { Numbers } from '../numbers.ts';
import type { Influenced } from './influence.ts';
import { ascending, ties } from './order.ts';

/**
 * A positive row's placement is the share of negative rows below it, ties counting half; a negative row's the share of positive
 * rows above it. The AUC is the mean of either.
 *
 * @param actual 1 for positive rows, 0 for negative ones
 * @returns NaN when only one class is there
 */
export function aucInfluence(actual: Numbers, scores: Numbers, weights?: Numbers): Influenced {
  const n = actual.length;
  const weightOf = (row: number) => (weights ? weights[row]! : 1);
  const influence = new Float64Array(n);
  const [positive, negative] = [
    { weight: 0, rows: 0 },
    { weight: 0, rows: 0 },
  ];
  for (let i = 0; i < n; i++) {
    const side = actual[i] === 1 ? positive : negative;
    side.weight += weightOf(i);
    if (weightOf(i) > 0) side.rows += 1;
  }
  if (positive.weight === 0 || negative.weight === 0) return { value: Number.NaN, influence };

  let value = 0;
  let [positivesBelow, negativesBelow] = [0, 0];
  const order = ascending(scores);
  for (const [start, end] of ties(order, scores)) {
    let [positives, negatives] = [0, 0];
    for (let k = start; k < end; k++) {
      if (actual[order[k]!] === 1) positives += weightOf(order[k]!);
      else negatives += weightOf(order[k]!);
    }
    const below = (negativesBelow + negatives / 2) / negative.weight;
    const above = 1 - (positivesBelow + positives / 2) / positive.weight;
    for (let k = start; k < end; k++) influence[order[k]!] = actual[order[k]!] === 1 ? below : above;
    value += (positives / positive.weight) * below;
    positivesBelow += positives;
    negativesBelow += negatives;
  }
  // Each class has its own mean, which costs each a degree of freedom.
  const correction = ({ rows }: typeof positive) => Math.sqrt(rows / Math.max(1, rows - 1));
  const scale = [correction(negative) / negative.weight, correction(positive) / positive.weight] as const;
  for (let i = 0; i < n; i++)
    influence[i] = weightOf(i) * scale[actual[i] === 1 ? 1 : 0] * (influence[i]! - value);
  return { value, influence };
}
