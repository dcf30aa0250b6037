/** A linear model of terms: one logit where there are two classes, else a logit a class. Plain data. */
import {
  fitLogisticRegression,
  fitSoftmaxRegression,
  logisticScores,
  predictLogistic,
  softmaxRows,
  softmaxScores,
} from '@gradus/classical';
import { constant, type Tensor } from '@gradus/engine';
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

/**
 * The same scores as a graph has them.
 *
 * @param terms int64 [batch, terms], filled up with the column one past the last @param weights float32 [batch, terms]
 * @param name What the weights are called in the graph
 * @returns [batch], or [batch, outputs]
 */
export function linearLogits(
  { weights: table, bias }: LinearModel,
  terms: Tensor,
  weights: Tensor,
  name = 'linear',
): Tensor {
  const outputs = bias.length;
  // One row of zeros more, which padding points at.
  const padded = new Float32Array(table.length + outputs);
  padded.set(table);
  if (outputs === 1) {
    const values = constant({ dtype: 'float32', dims: [padded.length], data: padded }, `${name}.weight`);
    return values.gather(terms).mul(weights).sum([1]).add(bias[0]!);
  }
  const dims = [padded.length / outputs, outputs];
  const rows = constant({ dtype: 'float32', dims, data: padded }, `${name}.weight`);
  const offsets = constant(
    { dtype: 'float32', dims: [outputs], data: Float32Array.from(bias) },
    `${name}.bias`,
  );
  // [batch, 1, terms] × [batch, terms, outputs]
  return weights.unsqueeze(1).matmul(rows.gather(terms)).squeeze(1).add(offsets);
}
