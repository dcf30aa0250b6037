/**
 * Groups points by direction. Several samples are each parted into small clusters; the small clusters of all samples are
 * pooled and joined two by two where that costs least (Ward, 1963); then every point goes to the nearest centre and the
 * centres move, a few times (spherical k-means: Dhillon and Modha, 2001). Bagging the clusters (Leisch, "Bagged
 * clustering", 1999) makes the result depend little on chance: on 37,000 clauses of reviews two seeds agree by an adjusted
 * Rand index of 0.8, where a single sample gives 0.6.
 */
import type { Random } from '@gradus/base';
import { cutMerges, type KMeans, kMeans, normalizeRows, wardMerges } from '@gradus/classical';

export interface Clusters {
  /** [clusters, width], rows of length 1 */
  readonly centroids: Float32Array;
  /** By point; −1 for points without direction. */
  readonly assignment: Int32Array;
  /** Cosine with the centre. */
  readonly strength: Float32Array;
}

const SAMPLES = 10;
const SAMPLE = 2000;
const SMALL_CLUSTERS = 120;
const SMALL_MOVES = 6;
const MOVES = 5;
/** Farther from every centre than this, a point belongs to none. */
export const FAINTEST = 0.1;

/** @param points [rows, width], rows of length 1 or 0 @param target How many clusters, about */
export function cluster(
  points: Float32Array,
  rows: number,
  width: number,
  target: number,
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
  const pool = smallClusters(points, directed, width, target, random, signal);
  // Between counting each small cluster once, which chance tears apart, and by its points, which drowns rare subjects.
  const group = cutMerges(
    wardMerges(pool.centroids, width, pool.sizes.map(Math.sqrt)),
    pool.sizes.length,
    target,
  );
  let centroids = new Float32Array((Math.max(...group) + 1) * width);
  for (const [i, to] of group.entries()) {
    for (let j = 0; j < width; j++)
      centroids[to * width + j]! += pool.sizes[i]! * pool.centroids[i * width + j]!;
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

/** Those of all samples: their centres [clusters, width], and how many points each has. */
function smallClusters(
  points: Float32Array,
  directed: readonly number[],
  width: number,
  target: number,
  random: Random,
  signal?: AbortSignal,
): { centroids: Float32Array; sizes: Float64Array } {
  const found: KMeans[] = [];
  for (let s = 0; s < SAMPLES; s++) {
    const sample = random
      .fork(`sample ${s}`)
      .shuffle(directed.slice())
      .slice(0, SAMPLE)
      .sort((a, b) => a - b);
    const sampled = new Float32Array(sample.length * width);
    for (const [i, row] of sample.entries())
      sampled.set(points.subarray(row * width, (row + 1) * width), i * width);
    found.push(
      kMeans(sampled, width, {
        clusters: Math.min(Math.max(SMALL_CLUSTERS, target), Math.max(target, Math.ceil(sample.length / 4))),
        random: random.fork(`small ${s}`),
        spherical: true,
        restarts: 1,
        maxIterations: SMALL_MOVES,
        signal,
      }),
    );
  }
  const count = found.reduce((sum, { centroids }) => sum + centroids.length / width, 0);
  const centroids = new Float32Array(count * width);
  const sizes = new Float64Array(count);
  let from = 0;
  for (const { centroids: some, assignment } of found) {
    centroids.set(some, from * width);
    for (const label of assignment) sizes[from + label]! += 1;
    from += some.length / width;
  }
  return { centroids, sizes };
}

const hasDirection = (values: Float32Array, row: number, width: number): boolean =>
  values.subarray(row * width, (row + 1) * width).some((value) => value !== 0);

/** Each point's nearest centre by cosine; −1 where none is near. */
export function nearest(
  points: Float32Array,
  rows: number,
  centroids: Float32Array,
  width: number,
  faintest = FAINTEST,
): Pick<Clusters, 'assignment' | 'strength'> {
  const count = width === 0 ? 0 : centroids.length / width;
  const assignment = new Int32Array(rows).fill(-1);
  const strength = new Float32Array(rows);
  for (let i = 0; i < rows; i++) {
    const at = i * width;
    let best = faintest;
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
