/** The area under the ROC curve. */
import type { Numbers } from '../numbers.ts';
import { classesOf, countRows, numbersOf } from './rows.ts';

/**
 * The area under the ROC curve: the chance that a random positive row scores above a random negative one, ties
 * counting half. Computed from ranks (Mann and Whitney, 1947; Hanley and McNeil, 1982).
 *
 * @param actual 1 for positive rows, 0 for negative ones
 * @returns NaN when only one class is there
 * @throws UserError where a row is of another class, or its score is not a number
 */
export function rocAuc(actual: Numbers, scores: Numbers): number {
  const n = countRows(actual, scores);
  const order = 'actual, scores';
  const ranked = ranksOf(numbersOf(scores, { metric: 'rocAuc', name: 'scores', order }));
  const labels = classesOf(actual, 2, { metric: 'rocAuc', name: 'actual', order });
  let positives = 0;
  let rankSum = 0;
  for (let i = 0; i < n; i++) {
    if (labels[i] !== 1) continue;
    positives++;
    rankSum += ranked[i]!;
  }
  const negatives = n - positives;
  if (positives === 0 || negatives === 0) return Number.NaN;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** Ranks from 1, equal scores sharing the mean of theirs. */
function ranksOf(scores: Numbers): Float64Array {
  const n = scores.length;
  // Compared, not subtracted: the difference of two infinities is no number.
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort(
    (a, b) => Number(scores[a]! > scores[b]!) - Number(scores[a]! < scores[b]!),
  );
  const ranks = new Float64Array(n);
  for (let start = 0; start < n; ) {
    let end = start + 1;
    while (end < n && scores[order[end]!] === scores[order[start]!]) end++;
    for (let k = start; k < end; k++) ranks[order[k]!] = (start + end + 1) / 2;
    start = end;
  }
  return ranks;
}
