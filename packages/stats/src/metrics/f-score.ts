/**
 * Precision, recall and their harmonic mean F1 (van Rijsbergen, 1979), per class and averaged.
 *
 * Macro averages over classes, so a rare class weighs as much as a common one; micro pools all decisions, which
 * for single-label classes makes the three equal to accuracy. A figure whose denominator is zero counts as 0.
 */

import type { Numbers } from '../numbers.ts';
import { confusionMatrix } from './confusion-matrix.ts';

export interface FScore {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export interface FScores {
  readonly perClass: readonly (FScore & { readonly support: number })[];
  readonly macro: FScore;
  readonly micro: FScore;
}

export function fScores(actual: Numbers, predicted: Numbers, classes = 2): FScores {
  const counts = confusionMatrix(actual, predicted, classes);
  let right = 0;
  const perClass = counts.map((row, c) => {
    const support = row.reduce((sum, count) => sum + count, 0);
    const claimed = counts.reduce((sum, other) => sum + other[c]!, 0);
    right += row[c]!;
    return { ...score(row[c]!, claimed, support), support };
  });
  const mean = (of: keyof FScore) => perClass.reduce((sum, score) => sum + score[of], 0) / classes;
  return {
    perClass,
    macro: { precision: mean('precision'), recall: mean('recall'), f1: mean('f1') },
    micro: score(right, actual.length, actual.length),
  };
}

/** F1 averaged over classes. */
export function macroF1(actual: Numbers, predicted: Numbers, classes = 2): number {
  return fScores(actual, predicted, classes).macro.f1;
}

function score(right: number, claimed: number, support: number): FScore {
  return {
    precision: claimed === 0 ? 0 : right / claimed,
    recall: support === 0 ? 0 : right / support,
    f1: claimed + support === 0 ? 0 : (2 * right) / (claimed + support),
  };
}
