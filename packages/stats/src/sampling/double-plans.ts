/**
 * Double sampling plans of ISO 2859-1:1999 (tables 3-A, 3-B, 3-C): a first sample of about five eighths of the single plan's units
 * decides clear cases; where it does not, a second one of the same size does. The standard makes them pass lots as often as the single
 * plans of the same letter do, and looks at fewer units of good and of bad lots.
 *
 * One transcription of the edition of 1999 was at hand. Its numbers equal those of MIL-STD-105E but for three: with the single plans that
 * accept 3, 7 and 8. There the probabilities of passing follow the single plan more closely than the older numbers do (test). One pair
 * of reduced inspection, beside the single plan that accepts 5, passes lots 15 points apart from it, and is not given.
 */
import type { InspectionLevel } from './code-letters.ts';
import { LETTERS } from './code-letters.ts';
import { REDUCED_SIZES, type Severity, SIZES, samplingPlan } from './single-plans.ts';

export interface DoublePlan {
  readonly letter: string;
  /** Units of each of the two samples. */
  readonly n: number;
  /** After the first sample: passed with so many defective ones, failed with so many, between them a second sample decides. */
  readonly accept: number;
  readonly reject: number;
  /** Of both samples together; with one more the lot fails. */
  readonly acceptTotal: number;
}

/** By the acceptance number of the single plan: accepted and rejected after the first sample, accepted after both. */
const NUMBERS: Readonly<Record<number, readonly [number, number, number]>> = {
  1: [0, 2, 1],
  2: [0, 3, 3],
  3: [1, 3, 4],
  5: [2, 5, 6],
  6: [3, 6, 7],
  7: [3, 6, 9],
  8: [4, 7, 10],
  10: [5, 9, 12],
  12: [6, 10, 15],
  14: [7, 11, 18],
  18: [9, 14, 23],
  21: [11, 16, 26],
  27: [15, 20, 34],
  30: [17, 22, 37],
  41: [23, 29, 52],
  44: [25, 31, 56],
};
const UNKNOWN_OF_REDUCED = 5;
/** Letters with fewer units have no double plan. */
const FIRST_LETTER: Readonly<Record<Severity, string>> = { normal: 'B', tightened: 'B', reduced: 'D' };

/** Undefined where the standard has the single plan only (none may be defective, or a handful is looked at), and where two samples exceed the lot. */
export function doublePlan(
  lot: number,
  aql: number,
  level: InspectionLevel = 'II',
  severity: Severity = 'normal',
): DoublePlan | undefined {
  const { letter, accept: single } = samplingPlan(lot, aql, level, severity);
  const row = LETTERS.indexOf(letter);
  const numbers = severity === 'reduced' && single === UNKNOWN_OF_REDUCED ? undefined : NUMBERS[single];
  if (!numbers || row < LETTERS.indexOf(FIRST_LETTER[severity])) return undefined;
  const n = (severity === 'reduced' ? REDUCED_SIZES : SIZES)[row - 1]!;
  if (2 * n >= lot) return undefined;
  const [accept, reject, acceptTotal] = numbers;
  return { letter, n, accept, reject, acceptTotal };
}
