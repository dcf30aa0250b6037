/**
 * How clearly a point belongs to its cluster: 1 − (distance to its centre) / (distance to the next), from 0, between two
 * clusters, to 1, at its centre (the simplified silhouette: Hruschka, de Castro and Campello, 2004). Distances are 1 − cosine.
 */

/** @param points [rows, width]; a row of zeros, which no centre is near, has 0 @param centroids [clusters, width] */
export function silhouettes(points: Float32Array, centroids: Float32Array, width: number): Float64Array {
  const rows = width === 0 ? 0 : points.length / width;
  const centres = Array.from({ length: width === 0 ? 0 : centroids.length / width }, (_, c) =>
    centroids.subarray(c * width, (c + 1) * width),
  ).filter((centre) => centre.some((value) => value !== 0));
  return Float64Array.from({ length: rows }, (_, row) => {
    const point = points.subarray(row * width, (row + 1) * width);
    let [best, second] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (const centre of centres) {
      let cosine = 0;
      for (let j = 0; j < width; j++) cosine += point[j]! * centre[j]!;
      const distance = Math.max(0, 1 - cosine);
      if (distance < best) [best, second] = [distance, best];
      else if (distance < second) second = distance;
    }
    if (!Number.isFinite(second) || second === 0) return 0;
    return 1 - best / second;
  });
}
