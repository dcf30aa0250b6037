/**
 * How many units of a lot to look at, and how many defective ones it may have: the single sampling plans of ISO 2859-1:1999 for normal,
 * tightened and reduced inspection (tables 2-A, 2-B, 2-C).
 *
 * The master tables are diagonal: sample sizes and AQLs both grow in steps of the fifth root of ten, so that what counts is the sum of
 * their places. Along each diagonal the acceptance number is the same; between the first, which is 0, and 1 there are arrows, and behind
 * the last number there are arrows up. An arrow leads to the first plan in its direction, with that plan's own sample size.
 *
 * Each cell is that of GB/T 2828.1-2012, the national edition of China; those at an AQL of 1, 4 and 10 were held against that of Ecuador,
 * NTE INEN-ISO 2859-1, and normal and tightened inspection against MIL-STD-105E, which is the same but for tightened letter A at an AQL
 * of 10, an arrow there. Reduced inspection is not the same: the older standard leaves a gap between acceptance and rejection.
 */
import { aqlColumn, codeLetter, type InspectionLevel, LETTERS } from './code-letters.ts';

export const SEVERITIES = ['normal', 'tightened', 'reduced'] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface SamplingPlan {
  readonly letter: string;
  /** Units to look at. */
  readonly n: number;
  /** The lot passes with so many defective ones, and fails with one more. */
  readonly accept: number;
  /** The sample is the whole lot. */
  readonly isWhole: boolean;
}

export const SIZES = [2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000, 3150] as const;
/** Two fifths of the units: letters A to C look at two. */
export const REDUCED_SIZES = [2, 2, 2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800] as const;

interface MasterTable {
  readonly sizes: readonly number[];
  /** Row plus column of the diagonal that accepts no defective unit. */
  readonly zero: number;
  /** Diagonals of arrows up, counted from that one; other gaps before the last number lead down. */
  readonly up: readonly number[];
  /** Acceptance numbers by diagonal. */
  readonly accepted: Readonly<Record<number, number>>;
  /** Numbers that only letters A to E have. */
  readonly acceptedOfSmall: Readonly<Record<number, number>>;
}

const TABLES: Readonly<Record<Severity, MasterTable>> = {
  normal: {
    sizes: SIZES.slice(0, -1),
    zero: 14,
    up: [1],
    accepted: { 0: 0, 3: 1, 4: 2, 5: 3, 6: 5, 7: 7, 8: 10, 9: 14, 10: 21 },
    acceptedOfSmall: { 11: 30, 12: 44 },
  },
  tightened: {
    sizes: SIZES,
    zero: 15,
    up: [],
    accepted: { 0: 0, 3: 1, 4: 2, 5: 3, 6: 5, 7: 8, 8: 12, 9: 18 },
    acceptedOfSmall: { 10: 27, 11: 41 },
  },
  reduced: {
    sizes: REDUCED_SIZES,
    zero: 14,
    up: [1],
    accepted: { 0: 0, 4: 1, 5: 2, 6: 3, 7: 5, 8: 6, 9: 8, 10: 10 },
    acceptedOfSmall: { 11: 14, 12: 21 },
  },
};
const LETTERS_OF_SMALL = 5;
/** Reduced inspection with letter A or B, from an AQL of 25 on: two units, as letter A has on normal inspection. */
const TWO_UNITS = { rows: 2, column: 17 };
/** Tightened inspection with letter S: at an AQL of 0.025 only. */
const LETTER_S = { row: 16, column: 2 };

/** Tables 2-A, 2-B, 2-C. @param aql In percent, or defects per hundred units. @throws UserError where the standard has no such AQL or lot */
export function samplingPlan(
  lot: number,
  aql: number,
  level: InspectionLevel = 'II',
  severity: Severity = 'normal',
): SamplingPlan {
  const column = aqlColumn(aql);
  const row = planRow(severity, LETTERS.indexOf(codeLetter(lot, level)), column);
  const n = TABLES[severity].sizes[row]!;
  return {
    letter: LETTERS[row]!,
    n: Math.min(n, lot),
    accept: acceptedAt(severity, row, column)!,
    isWhole: n >= lot,
  };
}

function acceptedAt(severity: Severity, row: number, column: number): number | undefined {
  if (severity === 'reduced' && row < TWO_UNITS.rows && column >= TWO_UNITS.column)
    return acceptedAt('normal', 0, column);
  if (row === LETTER_S.row && column !== LETTER_S.column) return undefined;
  const { zero, accepted, acceptedOfSmall } = TABLES[severity];
  const diagonal = row + column - zero;
  return accepted[diagonal] ?? (row < LETTERS_OF_SMALL ? acceptedOfSmall[diagonal] : undefined);
}

/** Follows the arrow from an empty cell. */
function planRow(severity: Severity, row: number, column: number): number {
  const { sizes, zero, up, accepted } = TABLES[severity];
  const diagonal = row + column - zero;
  const isUp = up.includes(diagonal) || diagonal > Math.max(...Object.keys(accepted).map(Number));
  // At the edge of the table the other direction is the only one with a plan.
  for (const step of isUp ? [-1, 1] : [1, -1]) {
    for (let at = row; at >= 0 && at < sizes.length; at += step)
      if (acceptedAt(severity, at, column) !== undefined) return at;
  }
  throw new Error(`no plan in column ${column}`);
}
