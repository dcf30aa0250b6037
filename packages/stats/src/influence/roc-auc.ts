/**
 * The area under the ROC curve with DeLong's variance (DeLong, DeLong and Clarke-Pearson, 1988), from one sort as Sun and Xu
 * (2014) have it; of clusters that of Obuchowski (1997).
 */
import type { Numbers } from '../numbers.ts';
import type { Influenced } from './influence.ts';
import { levelsOf } from './levels.ts';

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

  const { count, of } = levelsOf(scores);
  const [positives, negatives] = [new Float64Array(count), new Float64Array(count)];
  for (let i = 0; i < n; i++) (actual[i] === 1 ? positives : negatives)[of[i]!]! += weightOf(i);
  // Placements, by level.
  const [below, above] = [new Float64Array(count), new Float64Array(count)];
  let value = 0;
  let [positivesBelow, negativesBelow] = [0, 0];
  for (let level = 0; level < count; level++) {
    below[level] = (negativesBelow + negatives[level]! / 2) / negative.weight;
    above[level] = 1 - (positivesBelow + positives[level]! / 2) / positive.weight;
    value += (positives[level]! / positive.weight) * below[level]!;
    positivesBelow += positives[level]!;
    negativesBelow += negatives[level]!;
  }
  // Each class has its own mean, which costs each a degree of freedom.
  const correction = ({ rows }: typeof positive) => Math.sqrt(rows / Math.max(1, rows - 1));
  const scale = [correction(negative) / negative.weight, correction(positive) / positive.weight] as const;
  for (let i = 0; i < n; i++) {
    const isPositive = actual[i] === 1;
    const placement = (isPositive ? below : above)[of[i]!]!;
    influence[i] = weightOf(i) * scale[isPositive ? 1 : 0] * (placement - value);
  }
  return { value, influence };
}
