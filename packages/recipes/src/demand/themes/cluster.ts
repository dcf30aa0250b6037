/**
 * Groups points by direction: many small clusters on a sample first, then joined two by two where that costs least
 * (Ward, 1963), then every point to the nearest centre, and the centres moved, a few times (spherical k-means: Dhillon
 * and Modha, 2001). The detour over small clusters makes the result depend little on where it started.
 */
import type { Random } from '@gradus/engine';
import { kMeans, normalizeRows } from '@gradus/nn';

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
  const group = ward(small.centroids, width, wanted);
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

/** The group of each point, when the two groups whose join adds least variance are joined until `wanted` are left. */
export function ward(points: Float32Array, width: number, wanted: number): Int32Array {
  const rows = points.length / width;
  const sizes = new Float64Array(rows).fill(1);
  const group = Int32Array.from({ length: rows }, (_, i) => i);
  const alive = new Set(group);
  const cost = Array.from({ length: rows }, (_, i) =>
    Float64Array.from({ length: rows }, (_, k) => {
      let squares = 0;
      for (let j = 0; j < width; j++) squares += (points[i * width + j]! - points[k * width + j]!) ** 2;
      return squares / 2;
    }),
  );
  while (alive.size > wanted) {
    let [a, b, least] = [-1, -1, Number.POSITIVE_INFINITY];
    for (const i of alive) {
      for (const k of alive) {
        if (k > i && cost[i]![k]! < least) [a, b, least] = [i, k, cost[i]![k]!];
      }
    }
    // How far the joined group is from each other one follows from the old distances (Lance and Williams, 1967).
    for (const k of alive) {
      if (k === a || k === b) continue;
      const all = sizes[a]! + sizes[b]! + sizes[k]!;
      const joined =
        ((sizes[a]! + sizes[k]!) * cost[a]![k]! +
          (sizes[b]! + sizes[k]!) * cost[b]![k]! -
          sizes[k]! * least) /
        all;
      cost[a]![k] = joined;
      cost[k]![a] = joined;
    }
    sizes[a]! += sizes[b]!;
    alive.delete(b);
    for (let i = 0; i < rows; i++) if (group[i] === b) group[i] = a;
  }
  const order = [...alive].sort((a, b) => a - b);
  return group.map((of) => order.indexOf(of));
}
