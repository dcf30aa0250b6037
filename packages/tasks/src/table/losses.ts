/** How far off scores are, row by row: what candidates are compared by. */
import type { TrainingTarget } from './candidates/candidate.ts';
import { outputsOf } from './candidates/candidate.ts';

/** Log loss of classes; squared or absolute error of numbers. @param scores [rows, outputs] */
export function rowLosses(
  target: TrainingTarget,
  scores: Float64Array,
  error: 'squared' | 'absolute',
): Float64Array {
  if (target.kind === 'numbers') {
    return target.values.map((value, i) =>
      error === 'squared' ? (value - scores[i]!) ** 2 : Math.abs(value - scores[i]!),
    );
  }
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

export interface MeanDifference {
  readonly mean: number;
  readonly error: number;
}

/**
 * The mean of differences of rows, by weight, and its standard error; rows that share a group err together, so groups are what
 * is counted (cluster-robust: Liang and Zeger, 1986).
 */
export function meanWithError(
  values: Float64Array,
  groups: Int32Array,
  weights?: Float64Array,
): MeanDifference {
  let [sum, total] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const weight = weights?.[i] ?? 1;
    sum += weight * values[i]!;
    total += weight;
  }
  const mean = sum / total;
  const ofGroup = new Map<number, number>();
  for (let i = 0; i < values.length; i++) {
    const residual = (weights?.[i] ?? 1) * (values[i]! - mean);
    ofGroup.set(groups[i]!, (ofGroup.get(groups[i]!) ?? 0) + residual);
  }
  const n = ofGroup.size;
  let squares = 0;
  for (const residual of ofGroup.values()) squares += residual ** 2;
  return { mean, error: n < 2 ? Number.POSITIVE_INFINITY : Math.sqrt((squares * n) / (n - 1)) / total };
}

export function weightedMean(values: Float64Array, weights?: Float64Array): number {
  let [sum, total] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const weight = weights?.[i] ?? 1;
    sum += weight * values[i]!;
    total += weight;
  }
  return sum / total;
}
