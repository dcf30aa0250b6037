/**
 * Ward's agglomerative clustering: start with every point by itself and join, again and again, the two clusters whose
 * union raises the sum of squares least (Ward, 1963; distances updated after Lance and Williams, 1967). Nothing is
 * left to chance, and one run answers for every number of clusters. For up to some hundreds of points.
 */

import { requireFinite } from './inputs.ts';

/** One joining: cluster `from` goes into cluster `into`; both are named by their first point. */
export interface Merge {
  readonly into: number;
  readonly from: number;
  /** By how much the sum of squares rises. */
  readonly cost: number;
}

/**
 * @param points [count, width], row-major
 * @param weights how many points each stands for
 * @returns count − 1 merges, in order
 * @throws UserError where a point or weight is not a number
 */
export function wardMerges(points: Float32Array, width: number, weights: ArrayLike<number>): Merge[] {
  requireFinite('wardMerges', 'points', points);
  requireFinite('wardMerges', 'weights', weights);
  const count = weights.length;
  const size = Float64Array.from(weights);
  const cost = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) {
      let distance = 0;
      for (let k = 0; k < width; k++) distance += (points[i * width + k]! - points[j * width + k]!) ** 2;
      const value = (distance * size[i]! * size[j]!) / Math.max(size[i]! + size[j]!, 1e-12);
      cost[i * count + j] = value;
      cost[j * count + i] = value;
    }
  }
  const alive = Array.from({ length: count }, (_, i) => i);
  const merges: Merge[] = [];
  while (alive.length > 1) {
    let into = -1;
    let from = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let a = 1; a < alive.length; a++) {
      for (let b = 0; b < a; b++) {
        const value = cost[alive[a]! * count + alive[b]!]!;
        if (value < least) {
          least = value;
          into = alive[b]!;
          from = alive[a]!;
        }
      }
    }
    merges.push({ into, from, cost: least });
    alive.splice(alive.indexOf(from), 1);
    for (const other of alive) {
      if (other === into) continue;
      const total = size[into]! + size[from]! + size[other]!;
      const value =
        ((size[into]! + size[other]!) * cost[into * count + other]! +
          (size[from]! + size[other]!) * cost[from * count + other]! -
          size[other]! * least) /
        Math.max(total, 1e-12);
      cost[into * count + other] = value;
      cost[other * count + into] = value;
    }
    size[into]! += size[from]!;
  }
  return merges;
}

/** The clusters, 0 … clusters − 1, of `count` points after the merges that leave that many. */
export function cutMerges(merges: readonly Merge[], count: number, clusters: number): Int32Array {
  const parent = Int32Array.from({ length: count }, (_, i) => i);
  for (const { into, from } of merges.slice(0, Math.max(count - clusters, 0))) parent[from] = into;
  const number = new Map<number, number>();
  return Int32Array.from({ length: count }, (_, i) => {
    let root = i;
    while (parent[root] !== root) root = parent[root]!;
    if (!number.has(root)) number.set(root, number.size);
    return number.get(root)!;
  });
}
