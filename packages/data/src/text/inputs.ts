/** Rows of features as inputs of a graph: dense arrays of one length, filled up. */
import type { SparseMatrix } from '@gradus/stats';
import type { Batch } from '../batch.ts';
import { PADDING } from './vocabulary.ts';

/**
 * Rows of a sparse matrix: `terms` int64 [batch, width], which columns, and `weights` float32 [batch, width], their
 * values. Rows are filled up with the column one past the last, whose weight in the graph is zero.
 */
export function termInputs({ offsets, indices, values, columns }: SparseMatrix, rows: Int32Array): Batch {
  const width = Math.max(1, ...Array.from(rows, (row) => offsets[row + 1]! - offsets[row]!));
  const terms = new BigInt64Array(rows.length * width).fill(BigInt(columns));
  const weights = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) {
    const from = offsets[row]!;
    for (let k = from; k < offsets[row + 1]!; k++) {
      terms[i * width + k - from] = BigInt(indices[k]!);
      weights[i * width + k - from] = values[k]!;
    }
  }
  const dims = [rows.length, width];
  return { terms: { dtype: 'int64', dims, data: terms }, weights: { dtype: 'float32', dims, data: weights } };
}

/**
 * Sequences of token numbers: `tokens` int64 [batch, width].
 *
 * @param widths In ascending order; the least that the longest row fits in is used, so that few shapes of batch occur.
 *   The last must be at least as long as the longest sequence.
 */
export function tokenInputs(
  sequences: readonly Int32Array[],
  rows: Int32Array,
  widths: readonly number[],
): Batch {
  const longest = rows.reduce((length, row) => Math.max(length, sequences[row]!.length), 1);
  const width = widths.find((width) => width >= longest);
  if (width === undefined)
    throw new RangeError(`a sequence of ${longest} tokens; expected at most ${widths.at(-1)}`);
  const tokens = new BigInt64Array(rows.length * width).fill(BigInt(PADDING));
  for (const [i, row] of rows.entries()) {
    for (const [j, token] of sequences[row]!.entries()) tokens[i * width + j] = BigInt(token);
  }
  return { tokens: { dtype: 'int64', dims: [rows.length, width], data: tokens } };
}
