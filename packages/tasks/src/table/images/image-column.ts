/**
 * A column of images as numbers: what a linear model of an encoder's numbers says of the target, and whether there is an image. The
 * encoder is fixed; the linear model is learnt as that of texts is (`stacked-scores.ts`).
 */
import type { SparseMatrix } from '@gradus/stats';
import type { ImageEncoder } from '../../image/encoder.ts';
import { type LinearModel, linearScores } from '../../text/linear.ts';
import type { ImageCell } from '../columns.ts';
import { type StackingOptions, spreadOf, stackedScores } from '../stacked-scores.ts';
import { type Standardization, standardizationOf, standardizedRows } from '../standardized-rows.ts';

/** Names of the graph's inputs, and of the output that has the encoder's numbers. */
export interface ImageInputs {
  readonly pixels: string;
  readonly isThere: string;
  readonly features: string;
}

/** What scores are made of. Plain data. */
export interface ImageScores extends Standardization {
  readonly name: string;
  readonly linear: LinearModel;
  /** Of each score, the model's output that it speaks of: 0 of two classes and of numbers, else a class. */
  readonly speaksOf: readonly number[];
  /** Of dense features over the training rows: the scores of images that are there, and whether there is one. */
  readonly means: readonly number[];
  readonly spreads: readonly number[];
}

/** Plain data. */
export interface ImageColumn extends ImageScores {
  readonly inputs: ImageInputs;
  readonly encoder: ImageEncoder;
}

/** Cells of an image column as numbers. */
export interface ImageCellFeatures {
  /** [rows, scores]; 0 where there is no image. */
  readonly scores: Float32Array;
  readonly isThere: Uint8Array;
}

/** Columns that are learnt from at most. */
export const MOST_IMAGES = 3;
/** Fewer images show nothing that others have too. */
const FEWEST_IMAGES = 10;

/** @returns nothing where there are too few images */
export function fitImageColumn(
  column: Pick<ImageColumn, 'name' | 'inputs' | 'encoder'>,
  cells: readonly ImageCell[],
  options: StackingOptions,
): { readonly column: ImageColumn; readonly training: ImageCellFeatures } | undefined {
  const known = cells.flatMap((cell) => cell?.features ?? []);
  if (known.length < FEWEST_IMAGES) return undefined;
  const standardization = standardizationOf(known);
  const { linear, speaksOf, scores } = stackedScores(rowsOf(standardization, cells), options);
  const isThere = thereOf(cells);
  const training = { scores: onlyThere(scores, isThere), isThere };
  const ofThere = spreadOf(
    scores.filter((_, i) => isThere[Math.floor(i / speaksOf.length)] === 1),
    speaksOf.length,
  );
  const there = spreadOf(Float32Array.from(isThere), 1);
  return {
    column: {
      ...column,
      ...standardization,
      linear,
      speaksOf,
      means: [...ofThere.means, ...there.means],
      spreads: [...ofThere.spreads, ...there.spreads],
    },
    training,
  };
}

/** Cells of later rows. */
export function imageFeatures(column: ImageScores, cells: readonly ImageCell[]): ImageCellFeatures {
  const isThere = thereOf(cells);
  return { scores: onlyThere(linearScores(column.linear, rowsOf(column, cells)), isThere), isThere };
}

/** For linear models and networks. @returns [rows, scores + 1], standardized */
export function denseImageFeatures(
  { speaksOf: { length }, means, spreads }: ImageScores,
  { scores, isThere }: ImageCellFeatures,
): Float32Array {
  const width = length + 1;
  const dense = new Float32Array(isThere.length * width);
  for (const [row, there] of isThere.entries()) {
    for (let k = 0; k < length; k++)
      dense[row * width + k] = there * ((scores[row * length + k]! - means[k]!) / spreads[k]!);
    dense[row * width + length] = (there - means[length]!) / spreads[length]!;
  }
  return dense;
}

const thereOf = (cells: readonly ImageCell[]): Uint8Array =>
  Uint8Array.from(cells, (cell) => Number(cell?.features !== undefined));

const onlyThere = (scores: Float32Array, isThere: Uint8Array): Float32Array => {
  const width = scores.length / isThere.length;
  return scores.map((score, i) => (isThere[Math.floor(i / width)] === 1 ? score : 0));
};

const rowsOf = (column: Pick<ImageScores, 'center' | 'scale'>, cells: readonly ImageCell[]): SparseMatrix =>
  standardizedRows(
    column,
    cells.map((cell) => cell?.features),
  );
