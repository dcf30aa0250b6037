/** The area under the ROC curve. */
import type { Numbers } from '../numbers.ts';
import { countRows } from './rows.ts';

/**
 * The area under the ROC curve: the chance that a random positive row scores above a random negative one, ties
 * counting half. Computed from ranks (Mann and Whitney, 1947; Hanley and McNeil, 1982).
 *
 * @param actual 1 for positive rows, 0 for negative ones
 * @returns NaN when only one class is there
 */
export function rocAuc(actual: Numbers, scores: Numbers): number {
  const n = countRows(actual, scores);
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  let positives = 0;
  let rankSum = 0;
  for (let start = 0; start < n; ) {
    let end = start;
    while (end < n && scores[order[end]!] === scores[order[start]!]) end++;
    const rank = (start + end + 1) / 2; // the mean of the tied ranks start + 1 … end
    for (let k = start; k < end; k++) {
      if (actual[order[k]!] === 1) {
        positives++;
        rankSum += rank;
      }
    }
    start = end;
  }
  const negatives = n - positives;
  if (positives === 0 || negatives === 0) return Number.NaN;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
