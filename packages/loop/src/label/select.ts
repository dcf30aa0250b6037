/**
 * Which rows to ask about. While nothing is known: rows that stand for many others and differ from each other, the middles of
 * clusters (TypiClust: Hacohen, Dekel and Weinshall, 2022). Then those that the model hesitates over, its two best answers
 * being nearly as likely (smallest margin: Scheffer, Decomain and Wrobel, 2001), but no two of a kind: the most doubtful of each
 * cluster of the doubtful (Cluster-Margin: Citovsky et al., 2021).
 */
import type { Random } from '@gradus/base';
import { kMeans } from '@gradus/classical';
import type { Features } from './features.ts';

/** Uncertain rows considered for each question. */
const DOUBTFUL = 5;
/** Clusters that are made for labelled rows, so that new ones are found beside them. */
const MOST_KNOWN = 500;
const ITERATIONS = 25;

type Space = Pick<Features, 'space' | 'width'>;

/**
 * Rows in the middle of what no labelled row stands for, largest clusters first.
 *
 * @param candidates Rows that may become questions. @param labelled Rows that have a label.
 */
export function typicalRows(
  space: Space,
  candidates: Int32Array,
  labelled: Int32Array,
  count: number,
  random: Random,
): Int32Array {
  const { width } = space;
  const all = Int32Array.from([...candidates, ...labelled]);
  const points = gathered(space, all);
  const clusters = Math.min(count + Math.min(labelled.length, MOST_KNOWN), all.length);
  const { assignment, centroids } = kMeans(points, width, {
    clusters,
    random,
    restarts: 1,
    maxIterations: ITERATIONS,
  });
  const open = [...Map.groupBy(all.keys(), (at) => assignment[at]!)]
    .map(([cluster, members]) => ({
      cluster,
      size: members.length,
      known: members.some((at) => at >= candidates.length),
      open: members.filter((at) => at < candidates.length),
    }))
    .filter(({ open }) => open.length > 0)
    .sort((a, b) => Number(a.known) - Number(b.known) || b.size - a.size || a.cluster - b.cluster)
    .slice(0, count);
  return Int32Array.from(open, ({ cluster, open }) => {
    const centre = centroids.subarray(cluster * width, (cluster + 1) * width);
    const away = open.map((at) => squaredDistance(points.subarray(at * width, (at + 1) * width), centre));
    return candidates[open[away.indexOf(Math.min(...away))]!]!;
  });
}

/**
 * The most doubtful of each cluster of doubtful rows.
 *
 * @param probabilities Of each candidate. [candidates, classes]
 */
export function doubtfulRows(
  space: Space,
  candidates: Int32Array,
  probabilities: Float64Array,
  count: number,
  random: Random,
): Int32Array {
  const doubt = margins(probabilities, probabilities.length / candidates.length);
  const places = Int32Array.from(candidates.keys())
    .sort((a, b) => doubt[a]! - doubt[b]! || a - b)
    .slice(0, DOUBTFUL * count);
  const rows = places.map((at) => candidates[at]!);
  const { assignment } = kMeans(gathered(space, rows), space.width, {
    clusters: count,
    random,
    restarts: 1,
    maxIterations: ITERATIONS,
  });
  const taken = new Set<number>();
  // They come most doubtful first.
  return rows.filter((_, i) => !taken.has(assignment[i]!) && taken.add(assignment[i]!));
}

/** How far the best answer is ahead of the second. @param probabilities [rows, classes] */
export function margins(probabilities: Float64Array, classes: number): Float64Array {
  return Float64Array.from({ length: probabilities.length / classes }, (_, row) => {
    let [first, second] = [0, 0];
    for (const p of probabilities.subarray(row * classes, (row + 1) * classes)) {
      if (p > first) [first, second] = [p, first];
      else if (p > second) second = p;
    }
    return first - second;
  });
}

function gathered({ space, width }: Space, rows: Int32Array): Float32Array {
  const points = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries())
    points.set(space.subarray(row * width, (row + 1) * width), i * width);
  return points;
}

const squaredDistance = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, j) => sum + (value - b[j]!) ** 2, 0);
