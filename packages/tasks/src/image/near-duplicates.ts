/**
 * Photographs that are the same but for how they were stored: at another size, in another format, a little brighter. One that is learnt
 * from and comes again among those that judge would be remembered, not recognized; so such photographs stay together.
 *
 * Candidates share a bucket of random projections (locality-sensitive hashing: Charikar, "Similarity estimation techniques from rounding
 * algorithms", 2002); they are the same where their standardized numbers are much nearer than those of any two.
 */
import { Random } from '@gradus/base';

/**
 * Of the distance that two photographs usually have. In `STATISTICS`, other photographs of one kind of thing are 0.38 of it apart or more;
 * the same one stored again is 0.1 to 0.27, where it is much brighter up to 0.5.
 */
const SAME = 0.28;
const TABLES = 10;
const BITS = 14;
const PAIRS = 500;
/** More in one bucket are compared with the first so many of it: they are alike anyway. */
const MOST_COMPARED = 60;

/** @param features Of each photograph, by `STATISTICS`; undefined where there is none @returns pairs of places that show the same */
export function nearDuplicates(
  features: readonly (Float32Array | undefined)[],
): (readonly [earlier: number, later: number])[] {
  const places = Int32Array.from(features.keys()).filter((place) => features[place] !== undefined);
  if (places.length < 2) return [];
  const rows = standardized(Array.from(places, (place) => features[place]!));
  const random = new Random(0);
  const limit = (SAME * usualDistance(rows, random)) ** 2;
  const pairs: (readonly [number, number])[] = [];
  const joined = new Set<number>();
  const width = rows[0]!.length;
  for (let table = 0; table < TABLES; table++) {
    const directions = Array.from({ length: BITS }, () =>
      Float32Array.from({ length: width }, () => random.normal()),
    );
    const buckets = new Map<number, number[]>();
    for (const [i, row] of rows.entries()) {
      const key = directions.reduce((bits, direction) => 2 * bits + Number(dot(row, direction) > 0), 0);
      const bucket = buckets.get(key) ?? [];
      buckets.set(key, bucket);
      const twin = joined.has(i)
        ? undefined
        : bucket.find((other) => squaredDistance(rows[other]!, row, limit) < limit);
      if (twin !== undefined) {
        pairs.push([places[twin]!, places[i]!]);
        joined.add(i);
      }
      if (bucket.length < MOST_COMPARED) bucket.push(i);
    }
  }
  return pairs;
}

function standardized(rows: readonly Float32Array[]): Float32Array[] {
  const width = rows[0]!.length;
  const [means, squares] = [new Float64Array(width), new Float64Array(width)];
  for (const row of rows) for (let k = 0; k < width; k++) means[k]! += row[k]! / rows.length;
  for (const row of rows)
    for (let k = 0; k < width; k++) squares[k]! += (row[k]! - means[k]!) ** 2 / rows.length;
  return rows.map((row) => row.map((value, k) => (value - means[k]!) / (Math.sqrt(squares[k]!) || 1)));
}

/** The median of some pairs. */
function usualDistance(rows: readonly Float32Array[], random: Random): number {
  const distances = Float64Array.from({ length: PAIRS }, () => {
    const i = random.below(rows.length);
    const j = (i + 1 + random.below(rows.length - 1)) % rows.length;
    return Math.sqrt(squaredDistance(rows[i]!, rows[j]!, Number.POSITIVE_INFINITY));
  }).sort();
  return distances[PAIRS >> 1]!;
}

/** Given up beyond `limit`. */
function squaredDistance(a: Float32Array, b: Float32Array, limit: number): number {
  let sum = 0;
  for (let k = 0; k < a.length && sum < limit; k++) sum += (a[k]! - b[k]!) ** 2;
  return sum;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}
