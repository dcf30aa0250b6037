/**
 * A text column as numbers: what a linear model of its terms says of the target, and its length. Terms are words and pairs of words,
 * and for Chinese also characters and pairs of them, weighed by TF-IDF.
 */
import type { Tfidf } from '@gradus/data';
import type { SparseMatrix } from '@gradus/stats';
import { type LinearModel, linearScores } from '../../text/linear.ts';
import {
  evenly,
  MOST_STACKED_ROWS,
  type StackingOptions,
  spreadOf,
  stackedScores,
} from '../stacked-scores.ts';
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

/** Columns that are learnt from at most. */
export const MOST_TEXTS = 4;
const MOST_TERMS = 20_000;

/** @returns nothing where no term comes twice: such texts say nothing of others */
export function fitTextColumn(
  {
    name,
    texts,
    inputs,
  }: { readonly name: string; readonly texts: readonly string[]; readonly inputs: TextInputs },
  options: StackingOptions,
): { readonly column: TextColumn; readonly training: TextCellFeatures } | undefined {
  const { terms, matrix } = termsOf(texts);
  if (terms.terms.length === 0) return undefined;
  const { linear, speaksOf, scores } = stackedScores(matrix, options);
  const training = { scores, lengths: lengthsOf(texts) };
  return {
    column: {
      name,
      inputs,
      terms,
      linear,
      speaksOf,
      ...spreadOf(rawDense(training, speaksOf.length), speaksOf.length + 2),
    },
    training,
  };
}

/** Terms that an even sample of the rows has, and all rows by them. */
function termsOf(texts: readonly string[]): { terms: Tfidf; matrix: SparseMatrix } {
  const options = { maxTerms: MOST_TERMS };
  if (texts.length <= MOST_STACKED_ROWS) {
    const { model, matrix } = TERMS.fitTransform(texts, options);
    return { terms: model, matrix };
  }
  const terms = TERMS.fit(
    Array.from(evenly(texts.length, MOST_STACKED_ROWS), (row) => texts[row]!),
    options,
  );
  return { terms, matrix: TERMS.transform(terms, texts) };
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
