/**
 * k-means: each row belongs to the nearest of k centres, each centre is the mean of its rows (Lloyd, 1957), started
 * far apart by k-means++ (Arthur and Vassilvitskii, 2007), the best of several starts kept. Spherical k-means (Dhillon
 * and Modha, 2001) compares directions instead of positions, which suits texts of unequal length.
 */
import type { Random } from '@gradus/base';
import { requireFinite } from './inputs.ts';

export interface KMeans {
  /** [clusters, width]; of length 1 where spherical */
  readonly centroids: Float32Array;
  /** By row. */
  readonly assignment: Int32Array;
  /** The sum of squared distances to the centres, of directions where spherical. */
  readonly inertia: number;
}

export interface KMeansOptions {
  readonly clusters: number;
  readonly random: Random;
  /** Centres to start from, [clusters, width], instead of k-means++; there is one run then. */
  readonly start?: Float32Array;
  readonly spherical?: boolean;
  /** Default 4. */
  readonly restarts?: number;
  /** Default 100. */
  readonly maxIterations?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @param data [rows, width], row-major
 * @returns the requested number of clusters, or one a row where there are fewer rows
 * @throws UserError where a value is not a number
 */
export function kMeans(data: Float32Array, width: number, options: KMeansOptions): KMeans {
  requireFinite('kMeans', 'data', data);
  const rows = width === 0 ? 0 : data.length / width;
  const clusters = Math.min(options.clusters, rows);
  const points = options.spherical ? normalizeRows(data.slice(), width) : data;
  if (options.start) return lloyd(points, width, options.start.slice(), options);
  let best: KMeans | undefined;
  for (let restart = 0; restart < (options.restarts ?? 4); restart++) {
    const start = plusPlus(points, width, clusters, options.random.fork(restart));
    const result = lloyd(points, width, start, options);
    if (!best || result.inertia < best.inertia) best = result;
  }
  return best!;
}

/** Scales rows to length 1, in place; rows of zeros stay. @param data [rows, width] */
export function normalizeRows(data: Float32Array, width: number): Float32Array {
  for (let from = 0; from < data.length; from += width) {
    let squares = 0;
    for (let j = from; j < from + width; j++) squares += data[j]! ** 2;
    if (squares === 0) continue;
    const scale = 1 / Math.sqrt(squares);
    for (let j = from; j < from + width; j++) data[j]! *= scale;
  }
  return data;
}

function plusPlus(points: Float32Array, width: number, clusters: number, random: Random): Float32Array {
  const rows = points.length / width;
  const centroids = new Float32Array(clusters * width);
  const nearest = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  let chosen = random.below(rows);
  for (let c = 0; c < clusters; c++) {
    const centre = points.subarray(chosen * width, (chosen + 1) * width);
    centroids.set(centre, c * width);
    let total = 0;
    for (let i = 0; i < rows; i++) {
      nearest[i] = Math.min(nearest[i]!, squaredDistance(points, i * width, centre, 0, width));
      total += nearest[i]!;
    }
    let left = random.uniform(0, total);
    chosen = rows - 1;
    for (let i = 0; i < rows; i++) {
      left -= nearest[i]!;
      if (left < 0) {
        chosen = i;
        break;
      }
    }
  }
  return centroids;
}

function lloyd(points: Float32Array, width: number, start: Float32Array, options: KMeansOptions): KMeans {
  const rows = points.length / width;
  const clusters = start.length / width;
  const centroids = start;
  const assignment = new Int32Array(rows).fill(-1);
  const distances = new Float64Array(rows);
  for (let iteration = 0; iteration < (options.maxIterations ?? 100); iteration++) {
    options.signal?.throwIfAborted();
    if (!assign(points, width, centroids, assignment, distances)) break;
    const sums = new Float64Array(clusters * width);
    const counts = new Int32Array(clusters);
    for (let i = 0; i < rows; i++) {
      const c = assignment[i]!;
      counts[c]!++;
      for (let j = 0; j < width; j++) sums[c * width + j]! += points[i * width + j]!;
    }
    for (let c = 0; c < clusters; c++) {
      if (counts[c] === 0) {
        // A centre without rows moves to the row that is farthest from its centre.
        let worst = 0;
        for (let i = 1; i < rows; i++) if (distances[i]! > distances[worst]!) worst = i;
        distances[worst] = 0;
        centroids.set(points.subarray(worst * width, (worst + 1) * width), c * width);
        continue;
      }
      for (let j = 0; j < width; j++) centroids[c * width + j] = sums[c * width + j]! / counts[c]!;
    }
    if (options.spherical) normalizeRows(centroids, width);
  }
  assign(points, width, centroids, assignment, distances);
  return { centroids, assignment, inertia: distances.reduce((sum, d) => sum + d, 0) };
}

/** Assigns each row to its nearest centre, the first of equals. @returns whether any assignment changed */
function assign(
  points: Float32Array,
  width: number,
  centroids: Float32Array,
  assignment: Int32Array,
  distances: Float64Array,
): boolean {
  // |x − c|² = |x|² − 2 x·c + |c|²: one product a pair.
  const clusters = centroids.length / width;
  const squares = new Float64Array(clusters);
  for (let k = 0; k < centroids.length; k++) squares[Math.floor(k / width)]! += centroids[k]! ** 2;
  let moved = false;
  for (let i = 0; i < assignment.length; i++) {
    const from = i * width;
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let c = 0; c < clusters; c++) {
      let product = 0;
      for (let j = 0, at = c * width; j < width; j++, at++) product += points[from + j]! * centroids[at]!;
      const score = squares[c]! - 2 * product;
      if (score < least) {
        least = score;
        best = c;
      }
    }
    if (assignment[i] !== best) moved = true;
    assignment[i] = best;
    distances[i] = squaredDistance(points, from, centroids, best * width, width);
  }
  return moved;
}

function squaredDistance(
  a: Float32Array,
  fromA: number,
  b: Float32Array,
  fromB: number,
  width: number,
): number {
  let sum = 0;
  for (let j = 0; j < width; j++) sum += (a[fromA + j]! - b[fromB + j]!) ** 2;
  return sum;
}
