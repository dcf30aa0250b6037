/**
 * What linear models of a column's many features (terms of texts, descriptions of images) say of the target: one score a class, or one.
 *
 * On the training rows the scores are those of models that have not seen the row ("stacking": Wolpert, 1992): a model knows its own
 * rows by heart, and what learns from its scores would trust them too much. Later rows have the scores of the model of all rows.
 */
import type { Random } from '@gradus/base';
import { fitLogisticRegression, fitSparseRidge } from '@gradus/classical';
import { stratifiedFolds } from '@gradus/data';
import type { SparseMatrix } from '@gradus/stats';
import { sparseRows } from '../shared/sparse-rows.ts';
import { type LinearModel, linearScores } from '../text/linear.ts';
import type { Target } from './columns.ts';
import { strataOf } from './split.ts';

export interface StackingOptions {
  /** Of the same rows. */
  readonly target: Target;
  /** By row: rows that share a number stand or fall together. */
  readonly groups: Int32Array;
  readonly weights?: Float64Array | undefined;
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
  /** By row: the part that is scored by a model of the others. Default: drawn. */
  readonly folds?: ArrayLike<number> | undefined;
}

/** Plain data. */
export interface StackedScores {
  readonly linear: LinearModel;
  /** Of each score, the model's output that it speaks of: 0 of two classes and of numbers, else a class. */
  readonly speaksOf: readonly number[];
  /** [rows, scores] of the training rows. */
  readonly scores: Float32Array;
  /** By row: the part of the rows that it was scored with. */
  readonly folds: ArrayLike<number>;
}

/** Scores of a column at most: of more classes the most frequent have one each. What learns from them has a weight for each score and class. */
export const MOST_SCORES = 20;
/** Rows that are learnt from at most, and features of all of them × scores. */
export const MOST_STACKED_ROWS = 30_000;
const MOST_FITTED = 15_000_000;
const FOLDS = 5;
/** Inverse of the penalty's strength. */
const C = 4;
/** Of numbers that are standardized. */
const ALPHA = 1;
/** Scores need no more digits than what learns from them can tell apart. */
const TOLERANCE = 0.01;

/** @param matrix Rows of about length 1: penalties are made for these */
export function stackedScores(
  matrix: SparseMatrix,
  { target, groups, weights, random, signal, folds: given }: StackingOptions,
): StackedScores {
  const { rows } = matrix;
  const goals = goalsOf(target);
  const perRow = matrix.values.length / rows;
  const sampled = evenly(
    rows,
    Math.min(MOST_STACKED_ROWS, Math.floor(MOST_FITTED / (perRow * goals.length))),
  );
  const fit = (of: Int32Array): LinearModel => {
    signal?.throwIfAborted();
    return fitGoals(
      sparseRows(matrix, of),
      goals.map(({ kind, values }) => ({ kind, values: Float64Array.from(of, (row) => values[row]!) })),
      weights && Float64Array.from(of, (row) => weights[row]!),
    );
  };
  const width = goals.length;
  const folds = given ?? stratifiedFolds(strataOf(target), { count: FOLDS, groups }, random);
  const scores = new Float32Array(rows * width);
  for (let k = 0; k < FOLDS; k++) {
    const outside = Int32Array.from({ length: rows }, (_, row) => row).filter((row) => folds[row] === k);
    const inside = sampled.filter((row) => folds[row] !== k);
    if (outside.length === 0 || inside.length === 0) continue;
    const own = linearScores(fit(inside), sparseRows(matrix, outside));
    for (const [i, row] of outside.entries())
      scores.set(own.subarray(i * width, (i + 1) * width), row * width);
  }
  return { linear: fit(sampled), speaksOf: goals.map(({ output }) => output), scores, folds };
}

/** `most` of so many rows, or all. */
export function evenly(rows: number, most: number): Int32Array {
  const count = Math.min(rows, most);
  return Int32Array.from({ length: count }, (_, i) => Math.floor((i * rows) / count));
}

const LEAST_VARIANCE = 1e-12;

/** Means and spreads of each column. @param dense [rows, width] */
export function spreadOf(
  dense: Float32Array,
  width: number,
): { readonly means: number[]; readonly spreads: number[] } {
  const rows = dense.length / width;
  const [means, squares] = [new Float64Array(width), new Float64Array(width)];
  for (let i = 0; i < dense.length; i++) means[i % width]! += dense[i]! / rows;
  for (let i = 0; i < dense.length; i++) squares[i % width]! += (dense[i]! - means[i % width]!) ** 2 / rows;
  // Of a constant, rounding leaves a little.
  const spreads = Array.from(squares, (square) => (square > LEAST_VARIANCE ? Math.sqrt(square) : 1));
  return { means: Array.from(means), spreads };
}

/** What one score is to say. */
export interface Goal {
  /** A class against all others, or a number in units of its own spread. */
  readonly kind: Target['kind'];
  /** [rows] */
  readonly values: Float64Array;
}

export function goalsOf(target: Target): (Goal & { readonly output: number })[] {
  if (target.kind === 'numbers') {
    const { values } = target;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const spread =
      Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) || 1;
    const standardized = values.map((value) => (value - mean) / spread);
    return [{ kind: 'numbers', output: 0, values: standardized }];
  }
  const { classes, labels } = target;
  const goal = (label: number, output: number) => ({
    kind: 'classes' as const,
    output,
    values: Float64Array.from(labels, (own) => Number(own === label)),
  });
  if (classes.length === 2) return [goal(1, 0)];
  const counts = new Int32Array(classes.length);
  for (const label of labels) counts[label]! += 1;
  return Array.from(classes.keys())
    .sort((a, b) => counts[b]! - counts[a]!)
    .slice(0, MOST_SCORES)
    .sort((a, b) => a - b)
    .map((label) => goal(label, label));
}

function fitGoals(
  matrix: SparseMatrix,
  goals: readonly Goal[],
  sampleWeights: Float64Array | undefined,
): LinearModel {
  const models = goals.map(({ kind, values }) =>
    kind === 'numbers'
      ? fitSparseRidge(matrix, values, { alpha: ALPHA, sampleWeights })
      : fitLogisticRegression(matrix, values, {
          c: C,
          tolerance: TOLERANCE,
          ...(sampleWeights && { sampleWeights }),
        }),
  );
  const width = goals.length;
  const weights = new Float32Array(matrix.columns * width);
  for (const [k, model] of models.entries())
    for (let term = 0; term < matrix.columns; term++) weights[term * width + k] = model.weights[term]!;
  return { weights, bias: models.map(({ bias }) => bias) };
}
