/**
 * A comparison where nobody drew lots: the others are weighted until their means agree with those of the treated in everything
 * that is known (Hainmueller, "Entropy Balancing for Causal Effects", 2012), and the outcomes are then compared. Balancing on means is
 * also right where the outcome is linear in what is known (Zhao and Percival, 2017). It cannot mend what is not in the file.
 */
import { UserError } from '@gradus/base';
import { intervalZ, normalTwoSided } from '../distributions/normal.ts';
import type { Numbers } from '../numbers.ts';
import { cholesky, solveCholesky } from '../regression/cholesky.ts';
import { leastSquares } from '../regression/least-squares.ts';
import type { Effect } from './difference-in-differences.ts';
import { meanOf } from './panel.ts';

export interface BalancedComparison extends Effect {
  /** Of the others, each at least 0; they sum to 1. */
  readonly weights: Float64Array;
  /** As many others of equal weight would say as much (Kish, 1965). */
  readonly effectiveOthers: number;
}

const STEPS = 200;

/**
 * The effect on the treated.
 *
 * @param columns What is known of everyone, one column each
 * @throws UserError where no weights balance: a treated person is unlike all others
 */
export function balancedComparison(
  outcome: Numbers,
  treated: ArrayLike<boolean>,
  columns: readonly Numbers[],
  level = 0.95,
): BalancedComparison {
  const rows = Array.from({ length: outcome.length }, (_, i) => i);
  const mine = rows.filter((i) => treated[i]);
  const theirs = rows.filter((i) => !treated[i]);
  const used = standardised(columns, mine, theirs);
  const weights = balance(used, theirs);
  const pick = (of: readonly number[]) => of.map((i) => outcome[i]!);
  const observed = meanOf(pick(mine));
  const expected = theirs.reduce((sum, i, k) => sum + weights[k]! * outcome[i]!, 0);
  const value = observed - expected;

  // The error is that of the outcome beyond what a line through the others says of it (the weights take care of the rest).
  const root = Float64Array.from(weights, Math.sqrt);
  const design = [
    Float64Array.from(root),
    ...used.map((column) => Float64Array.from(theirs, (i, k) => column[i]! * root[k]!)),
  ];
  const line = leastSquares(
    design,
    Float64Array.from(theirs, (i, k) => outcome[i]! * root[k]!),
  );
  const predicted = (i: number) =>
    line.estimates.reduce(
      (sum, { value: b }, j) => sum + (Number.isNaN(b) ? 0 : b * (j ? used[j - 1]![i]! : 1)),
      0,
    );
  const own = mine.map((i) => outcome[i]! - predicted(i) - value);
  const varianceMine = own.reduce((sum, e) => sum + e * e, 0) / (mine.length * (mine.length - 1));
  const varianceTheirs = theirs.reduce(
    (sum, i, k) => sum + (weights[k]! * (outcome[i]! - predicted(i))) ** 2,
    0,
  );
  const error = Math.sqrt(varianceMine + varianceTheirs);
  const reach = intervalZ(level) * error;
  return {
    value,
    interval: [value - reach, value + reach],
    pValue: normalTwoSided(value / error),
    expected,
    weights,
    effectiveOthers: 1 / weights.reduce((sum, weight) => sum + weight * weight, 0),
  };
}

/** Columns less the mean of the treated, in standard deviations; those that never differ are left out. */
function standardised(
  columns: readonly Numbers[],
  mine: readonly number[],
  theirs: readonly number[],
): Float64Array[] {
  return columns.flatMap((column) => {
    const mean = meanOf(mine.map((i) => column[i]!));
    const all = [...mine, ...theirs];
    const deviation = Math.sqrt(all.reduce((sum, i) => sum + (column[i]! - mean) ** 2, 0) / all.length);
    return deviation > 0 ? [Float64Array.from(column, (value) => (value - mean) / deviation)] : [];
  });
}

/** Newton's method on the dual: log of the sum of exp(−λ·x), which is convex, and whose gradient is the imbalance. */
function balance(columns: readonly Float64Array[], rows: readonly number[]): Float64Array {
  const size = columns.length;
  const lambda = new Float64Array(size);
  const at = (tried: Float64Array) => {
    const scores = Float64Array.from(
      rows,
      (i) => -columns.reduce((sum, column, j) => sum + tried[j]! * column[i]!, 0),
    );
    const top = scores.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY);
    const raw = scores.map((score) => Math.exp(score - top));
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    return { weights: raw.map((weight) => weight / total), height: top + Math.log(total) };
  };
  let now = at(lambda);
  for (let step = 0; step < STEPS; step++) {
    const means = columns.map((column) => rows.reduce((sum, i, k) => sum + now.weights[k]! * column[i]!, 0));
    if (means.every((mean) => Math.abs(mean) < 1e-8)) return now.weights;
    const hessian = new Float64Array(size * size);
    for (let j = 0; j < size; j++)
      for (let k = 0; k <= j; k++) {
        let sum = 0;
        rows.forEach((i, r) => {
          sum += now.weights[r]! * (columns[j]![i]! - means[j]!) * (columns[k]![i]! - means[k]!);
        });
        hessian[j * size + k] = sum + (j === k ? 1e-10 : 0);
      }
    const direction = solveCholesky(cholesky(hessian, size), means);
    let rate = 1;
    let next = at(lambda);
    const slope = means.reduce((sum, mean, j) => sum + mean * direction[j]!, 0);
    for (; rate > 1e-10; rate /= 2) {
      next = at(lambda.map((value, j) => value + rate * direction[j]!));
      if (next.height <= now.height - 1e-4 * rate * slope) break;
    }
    if (rate <= 1e-10) break;
    for (let j = 0; j < size; j++) lambda[j]! += rate * direction[j]!;
    now = next;
  }
  const left = columns.map((column) =>
    Math.abs(rows.reduce((sum, i, k) => sum + now.weights[k]! * column[i]!, 0)),
  );
  if (left.every((mean) => mean < 1e-4)) return now.weights;
  throw new UserError({
    en: 'No weights make the others like the treated: in what is known of them the two groups do not overlap. Compare with others that are more alike, or give fewer columns.',
    zh: '没有任何权重能使其他对象与处理组相似：两组在已知特征上没有重叠。请选择更相似的对照，或减少列数。',
  });
}
