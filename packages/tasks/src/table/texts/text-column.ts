/**
 * A text column as numbers: what a linear model of its terms says of the target, and its length. Terms are words and pairs of words,
 * and for Chinese also characters and pairs of them, weighed by TF-IDF.
 *
 * On the training rows the scores are those of models that have not seen the row ("stacking": Wolpert, 1992): a model knows its own
 * rows by heart, and what learns from its scores would trust them too much. Later rows have the scores of the model of all rows.
 */
import type { Random } from '@gradus/base';
import { fitLogisticRegression, fitSparseRidge } from '@gradus/classical';
import { stratifiedFolds, type Tfidf } from '@gradus/data';
import type { SparseMatrix } from '@gradus/stats';
import { sparseRows } from '../../shared/sparse-rows.ts';
import { type LinearModel, linearScores } from '../../text/linear.ts';
import type { Target } from '../columns.ts';
import { strataOf } from '../split.ts';
import { lengthsOf, TERMS, type TextInputs } from './terms.ts';

/** Plain data. */
export interface TextColumn {
  readonly name: string;
  /** Names of the graph's inputs. */
  readonly inputs: TextInputs;
  readonly terms: Tfidf;
  readonly linear: LinearModel;
  /** Of each score, the model's output that it speaks of: 0 of two classes and of numbers, else a class. */
  readonly speaksOf: readonly number[];
  /** Of dense features over the training rows: the scores, the logarithm of the length, whether there is a text. */
  readonly means: readonly number[];
  readonly spreads: readonly number[];
}

/** Cells of a text column as numbers. */
export interface TextCellFeatures {
  /** [rows, scores] */
  readonly scores: Float32Array;
  /** [rows], in tokens: words, Chinese characters, marks, emoji */
  readonly lengths: Int32Array;
}

export interface FitTextOptions {
  /** Of the same rows. */
  readonly target: Target;
  /** By row: rows that share a number stand or fall together. */
  readonly groups: Int32Array;
  readonly weights?: Float64Array | undefined;
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
}

/** Columns that are learnt from at most. */
export const MOST_TEXTS = 4;
/** Scores of a column at most: of more classes the most frequent have one each. What learns from them has a weight for each score and class. */
export const MOST_SCORES = 20;
const MOST_TERMS = 20_000;
/** Rows that are learnt from at most, and terms of all of them × scores. */
const MOST_ROWS = 30_000;
const MOST_FITTED = 15_000_000;
const FOLDS = 5;
/** Inverse of the penalty's strength. */
const C = 4;
/** Of numbers that are standardized. */
const ALPHA = 1;
/** Scores need no more digits than what learns from them can tell apart. */
const TOLERANCE = 0.01;
const LEAST_VARIANCE = 1e-12;

/** @returns nothing where no term comes twice: such texts say nothing of others */
export function fitTextColumn(
  {
    name,
    texts,
    inputs,
  }: { readonly name: string; readonly texts: readonly string[]; readonly inputs: TextInputs },
  { target, groups, weights, random, signal }: FitTextOptions,
): { readonly column: TextColumn; readonly training: TextCellFeatures } | undefined {
  const rows = texts.length;
  const { terms, matrix } = termsOf(texts);
  if (terms.terms.length === 0) return undefined;
  const goals = goalsOf(target);
  const perRow = matrix.values.length / rows;
  const sampled = evenly(rows, Math.min(MOST_ROWS, Math.floor(MOST_FITTED / (perRow * goals.length))));
  const fit = (of: Int32Array): LinearModel => {
    signal?.throwIfAborted();
    return fitScores(
      sparseRows(matrix, of),
      goals.map(({ kind, values }) => ({ kind, values: Float64Array.from(of, (row) => values[row]!) })),
      weights && Float64Array.from(of, (row) => weights[row]!),
    );
  };
  const width = goals.length;
  const folds = stratifiedFolds(strataOf(target), { count: FOLDS, groups }, random);
  const scores = new Float32Array(rows * width);
  for (let k = 0; k < FOLDS; k++) {
    const outside = Int32Array.from({ length: rows }, (_, row) => row).filter((row) => folds[row] === k);
    const inside = sampled.filter((row) => folds[row] !== k);
    if (outside.length === 0 || inside.length === 0) continue;
    const own = linearScores(fit(inside), sparseRows(matrix, outside));
    for (const [i, row] of outside.entries())
      scores.set(own.subarray(i * width, (i + 1) * width), row * width);
  }
  const training = { scores, lengths: lengthsOf(texts) };
  return {
    column: {
      name,
      inputs,
      terms,
      linear: fit(sampled),
      speaksOf: goals.map(({ output }) => output),
      ...spreadOf(rawDense(training, width), width + 2),
    },
    training,
  };
}

/** Terms that an even sample of the rows has, and all rows by them. */
function termsOf(texts: readonly string[]): { terms: Tfidf; matrix: SparseMatrix } {
  const options = { maxTerms: MOST_TERMS };
  if (texts.length <= MOST_ROWS) {
    const { model, matrix } = TERMS.fitTransform(texts, options);
    return { terms: model, matrix };
  }
  const terms = TERMS.fit(
    Array.from(evenly(texts.length, MOST_ROWS), (row) => texts[row]!),
    options,
  );
  return { terms, matrix: TERMS.transform(terms, texts) };
}

/** `most` of so many rows, or all. */
function evenly(rows: number, most: number): Int32Array {
  const count = Math.min(rows, most);
  return Int32Array.from({ length: count }, (_, i) => Math.floor((i * rows) / count));
}

/** Cells of later rows. */
export function textFeatures({ terms, linear }: TextColumn, texts: readonly string[]): TextCellFeatures {
  return { scores: linearScores(linear, TERMS.transform(terms, texts)), lengths: lengthsOf(texts) };
}

/** For linear models and networks. @returns [rows, scores + 2], standardized */
export function denseTextFeatures(
  { speaksOf, means, spreads }: TextColumn,
  cells: TextCellFeatures,
): Float32Array {
  const width = speaksOf.length + 2;
  return rawDense(cells, speaksOf.length).map(
    (value, i) => (value - means[i % width]!) / spreads[i % width]!,
  );
}

/** [rows, scores + 2] */
function rawDense({ scores, lengths }: TextCellFeatures, width: number): Float32Array {
  const dense = new Float32Array(lengths.length * (width + 2));
  for (const [row, length] of lengths.entries()) {
    const at = row * (width + 2);
    dense.set(scores.subarray(row * width, (row + 1) * width), at);
    dense[at + width] = Math.log(1 + length);
    dense[at + width + 1] = Math.min(length, 1);
  }
  return dense;
}

function spreadOf(dense: Float32Array, width: number): Pick<TextColumn, 'means' | 'spreads'> {
  const rows = dense.length / width;
  const [means, squares] = [new Float64Array(width), new Float64Array(width)];
  for (let i = 0; i < dense.length; i++) means[i % width]! += dense[i]! / rows;
  for (let i = 0; i < dense.length; i++) squares[i % width]! += (dense[i]! - means[i % width]!) ** 2 / rows;
  // Of a constant, rounding leaves a little.
  const spreads = Array.from(squares, (square) => (square > LEAST_VARIANCE ? Math.sqrt(square) : 1));
  return { means: Array.from(means), spreads };
}

/** What one score is to say. */
interface Goal {
  /** A class against all others, or a number in units of its own spread. */
  readonly kind: Target['kind'];
  /** [rows] */
  readonly values: Float64Array;
}

function goalsOf(target: Target): (Goal & { readonly output: number })[] {
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

function fitScores(
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
