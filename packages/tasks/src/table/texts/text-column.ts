/**
 * A text column as numbers: what a linear model of its terms says of the target, and its length. Terms are words and pairs of words,
 * and for Chinese also characters and pairs of them, weighed by TF-IDF. Where an encoder's vectors help, they are part of what is said.
 */
import type { Tfidf } from '@gradus/data';
import type { SparseMatrix } from '@gradus/stats';
import { type LinearModel, linearScores } from '../../text/linear.ts';
import type { TextCells } from '../columns.ts';
import {
  evenly,
  MOST_STACKED_ROWS,
  type StackingOptions,
  spreadOf,
  stackedScores,
} from '../stacked-scores.ts';
import { standardizedRows } from '../standardized-rows.ts';
import { lengthsOf, TERMS, type TextInputs } from './terms.ts';
import { besideTerms, type TextVectorGain, type VectorScores } from './text-vectors.ts';

/** Plain data. */
export interface TextColumn {
  readonly name: string;
  /** Names of the graph's inputs. */
  readonly inputs: TextInputs;
  readonly terms: Tfidf;
  readonly linear: LinearModel;
  /** What vectors add to the scores of terms; absent where there are none, or they do not help. */
  readonly vectors?: VectorScores | undefined;
  /** What vectors were found to add; absent where the user brings no encoder. */
  readonly gain?: TextVectorGain | undefined;
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
    cells: { values: texts, vectors: given },
    inputs,
  }: { readonly name: string; readonly cells: TextCells; readonly inputs: TextInputs },
  options: StackingOptions,
): { readonly column: TextColumn; readonly training: TextCellFeatures } | undefined {
  const { terms, matrix } = termsOf(texts);
  if (terms.terms.length === 0) return undefined;
  const lengths = lengthsOf(texts);
  const ofTerms = stackedScores(matrix, options);
  const weighed = given && besideTerms(thereOf(given, lengths), ofTerms, options);
  const { speaksOf } = ofTerms;
  const { linear, scores, vectors, gain } = { ...ofTerms, vectors: undefined, gain: undefined, ...weighed };
  const { vector, ...others } = inputs;
  const training = { scores, lengths };
  return {
    column: {
      name,
      inputs: vectors ? inputs : others,
      terms,
      linear,
      speaksOf,
      ...(gain && { gain }),
      ...(vectors && { vectors }),
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

/** A row without a text has none. */
const thereOf = (vectors: readonly Float32Array[], lengths: Int32Array): (Float32Array | undefined)[] =>
  vectors.map((vector, row) => (lengths[row]! > 0 ? vector : undefined));

/** Cells of later rows. @throws RangeError where they have no vectors and the column takes them */
export function textFeatures(
  { name, terms, linear, vectors }: TextColumn,
  { values, vectors: given }: TextCells,
): TextCellFeatures {
  const lengths = lengthsOf(values);
  const scores = linearScores(linear, TERMS.transform(terms, values));
  if (!vectors) return { scores, lengths };
  if (!given) throw new RangeError(`the texts of "${name}" have no vectors`);
  const bias = linear.bias.map(() => 0);
  const rows = standardizedRows(vectors, thereOf(given, lengths));
  const added = linearScores({ weights: vectors.weights, bias }, rows);
  return { scores: scores.map((score, i) => score + added[i]!), lengths };
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
