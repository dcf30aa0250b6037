/**
 * Whether made items stand among real ones, in a space of features: the leave-one-out nearest-neighbour test of two samples (Lopez-Paz and
 * Oquab, 2017; found the soundest by Xu et al., "An empirical study on evaluation metrics of generative adversarial networks", 2018), and
 * how much of the real ones they cover (Naeem et al., "Reliable Fidelity and Diversity Metrics for Generative Models", 2020).
 */
import type { Random } from '@gradus/base';
import { bootstrapInterval, wilsonInterval } from '@gradus/stats';
import type { Estimated } from './measures.ts';

export interface TwoSamples {
  /** How often the nearest other item is of the same sample: 0.5 where they cannot be told apart, 1 where always. */
  readonly nearestNeighbour: Estimated;
  /** The share of real items that a made one is as near to as their fifth nearest real neighbour. */
  readonly coverage: Estimated;
  /** Items of each sample. */
  readonly n: number;
}

const NEIGHBOURS = 5;
const RESAMPLES = 200;

/**
 * @param made [rows, width], row-major
 * @param real [rows, width]; of the larger sample as many are taken as the smaller one has
 */
export function twoSamples(
  made: Float32Array,
  real: Float32Array,
  width: number,
  random: Random,
): TwoSamples {
  const n = Math.min(made.length, real.length) / width;
  const [a, b] = [some(made, n, width, random.fork('made')), some(real, n, width, random.fork('real'))];
  const all = new Float32Array(2 * n * width);
  all.set(a);
  all.set(b, n * width);
  const apart = distances(all, width);
  const right = Array.from({ length: 2 * n }, (_, i) => {
    let [best, least] = [-1, Number.POSITIVE_INFINITY];
    for (let j = 0; j < 2 * n; j++)
      if (j !== i && apart[i * 2 * n + j]! < least) [best, least] = [j, apart[i * 2 * n + j]!];
    return Number(best < n === i < n);
  });
  const covered = Array.from({ length: n }, (_, i) => {
    const row = apart.subarray((n + i) * 2 * n, (n + i + 1) * 2 * n);
    const others = row
      .slice(n)
      .filter((_, j) => j !== i)
      .sort();
    const radius = others[Math.min(NEIGHBOURS, others.length) - 1] ?? 0;
    return row.subarray(0, n).some((distance) => distance <= radius);
  });
  // Both of an original's answers are drawn together: pairs of a nearest neighbour are not independent.
  const mean = (rows: Int32Array) =>
    rows.reduce((sum, row) => sum + right[row]! + right[n + row]!, 0) / (2 * rows.length);
  const [low, high] = bootstrapInterval(mean, n, random.fork('bootstrap'), { resamples: RESAMPLES });
  const those = covered.filter(Boolean).length;
  const [least, most] = wilsonInterval(those, n);
  return {
    nearestNeighbour: { value: mean(Int32Array.from({ length: n }, (_, i) => i)), low, high },
    coverage: { value: those / n, low: least, high: most },
    n,
  };
}

/** Each feature less its mean over the reference, divided by its deviation there. @param reference [rows, width] */
export function standardizer(
  reference: Float32Array,
  width: number,
): (features: Float32Array) => Float32Array {
  const rows = reference.length / width;
  const [means, deviations] = [new Float64Array(width), new Float64Array(width)];
  for (let i = 0; i < reference.length; i++) means[i % width]! += reference[i]! / rows;
  for (let i = 0; i < reference.length; i++)
    deviations[i % width]! += (reference[i]! - means[i % width]!) ** 2 / rows;
  return (features) =>
    features.map((value, i) => {
      const deviation = Math.sqrt(deviations[i % width]!);
      return deviation < 1e-6 ? 0 : (value - means[i % width]!) / deviation;
    });
}

function some(features: Float32Array, n: number, width: number, random: Random): Float32Array {
  const rows = features.length / width;
  if (rows === n) return features;
  const chosen = new Float32Array(n * width);
  for (const [i, row] of random.permutation(rows).slice(0, n).entries())
    chosen.set(features.subarray(row * width, (row + 1) * width), i * width);
  return chosen;
}

/** Squared, [rows, rows]. */
function distances(features: Float32Array, width: number): Float32Array {
  const rows = features.length / width;
  const apart = new Float32Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let k = 0; k < width; k++) sum += (features[i * width + k]! - features[j * width + k]!) ** 2;
      apart[i * rows + j] = sum;
      apart[j * rows + i] = sum;
    }
  }
  return apart;
}
