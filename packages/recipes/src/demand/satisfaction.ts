/**
 * Satisfied or not, as the file itself says: by its label, or by its rating. On a scale of five stars, one and two are
 * dissatisfied, four and five satisfied, and three says neither; other scales are cut at the same places.
 */

export type Scale = readonly [low: number, high: number];

const SCALES: readonly Scale[] = [
  [0, 1],
  [1, 5],
  [0, 5],
  [1, 10],
  [0, 10],
  [0, 100],
];
const SATISFIED_FROM = 0.7;
const DISSATISFIED_TO = 0.4;

/** The usual scale that the ratings fit into; their own range where they fit none. */
export function scaleOf(ratings: readonly number[]): Scale {
  const low = ratings.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = ratings.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return SCALES.find((scale) => low >= scale[0] && high <= scale[1]) ?? [low, high];
}

/** 1 satisfied, 0 dissatisfied, undefined for ratings in the middle. */
export function satisfactionOf(rating: number, [low, high]: Scale): 0 | 1 | undefined {
  const place = (rating - low) / (high - low);
  if (place >= SATISFIED_FROM) return 1;
  return place <= DISSATISFIED_TO ? 0 : undefined;
}
