/**
 * Bins of numbers at the quantiles of the training rows, for piecewise-linear encoding (Gorishniy, Rubachev and Babenko, "On
 * Embeddings for Numerical Features in Tabular Deep Learning", 2022): a network then bends at each bin's edge, as trees split there.
 *
 * A value that fills a bin by itself takes up one edge, not several: the bins left over go to the other values. (Of a column that
 * is 0 in nine rows of ten, plain quantiles are all 0.)
 */
import type { DenseData } from '../dense-data.ts';

/** Edges, rising, by column: [bins + 1] at most; a column with one value has none. */
export function quantileEdges({ rows, numbers, width }: DenseData, bins: number): Float32Array[] {
  const sorted = new Float32Array(rows);
  return Array.from({ length: width }, (_, column) => {
    for (let row = 0; row < rows; row++) sorted[row] = numbers[row * width + column]!;
    return edgesOf(sorted.sort(), bins);
  });
}

function edgesOf(sorted: Float32Array, bins: number): Float32Array {
  const last = sorted.at(-1)!;
  const edges: number[] = [];
  let from = 0; // the first row behind the last edge
  for (let row = 0; row < sorted.length; row++) {
    const value = sorted[row]!;
    if (row + 1 < sorted.length && sorted[row + 1] === value) continue;
    const left = bins + 1 - edges.length;
    // The first value is an edge, and the last.
    if (edges.length === 0 || value === last || (row + 1 - from) * left >= sorted.length - from) {
      edges.push(value);
      from = row + 1;
    }
  }
  return Float32Array.from(edges.length > 1 ? edges : []);
}
