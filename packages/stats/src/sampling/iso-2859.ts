/**
 * How many units of a lot to look at, and how many defective ones it may have: single sampling plans of ISO 2859-1 for normal inspection
 * (tables 1 and 2-A) and, in its middle part, for tightened inspection (table 2-B); the values are those of MIL-STD-105E, which is in the
 * public domain.
 *
 * The master table is diagonal: sample sizes and AQLs both grow in steps of the fifth root of ten, so that what counts is the sum of
 * their places. Along each diagonal the acceptance numbers are 0, an arrow up, an arrow down, 1, 2, 3, 5, 7, 10, 14, 21 (30 and 44 for the
 * smallest samples); before it arrows down, behind it arrows up. An arrow leads to the first plan in its direction, with that plan's
 * own sample size.
 */
import { UserError } from '@gradus/base';
import { binomialCdf } from '../distributions/beta.ts';
import { normalCdf, normalQuantile } from '../distributions/normal.ts';

export const INSPECTION_LEVELS = ['S-1', 'S-2', 'S-3', 'S-4', 'I', 'II', 'III'] as const;
export type InspectionLevel = (typeof INSPECTION_LEVELS)[number];

const LETTERS = 'ABCDEFGHJKLMNPQR';
const SIZES = [2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000];
/** The largest lot of each row of table 1; the last row is open. */
const LOTS = [8, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10_000, 35_000, 150_000, 500_000];
/** Table 1: a letter for each row. */
const CODES: Readonly<Record<InspectionLevel, string>> = {
  'S-1': 'AAAABBBBCCCCDDD',
  'S-2': 'AAABBBCCCDDDEEE',
  'S-3': 'AABBCCDDEEFFGGH',
  'S-4': 'AABCCDEEFGGHJJK',
  I: 'AABCCDEFGHJKLMN',
  II: 'ABCDEFGHJKLMNPQ',
  III: 'BCDEFGHJKLMNPQR',
};
export const AQLS = [
  0.01, 0.015, 0.025, 0.04, 0.065, 0.1, 0.15, 0.25, 0.4, 0.65, 1, 1.5, 2.5, 4, 6.5, 10, 15, 25, 40, 65, 100,
  150, 250, 400, 650, 1000,
] as const;

/** The diagonal on which a plan accepts no defective unit; the next two are arrows. */
const ZERO = 14;
const ACCEPTED: Readonly<Record<number, number>> = {
  0: 0,
  3: 1,
  4: 2,
  5: 3,
  6: 5,
  7: 7,
  8: 10,
  9: 14,
  10: 21,
  11: 30,
  12: 44,
};
/** Tightened inspection: the diagonal of no defective unit, two arrows down behind it, and the numbers after these. */
const TIGHTENED_ZERO = 15;
const TIGHTENED_ACCEPTED: Readonly<Record<number, number>> = {
  0: 0,
  3: 1,
  4: 2,
  5: 3,
  6: 5,
  7: 8,
  8: 12,
  9: 18,
};
/** Letters B to L, AQL 0.65 to 15: the cells that a second publication of the table was held against. */
const TIGHTENED_LETTERS = 'BCDEFGHJKL';
const TIGHTENED_AQLS = [0.65, 15] as const;

/** From this sample on (F, 20 units) no plan accepts more than 21. */
const LARGE = 5;
const MOST_OF_LARGE = 10;

export interface SamplingPlan {
  readonly letter: string;
  /** Units to look at. */
  readonly n: number;
  /** The lot passes with so many defective ones, and fails with one more. */
  readonly accept: number;
  /** The sample is the whole lot. */
  readonly isWhole: boolean;
}

/** Table 1. @throws UserError for a lot of fewer than two */
export function codeLetter(lot: number, level: InspectionLevel = 'II'): string {
  if (!Number.isInteger(lot) || lot < 2) {
    throw new UserError({
      en: `A lot of ${lot} cannot be sampled: it has to have two units at least.`,
      zh: `批量 ${lot} 无法抽样：至少需要两个单位产品。`,
    });
  }
  const row = LOTS.findIndex((most) => lot <= most);
  return CODES[level][row < 0 ? LOTS.length : row]!;
}

/** Table 2-A. @param aql In percent, or defects per hundred units. @throws UserError where the standard has no such AQL */
export function samplingPlan(lot: number, aql: number, level: InspectionLevel = 'II'): SamplingPlan {
  const column = AQLS.indexOf(aql as never);
  if (column < 0) {
    throw new UserError({
      en: `ISO 2859-1 has no AQL of ${aql}. There are: ${AQLS.join(', ')}.`,
      zh: `ISO 2859-1 没有 ${aql} 这一 AQL。可用：${AQLS.join('、')}。`,
    });
  }
  const asked = LETTERS.indexOf(codeLetter(lot, level));
  const row = planRow(asked, column);
  const accept = acceptedAt(row, column)!;
  const n = SIZES[row]!;
  return { letter: LETTERS[row]!, n: Math.min(n, lot), accept, isWhole: n >= lot };
}

