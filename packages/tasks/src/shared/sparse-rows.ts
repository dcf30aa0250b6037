/** Some rows of a sparse matrix, in the order asked for. */
import type { SparseMatrix } from '@gradus/stats';

export function sparseRows(matrix: SparseMatrix, rows: ArrayLike<number>): SparseMatrix {
  const offsets = new Int32Array(rows.length + 1);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    offsets[i + 1] = offsets[i]! + matrix.offsets[row + 1]! - matrix.offsets[row]!;
  }
  const indices = new Int32Array(offsets.at(-1)!);
  const values = new Float32Array(offsets.at(-1)!);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const [from, to] = [matrix.offsets[row]!, matrix.offsets[row + 1]!];
    indices.set(matrix.indices.subarray(from, to), offsets[i]!);
    values.set(matrix.values.subarray(from, to), offsets[i]!);
  }
  return { rows: rows.length, columns: matrix.columns, offsets, indices, values };
}
