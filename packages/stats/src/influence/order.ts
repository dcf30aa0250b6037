/** Rows in the order of their scores. */
import type { Numbers } from '../numbers.ts';

/** Places of rows by score, the lowest first. */
export function ascending(scores: Numbers): Uint32Array {
  // Compared, not subtracted: the difference of two infinities is no number.
  return Uint32Array.from({ length: scores.length }, (_, i) => i).sort(
    (a, b) => Number(scores[a]! > scores[b]!) - Number(scores[a]! < scores[b]!),
  );
}

/** Where runs of equal scores end, one after the other. */
export function* ties(order: Uint32Array, scores: Numbers): Generator<readonly [start: number, end: number]> {
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) end++;
    yield [start, end];
    start = end;
  }
}