/** Table 2-B, as far as it was checked: undefined for an AQL outside 0.65 to 15, or a letter outside B to L. */
export function tightenedPlan(
  lot: number,
  aql: number,
  level: InspectionLevel = 'II',
): SamplingPlan | undefined {
  const column = AQLS.indexOf(aql as never);
  const asked = LETTERS.indexOf(codeLetter(lot, level));
  const isKnown = column >= 0 && aql >= TIGHTENED_AQLS[0] && aql <= TIGHTENED_AQLS[1];
  if (!isKnown || !TIGHTENED_LETTERS.includes(LETTERS[asked]!)) return undefined;
  const placeOf = (row: number) => row + column - TIGHTENED_ZERO;
  // Up to the last number arrows lead down, and up behind it.
  const step = placeOf(asked) > 9 ? -1 : 1;
  let row = asked;
  while (TIGHTENED_ACCEPTED[placeOf(row)] === undefined) row += step;
  const n = SIZES[row]!;
  return {
    letter: LETTERS[row]!,
    n: Math.min(n, lot),
    accept: TIGHTENED_ACCEPTED[placeOf(row)]!,
    isWhole: n >= lot,
  };
}

export type Severity = 'normal' | 'tightened' | 'discontinued';

/**
 * Which inspection the next lot gets, by the switching rules of ISO 2859-1, 9.3, between normal and tightened inspection: tightened after
 * two of five or fewer consecutive lots were not accepted, normal again after five in a row were, and none once five were not accepted on
 * tightened inspection.
 *
 * @param accepted Of each lot at its first inspection, in order
 */
export function nextSeverity(accepted: readonly boolean[]): Severity {
  let severity: Severity = 'normal';
  let since: boolean[] = [];
  for (const isAccepted of accepted) {
    if (severity === 'discontinued') break;
    since.push(isAccepted);
    const failed = (lots: readonly boolean[]) => lots.filter((is) => !is).length;
    const isTighter: boolean = severity === 'normal' && failed(since.slice(-5)) >= 2;
    const isNormal: boolean = severity === 'tightened' && since.length >= 5 && failed(since.slice(-5)) === 0;
    if (severity === 'tightened' && failed(since) >= 5) severity = 'discontinued';
    else if (isTighter || isNormal) {
      severity = isTighter ? 'tightened' : 'normal';
      since = [];
    }
  }
  return severity;
}

function acceptedAt(row: number, column: number): number | undefined {
  const place = row + column - ZERO;
  return row >= LARGE && place > MOST_OF_LARGE ? undefined : ACCEPTED[place];
}

/** Follows the arrow from an empty cell. */
function planRow(row: number, column: number): number {
  const place = row + column - ZERO;
  const isUp = place === 1 || (place > 2 && acceptedAt(row, column) === undefined);
  const steps = isUp ? [-1, 1] : [1, -1];
  // At the edge of the table the other direction is the only one with a plan.
  for (const step of steps) {
    for (let at = row; at >= 0 && at < SIZES.length; at += step)
      if (acceptedAt(at, column) !== undefined) return at;
  }
  throw new Error(`no plan in column ${column}`);
}

/** The share of lots with this share of defective units that a plan passes: its operating characteristic. */
export const passProbability = (
  { n, accept }: Pick<SamplingPlan, 'n' | 'accept'>,
  defective: number,
): number => binomialCdf(accept, n, defective);

export interface VariablesPlan {
  readonly n: number;
  /** A lot passes where the mean is so many deviations from the limit. */
  readonly k: number;
}

export interface Risks {
  /** Share of defective units of a good lot, and how often it may be failed. */
  readonly good: number;
  readonly producer?: number;
  /** Share of defective units of a bad lot, and how often it may be passed. */
  readonly bad: number;
  readonly consumer?: number;
}

/**
 * A plan by measurements, one limit, the deviation unknown (the s-method of ISO 3951; by Wallis's approximation, 1947): fewer units
 * say as much where values are normal. Not the standard's own table: from the two risks.
 */
export function variablesPlan({ good, producer = 0.05, bad, consumer = 0.1 }: Risks): VariablesPlan {
  const [a, b] = [normalQuantile(1 - producer), normalQuantile(1 - consumer)];
  const [p, q] = [normalQuantile(1 - good), normalQuantile(1 - bad)];
  const k = (a * q + b * p) / (a + b);
  return { n: Math.ceil(((a + b) / (p - q)) ** 2 * (1 + k ** 2 / 2)), k };
}

export const variablesPassProbability = ({ n, k }: VariablesPlan, defective: number): number =>
  normalCdf((normalQuantile(1 - defective) - k) / Math.sqrt((1 + k ** 2 / 2) / n));
