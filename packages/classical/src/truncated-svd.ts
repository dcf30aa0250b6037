/**
 * The strongest directions of a sparse matrix: x ≈ left · diag(singularValues) · rightᵀ. On TF-IDF it is latent
 * semantic analysis (Deerwester et al., 1990).
 *
 * Randomized (Halko, Martinsson and Tropp, "Finding structure with randomness", 2011): start from a few more random
 * directions than requested, push them through xᵀx a few times so that strong directions win, then solve the small
 * problem that is left exactly.
 */
import type { Random } from '@gradus/base';
import type { SparseMatrix } from '@gradus/stats';
import { multiply, multiplyTransposed } from './sparse.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

export interface TruncatedSvd {
  /** How many directions there are: the requested number, or the rank of the matrix where that is less. */
  readonly rank: number;
  /** Largest first. [rank] */
  readonly singularValues: Float64Array;
  /** [rows, rank], columns of length 1 */
  readonly left: Float32Array;
  /** [columns, rank], columns of length 1, each signed so that its largest entry is positive */
  readonly right: Float32Array;
}

export interface TruncatedSvdOptions {
  readonly rank: number;
  readonly random: Random;
  /** Random directions beyond `rank`. Default 10. */
  readonly oversample?: number;
  /** Times that directions pass through xᵀx. Default 4. */
  readonly iterations?: number;
  readonly signal?: AbortSignal | undefined;
}

/** A singular value under this fraction of the largest counts as zero. */
const NEGLIGIBLE = 1e-6;

export function truncatedSvd(x: SparseMatrix, options: TruncatedSvdOptions): TruncatedSvd {
  const { oversample = 10, iterations = 4, random, signal } = options;
  const width = Math.min(options.rank + oversample, x.rows, x.columns);
  let basis: Float64Array[] = Array.from({ length: width }, () =>
    Float64Array.from({ length: x.columns }, () => random.normal()),
  );
  for (let i = 0; i < iterations; i++) {
    basis = orthonormalize(
      basis.map((v) => {
        signal?.throwIfAborted();
        return multiplyTransposed(x, multiply(x, v), v);
      }),
    );
  }

  // x·basis, and the rotation that makes its columns orthogonal.
  const images = basis.map((v) => multiply(x, v));
  const size = basis.length;
  const gram = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const product = dot(images[i]!, images[j]!);
      gram[i * size + j] = product;
      gram[j * size + i] = product;
    }
  }
  const { values, vectors } = symmetricEigen(gram, size);
  const singular = values.map((value) => Math.sqrt(Math.max(value, 0)));
  const rank = singular
    .subarray(0, options.rank)
    .filter((value) => value > NEGLIGIBLE * singular[0]! && value > 0).length;

  const left = new Float32Array(x.rows * rank);
  const right = new Float32Array(x.columns * rank);
  for (let r = 0; r < rank; r++) {
    const turn = vectors.subarray(r * size, (r + 1) * size);
    const direction = combine(basis, turn);
    const sign = signOf(direction);
    const image = multiply(x, direction);
    for (let j = 0; j < x.columns; j++) right[j * rank + r] = sign * direction[j]!;
    for (let i = 0; i < x.rows; i++) left[i * rank + r] = (sign * image[i]!) / singular[r]!;
  }
  return { rank, singularValues: singular.slice(0, rank), left, right };
}

/** Modified Gram-Schmidt; vectors that the others already span are left out. */
function orthonormalize(vectors: readonly Float64Array[]): Float64Array[] {
  const kept: Float64Array[] = [];
  for (const vector of vectors) {
    const before = Math.sqrt(dot(vector, vector));
    for (const other of kept) {
      const along = dot(vector, other);
      for (let j = 0; j < vector.length; j++) vector[j]! -= along * other[j]!;
    }
    const length = Math.sqrt(dot(vector, vector));
    if (!(length > 1e-10 * before)) continue;
    for (let j = 0; j < vector.length; j++) vector[j]! /= length;
    kept.push(vector);
  }
  return kept;
}

function combine(vectors: readonly Float64Array[], weights: Float64Array): Float64Array {
  const sum = new Float64Array(vectors[0]?.length ?? 0);
  vectors.forEach((vector, i) => {
    const weight = weights[i]!;
    for (let j = 0; j < sum.length; j++) sum[j]! += weight * vector[j]!;
  });
  return sum;
}

function signOf(direction: Float64Array): number {
  let most = 0;
  for (const entry of direction) if (Math.abs(entry) > Math.abs(most)) most = entry;
  return most < 0 ? -1 : 1;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}
