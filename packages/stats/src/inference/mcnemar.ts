/**
 * Is one classifier better than another on the same rows? Rows that both get right, or both wrong, say nothing;
 * among the others each classifier wins a coin's toss if they are equally good (McNemar, 1947; exact binomial).
 */
import { countRows } from '../metrics/rows.ts';
import type { Numbers } from '../numbers.ts';

export interface McNemar {
  /** Rows only the first classifier gets right. */
  readonly onlyA: number;
  /** Rows only the second gets right. */
  readonly onlyB: number;
  /** Two-sided. */
  readonly pValue: number;
}

/** @param correctA 1 where the first classifier is right, else 0; `correctB` likewise, for the same rows */
export function mcnemar(correctA: Numbers, correctB: Numbers): McNemar {
  const n = countRows(correctA, correctB);
  let onlyA = 0;
  let onlyB = 0;
  for (let i = 0; i < n; i++) {
    if (correctA[i] && !correctB[i]) onlyA++;
    if (correctB[i] && !correctA[i]) onlyB++;
  }
  return { onlyA, onlyB, pValue: coinTwoSided(onlyA, onlyB) };
}

/** The chance of a split at least this uneven when each of heads + tails tosses is fair. */
function coinTwoSided(heads: number, tails: number): number {
  const n = heads + tails;
  const few = Math.min(heads, tails);
  let logTerm = -n * Math.LN2; // log of (n choose k) / 2^n, from k = 0 on
  let tail = 0;
  for (let k = 0; k <= few; k++) {
    tail += Math.exp(logTerm);
    logTerm += Math.log((n - k) / (k + 1));
  }
  return Math.min(1, 2 * tail);
}
