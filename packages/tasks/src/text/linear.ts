/** A linear model of terms: one logit where there are two classes, else a logit a class. Plain data. */
import {
  fitLogisticRegression,
  fitSoftmaxRegression,
  logisticScores,
  predictLogistic,
  softmaxRows,
  softmaxScores,
} from '@gradus/classical';
import type { SparseMatrix } from '@gradus/stats';

export interface LinearModel {
  /** [terms], or [terms, classes] of more than two classes */
  readonly weights: Float32Array;
  /** One value, or one a class. */
  readonly bias: readonly number[];
}

export interface FitLinearOptions {
  readonly classes: number;
  /** Inverse of the penalty's strength. */
  readonly c: number;
  /** By row; default 1 each. */
  readonly sampleWeights?: ArrayLike<number> | undefined;
}

/** @param labels Class indices */
export function fitLinear(
  matrix: SparseMatrix,
  labels: ArrayLike<number>,
  { classes, c, sampleWeights }: FitLinearOptions,
): LinearModel {
  const weighted = { c, ...(sampleWeights && { sampleWeights }) };
  if (classes === 2) {
    const { weights, bias } = fitLogisticRegression(matrix, labels, weighted);
    return { weights, bias: [bias] };
  }
  const { weights, bias } = fitSoftmaxRegression(matrix, labels, { classes, ...weighted });
  return { weights, bias: Array.from(bias) };
}

/** @returns logits [rows], or [rows, classes] */
export function linearScores({ weights, bias }: LinearModel, matrix: SparseMatrix): Float32Array {
  return bias.length === 1
    ? logisticScores({ weights, bias: bias[0]! }, matrix)
    : softmaxScores({ classes: bias.length, weights, bias: Float32Array.from(bias) }, matrix);
}

/** @returns the probability of class 1 [rows], or of each class [rows, classes] */
export function linearProbabilities(model: LinearModel, matrix: SparseMatrix): Float32Array {
  const { weights, bias } = model;
  return bias.length === 1
    ? predictLogistic({ weights, bias: bias[0]! }, matrix)
    : Float32Array.from(softmaxRows(linearScores(model, matrix), bias.length));
}
