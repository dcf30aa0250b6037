/**
 * Eigenvalues and eigenvectors of a real symmetric matrix by Jacobi's rotations (Jacobi, 1846; Golub and Van Loan,
 * "Matrix Computations", § 8.5): sweep over all pairs, each time turning the plane so that one off-diagonal entry is
 * zero. Short, accurate, and fast enough for the few hundred columns that it is used for here.
 */
export interface Eigen {
  /** Largest first. */
  readonly values: Float64Array;
  /** Row i is the eigenvector of value i. [size, size] */
  readonly vectors: Float64Array;
}

const MOST_SWEEPS = 30;

/** @param matrix [size, size], row-major; left as it was */
export function symmetricEigen(matrix: Float64Array, size: number): Eigen {
  const a = Float64Array.from(matrix);
  const v = new Float64Array(size * size);
  for (let i = 0; i < size; i++) v[i * size + i] = 1;
  let total = 0;
  for (const entry of a) total += entry * entry;

  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let off = 0;
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) off += a[p * size + q]! ** 2;
    if (off <= 1e-24 * total) break;
    const skip = Math.sqrt(off) / (size * 1e3); // entries too small to matter in this sweep
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) if (Math.abs(a[p * size + q]!) > skip) rotate(a, v, size, p, q);
    }
  }

  const order = Array.from({ length: size }, (_, i) => i).sort(
    (i, j) => a[j * size + j]! - a[i * size + i]! || i - j,
  );
  const vectors = new Float64Array(size * size);
  order.forEach((from, to) => {
    vectors.set(v.subarray(from * size, (from + 1) * size), to * size);
  });
  return { values: Float64Array.from(order, (i) => a[i * size + i]!), vectors };
}

/** Makes a[p, q] zero. Eigenvectors are kept as the rows of v, so that both loops run along memory. */
function rotate(a: Float64Array, v: Float64Array, size: number, p: number, q: number): void {
  const app = a[p * size + p]!;
  const aqq = a[q * size + q]!;
  const apq = a[p * size + q]!;
  const theta = (aqq - app) / (2 * apq);
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  const rowP = p * size;
  const rowQ = q * size;
  for (let k = 0; k < size; k++) {
    const vp = v[rowP + k]!;
    const vq = v[rowQ + k]!;
    v[rowP + k] = c * vp - s * vq;
    v[rowQ + k] = s * vp + c * vq;
    if (k === p || k === q) continue;
    const ap = a[rowP + k]!;
    const aq = a[rowQ + k]!;
    const newP = c * ap - s * aq;
    const newQ = s * ap + c * aq;
    a[rowP + k] = newP;
    a[rowQ + k] = newQ;
    a[k * size + p] = newP;
    a[k * size + q] = newQ;
  }
  a[rowP + p] = app - t * apq;
  a[rowQ + q] = aqq + t * apq;
  a[rowP + q] = 0;
  a[rowQ + p] = 0;
}
