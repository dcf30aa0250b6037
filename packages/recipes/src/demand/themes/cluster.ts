/**
 * Groups points by direction: many small clusters on a sample first, then joined two by two where that costs least
 * (Ward, 1963), then every point to the nearest centre, and the centres moved, a few times (spherical k-means: Dhillon
 * and Modha, 2001). The detour over small clusters makes the result depend little on where it started.
 */
import type { Random } from '@gradus/engine';
import { cutMerges, kMeans, normalizeRows, wardMerges } from '@gradus/nn';

export interface Clusters {
  /** [clusters, width], rows of length 1 */
  readonly centroids: Float32Array;
  /** By point; −1 for points without direction. */
  readonly assignment: Int32Array;
  /** Cosine with the centre. */
  readonly strength: Float32Array;
}

const SMALL_CLUSTERS = 250;
const SAMPLE = 8000;
const MOVES = 10;
/** Farther from every centre than this, a point belongs to none. */
const FAINTEST = 0.1;

/** @param points [rows, width], rows of length 1 or 0 */
export function cluster(
  points: Float32Array,
  rows: number,
  width: number,
  wanted: number,
  random: Random,
  signal?: AbortSignal,
): Clusters {
  const directed = Array.from({ length: rows }, (_, i) => i).filter(
    (i) => points[i * width] !== 0 || hasDirection(points, i, width),
  );
  if (directed.length === 0) {
    return {
      centroids: new Float32Array(0),
      assignment: new Int32Array(rows).fill(-1),
      strength: new Float32Array(rows),
    };
  }
  const sample = random
    .fork('sample')
    .shuffle(directed.slice())
    .slice(0, SAMPLE)
    .sort((a, b) => a - b);
  const sampled = new Float32Array(sample.length * width);
  for (const [i, row] of sample.entries())
    sampled.set(points.subarray(row * width, (row + 1) * width), i * width);
  const small = kMeans(sampled, width, {
    clusters: Math.min(SMALL_CLUSTERS, Math.max(wanted, Math.ceil(sample.length / 4))),
    random: random.fork('small'),
    spherical: true,
    restarts: 1,
    maxIterations: 10,
    signal,
  });
  // Each small cluster counts once: where clauses are dense there is not more to tell apart.
  const count = small.centroids.length / width;
  const group = cutMerges(wardMerges(small.centroids, width, new Float64Array(count).fill(1)), count, wanted);
  const sizes = new Float64Array(group.length);
  for (const label of small.assignment) sizes[label]! += 1;
  let centroids = new Float32Array((Math.max(...group) + 1) * width);
  for (const [i, to] of group.entries()) {
    for (let j = 0; j < width; j++) centroids[to * width + j]! += sizes[i]! * small.centroids[i * width + j]!;
  }
  normalizeRows(centroids, width);
  for (let move = 0; move < MOVES; move++) {
    signal?.throwIfAborted();
    const { assignment } = nearest(points, rows, centroids, width);
    const moved = new Float32Array(centroids.length);
    for (const row of directed) {
      const to = assignment[row]!;
      if (to < 0) continue;
      for (let j = 0; j < width; j++) moved[to * width + j]! += points[row * width + j]!;
    }
    for (let to = 0; to < centroids.length / width; to++) {
      // A centre that has lost all its points stays where it was.
      if (!hasDirection(moved, to, width))
        moved.set(centroids.subarray(to * width, (to + 1) * width), to * width);
    }
    centroids = normalizeRows(moved, width) as Float32Array<ArrayBuffer>;
  }
  return { centroids, ...nearest(points, rows, centroids, width) };
}

const hasDirection = (values: Float32Array, row: number, width: number): boolean =>
  values.subarray(row * width, (row + 1) * width).some((value) => value !== 0);

/** Each point's nearest centre by cosine; −1 where none is near. */
export function nearest(
  points: Float32Array,
  rows: number,
  centroids: Float32Array,
  width: number,
): Pick<Clusters, 'assignment' | 'strength'> {
  const count = width === 0 ? 0 : centroids.length / width;
  const assignment = new Int32Array(rows).fill(-1);
  const strength = new Float32Array(rows);
  for (let i = 0; i < rows; i++) {
    const at = i * width;
    let best = FAINTEST;
    for (let c = 0; c < count; c++) {
      const from = c * width;
      let cosine = 0;
      for (let j = 0; j < width; j++) cosine += points[at + j]! * centroids[from + j]!;
      if (cosine > best) {
        best = cosine;
        assignment[i] = c;
        strength[i] = cosine;
      }
    }
  }
  return { assignment, strength };
}
