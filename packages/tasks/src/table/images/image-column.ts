/**
 * A column of images as numbers: what a linear model of an encoder's numbers says of the target, and whether there is an image. The
 * encoder is fixed; the linear model is learnt as that of texts is (`stacked-scores.ts`).
 */
import type { SparseMatrix } from '@gradus/stats';
import type { ImageEncoder } from '../../image/encoder.ts';
import { type LinearModel, linearScores } from '../../text/linear.ts';
import type { ImageCell } from '../columns.ts';
import { type StackingOptions, spreadOf, stackedScores } from '../stacked-scores.ts';

/** Names of the graph's inputs, and of the output that has the encoder's numbers. */
export interface ImageInputs {
  readonly pixels: string;
  readonly isThere: string;
  readonly features: string;
}

/** What scores are made of. Plain data. */
export interface ImageScores {
  readonly name: string;
  /** Of the encoder's numbers over the images that are learnt from. */
  readonly center: readonly number[];
  /** Spreads, times the root of how many numbers there are: rows are then about 1 long. */
  readonly scale: readonly number[];
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
  const known = cells.filter((cell) => cell?.features !== undefined);
  if (known.length < FEWEST_IMAGES) return undefined;
  const width = known[0]!.features!.length;
  const joined = new Float32Array(known.length * width);
  for (const [i, cell] of known.entries()) joined.set(cell!.features!, i * width);
  const { means: center, spreads } = spreadOf(joined, width);
  const scale = spreads.map((spread) => spread * Math.sqrt(width));
  const { linear, speaksOf, scores } = stackedScores(matrixOf({ center, scale }, cells), options);
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
      center,
      scale,
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
  return { scores: onlyThere(linearScores(column.linear, matrixOf(column, cells)), isThere), isThere };
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

/** Standardized numbers of each image; a row without one is empty. */
function matrixOf(
  { center, scale }: Pick<ImageScores, 'center' | 'scale'>,
  cells: readonly ImageCell[],
): SparseMatrix {
  const columns = center.length;
  const offsets = new Int32Array(cells.length + 1);
  for (const [row, cell] of cells.entries())
    offsets[row + 1] = offsets[row]! + (cell?.features ? columns : 0);
  const indices = new Int32Array(offsets.at(-1)!);
  const values = new Float32Array(offsets.at(-1)!);
  for (const [row, cell] of cells.entries()) {
    if (!cell?.features) continue;
    for (let k = 0; k < columns; k++) {
      indices[offsets[row]! + k] = k;
      values[offsets[row]! + k] = (cell.features[k]! - center[k]!) / scale[k]!;
    }
  }
  return { rows: cells.length, columns, offsets, indices, values };
}
