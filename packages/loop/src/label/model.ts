/**
 * The model behind a proposal: a softmax regression, calibrated by a temperature on rows that it did not see (Guo et
 * al., 2017). It is quick, it does well on few rows, and it says how sure it is; that is all that choosing rows needs.
 */

import type { Random } from '@gradus/base';
import { fitSoftmaxRegression, type SoftmaxModel, softmaxRows, softmaxScores } from '@gradus/classical';
import { stratifiedFolds } from '@gradus/data';
import type { SparseMatrix } from '@gradus/stats';
import { fitTemperature } from '@gradus/stats';

/** Inverse strength of the penalty, for rows of length 1. */
const C = 10;
const FOLDS = 5;
/** Which rows are chosen depends on the model's third digit no more. */
const TOLERANCE = 1e-2;

export interface LabelledRows {
  readonly rows: Int32Array;
  /** Of each of them, from 0. */
  readonly labels: Int32Array;
  readonly classes: number;
}

export interface RowModel {
  /** Columns of the matrix that rows of training have. */
  readonly columns: Int32Array;
  readonly softmax: SoftmaxModel;
}

export function fitRows(
  matrix: SparseMatrix,
  { rows, labels, classes }: LabelledRows,
  signal?: AbortSignal,
): RowModel {
  const columns = columnsOf(matrix, rows);
  const part = submatrix(matrix, rows, columns);
  return {
    columns,
    softmax: fitSoftmaxRegression(part, labels, { classes, c: C, tolerance: TOLERANCE, signal }),
  };
}

/** @returns logits, [rows, classes] */
export function scoreRows(
  { columns, softmax }: RowModel,
  matrix: SparseMatrix,
  rows: Int32Array,
): Float32Array {
  return softmaxScores(softmax, submatrix(matrix, rows, columns));
}

export interface Unseen {
  /** Of each labelled row, by a model that did not see it, calibrated. [rows, classes] */
  readonly probabilities: Float64Array;
  readonly temperature: number;
}

/** @param groups By row of the matrix: rows of one group stay in one fold. */
export function crossValidated(
  matrix: SparseMatrix,
  labelled: LabelledRows,
  groups: Int32Array,
  random: Random,
  signal?: AbortSignal,
): Unseen {
  const { classes, labels } = labelled;
  const scores = new Float32Array(labels.length * classes);
  for (const { train, test } of foldsOf(labelled, groups, random)) {
    const model = fitRows(matrix, chosen(labelled, train), signal);
    const found = scoreRows(model, matrix, chosen(labelled, test).rows);
    for (const [i, at] of test.entries())
      scores.set(found.subarray(i * classes, (i + 1) * classes), at * classes);
  }
  const temperature = fitTemperature(scores, labels);
  return { temperature, probabilities: probabilitiesOf(scores, classes, temperature) };
}

export const probabilitiesOf = (scores: Float32Array, classes: number, temperature: number): Float64Array =>
  softmaxRows(
    scores.map((score) => score / temperature),
    classes,
  );

/** Places among the labelled rows, not rows of the matrix. */
export function foldsOf({ rows, labels }: LabelledRows, groups: Int32Array, random: Random) {
  const fold = stratifiedFolds(labels, { count: FOLDS, groups: rows.map((row) => groups[row]!) }, random);
  const places = Int32Array.from(rows.keys());
  return Array.from({ length: FOLDS }, (_, k) => ({
    train: places.filter((at) => fold[at] !== k),
    test: places.filter((at) => fold[at] === k),
  })).filter(({ train, test }) => train.length > 0 && test.length > 0);
}

export const chosen = ({ rows, labels, classes }: LabelledRows, places: Int32Array): LabelledRows => ({
  rows: places.map((at) => rows[at]!),
  labels: places.map((at) => labels[at]!),
  classes,
});

function columnsOf({ columns, offsets, indices }: SparseMatrix, rows: Int32Array): Int32Array {
  const used = new Uint8Array(columns);
  for (const row of rows) for (let k = offsets[row]!; k < offsets[row + 1]!; k++) used[indices[k]!] = 1;
  return Int32Array.from(used.keys()).filter((column) => used[column] === 1);
}

/** Some rows of some columns. @param columns Ascending. */
function submatrix(matrix: SparseMatrix, rows: Int32Array, columns: Int32Array): SparseMatrix {
  const place = new Int32Array(matrix.columns).fill(-1);
  for (const [at, column] of columns.entries()) place[column] = at;
  const offsets = new Int32Array(rows.length + 1);
  const most = rows.reduce((sum, row) => sum + matrix.offsets[row + 1]! - matrix.offsets[row]!, 0);
  const indices = new Int32Array(most);
  const values = new Float32Array(most);
  let length = 0;
  for (const [i, row] of rows.entries()) {
    for (let k = matrix.offsets[row]!; k < matrix.offsets[row + 1]!; k++) {
      const at = place[matrix.indices[k]!]!;
      if (at < 0) continue;
      indices[length] = at;
      values[length] = matrix.values[k]!;
      length += 1;
    }
    offsets[i + 1] = length;
  }
  return {
    rows: rows.length,
    columns: columns.length,
    offsets,
    indices: indices.subarray(0, length),
    values: values.subarray(0, length),
  };
}
