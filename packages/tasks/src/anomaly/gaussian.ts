/**
 * How far numbers lie from those of good pieces: the distance of Mahalanobis under a normal distribution, whose covariance is shrunk
 * towards that of independent numbers, as there are about as many numbers as pieces (Ledoit and Wolf, "A well-conditioned estimator for
 * large-dimensional covariance matrices", 2004).
 */
import { constant, type Tensor } from '@gradus/engine';
import { cholesky } from '@gradus/stats';

/** Plain data. */
export interface Gaussian {
  /** [width] */
  readonly mean: Float32Array;
  /** Standardizes and decorrelates: of good pieces, (x − mean) · whitening has independent numbers of spread 1. [width, width] */
  readonly whitening: Float32Array;
}

/** @param rows of good pieces; from `at` on, `width` of their numbers */
export function fitGaussian(rows: readonly Float32Array[], at: number, width: number): Gaussian {
  const n = rows.length;
  const mean = new Float64Array(width);
  for (const row of rows) for (let k = 0; k < width; k++) mean[k]! += row[at + k]! / n;
  const spread = new Float64Array(width);
  for (const row of rows) for (let k = 0; k < width; k++) spread[k]! += (row[at + k]! - mean[k]!) ** 2 / n;
  // What never varies says nothing until it does: a spread of nearly nothing would make any change endless.
  const usual = Math.sqrt(spread.reduce((sum, value) => sum + value, 0) / width) || 1;
  for (let k = 0; k < width; k++) spread[k] = Math.max(Math.sqrt(spread[k]!), LEAST_SPREAD * usual);
  const standard = rows.map((row) => Float64Array.from(spread, (own, k) => (row[at + k]! - mean[k]!) / own));
  const { factor } = cholesky(shrunkCovariance(standard, width), width);
  const inverse = inverseOfLower(factor, width);
  const whitening = new Float32Array(width * width);
  // Row k, column j: x_k / spread_k takes part in the j-th independent number by (L⁻¹)[j, k].
  for (let j = 0; j < width; j++)
    for (let k = 0; k <= j; k++) whitening[k * width + j] = inverse[j * width + k]! / spread[k]!;
  return { mean: Float32Array.from(mean), whitening };
}

const LEAST_SPREAD = 1e-3;

/** @param rows standardized */
function shrunkCovariance(rows: readonly Float64Array[], width: number): Float64Array {
  const n = rows.length;
  const covariance = new Float64Array(width * width);
  for (const row of rows) {
    for (let i = 0; i < width; i++) {
      const value = row[i]! / n;
      const from = i * width;
      for (let k = 0; k <= i; k++) covariance[from + k]! += value * row[k]!;
    }
  }
  let [trace, squares] = [0, 0];
  for (let i = 0; i < width; i++) {
    trace += covariance[i * width + i]!;
    for (let k = 0; k <= i; k++) squares += (k < i ? 2 : 1) * covariance[i * width + k]! ** 2;
  }
  const scale = trace / width;
  let fourth = 0;
  for (const row of rows) fourth += row.reduce((sum, value) => sum + value * value, 0) ** 2;
  const distance = squares - width * scale ** 2;
  const noise = Math.min((fourth / n - squares) / n, distance);
  const shrinkage = distance > 0 ? Math.min(1, Math.max(noise / distance, LEAST_SHRINKAGE)) : 1;
  for (let i = 0; i < width; i++) {
    for (let k = 0; k < i; k++) covariance[i * width + k]! *= 1 - shrinkage;
    covariance[i * width + i] = (1 - shrinkage) * covariance[i * width + i]! + shrinkage * (scale || 1);
  }
  return covariance;
}

/** Keeps the factor regular where there are fewer pieces than numbers. */
const LEAST_SHRINKAGE = 1e-3;

/** L⁻¹ of a lower triangle. */
function inverseOfLower(factor: Float64Array, size: number): Float64Array {
  const inverse = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    const pivot = factor[i * size + i]! || 1;
    const row = inverse.subarray(i * size, (i + 1) * size);
    for (let k = 0; k < i; k++) {
      const weight = factor[i * size + k]! / pivot;
      if (weight === 0) continue;
      const other = k * size;
      for (let j = 0; j <= k; j++) row[j]! -= weight * inverse[other + j]!;
    }
    row[i] = 1 / pivot;
  }
  return inverse;
}

/** Logarithm of the mean squared distance. @param features [batch, all]; @returns [batch] */
export function gaussianDistance({ mean, whitening }: Gaussian, features: Tensor): Tensor {
  const width = mean.length;
  const center = constant({ dtype: 'float32', dims: [1, width], data: mean });
  const turn = constant({ dtype: 'float32', dims: [width, width], data: whitening });
  return features.sub(center).matmul(turn).square().mean([1]).add(1e-6).log();
}

/** The same of a row. */
export function distanceOf({ mean, whitening }: Gaussian, row: Float32Array, at: number): number {
  const width = mean.length;
  const turned = new Float64Array(width);
  for (let k = 0; k < width; k++) {
    const value = row[at + k]! - mean[k]!;
    for (let j = k; j < width; j++) turned[j]! += value * whitening[k * width + j]!;
  }
  return Math.log(turned.reduce((sum, value) => sum + value * value, 0) / width + 1e-6);
}
