/**
 * Sampling by measurements: a lot passes where the mean of the sample lies at least k sample deviations inside the limit (form 1, or k;
 * deviation unknown). Fewer units tell as much as by counting, where values are normal.
 *
 * The table is that of ANSI/ASQ Z1.9, which has the constants of MIL-STD-414 for other sizes of lots. It is not that of ISO 3951-1, whose
 * constants differ and for which no two sources were found. Constants were held against two: those of MIL-STD-414 (form k), and the
 * largest estimated shares of Z1.9 (form M) by M = I((1 − k√n / (n − 1)) / 2; n/2 − 1, n/2 − 1), which agree to 0.015. Five constants of
 * the smallest samples stand in the second only: n = 5 at 0.4, n = 7 at 0.1 and 0.15, n = 10 at 0.065 and 0.1.
 */
import { UserError } from '@gradus/base';
import { logGamma } from '../distributions/gamma.ts';
import { normalCdf, normalQuantile } from '../distributions/normal.ts';
import { requireLot } from './code-letters.ts';
import type { Severity } from './single-plans.ts';

export interface VariablesPlan {
  readonly n: number;
  /** A lot passes where the mean is so many deviations from the limit. */
  readonly k: number;
}

export interface LetteredVariablesPlan extends VariablesPlan {
  readonly letter: string;
  /** The sample is the whole lot. */
  readonly isWhole: boolean;
}

export const VARIABLES_LEVELS = ['S-3', 'S-4', 'I', 'II', 'III'] as const;
export type VariablesLevel = (typeof VARIABLES_LEVELS)[number];
export const VARIABLES_AQLS = [0.1, 0.15, 0.25, 0.4, 0.65, 1, 1.5, 2.5, 4, 6.5, 10] as const;

const LETTERS = 'BCDEFGHIJKLMNP';
/** The largest lot of each row of table A-2; the last row is open. */
const LOTS = [8, 15, 25, 50, 90, 150, 280, 400, 500, 1200, 3200, 10_000, 35_000, 150_000, 500_000];
const CODES: Readonly<Record<VariablesLevel, string>> = {
  'S-3': 'BBBBBBBCCDEFGHHH',
  'S-4': 'BBBBBCDEEFGHIJKK',
  I: 'BBBCDEFGGHIJKLMN',
  II: 'BBCDEFGHIJKLMNPP',
  III: 'CDEFGHIJJKLMNPPP',
};
const SIZES = [3, 4, 5, 7, 10, 15, 20, 25, 35, 50, 75, 100, 150, 200];
const REDUCED_SIZES = [3, 3, 3, 3, 4, 5, 7, 10, 15, 20, 25, 30, 50, 75];

/** Columns of CONSTANTS: normal inspection reads its own AQL, tightened the one before, reduced the one behind. */
const COLUMNS = [0.065, ...VARIABLES_AQLS, 15];
/** By the number of units; an empty place is an arrow down, to the first larger sample with a constant. */
const CONSTANTS: readonly (readonly [number, string])[] = [
  [3, '- - - - - - - - 1.12 .958 .765 .566 .341'],
  [4, '- - - - - - 1.45 1.34 1.17 1.01 .814 .617 .393'],
  [5, '- - - - 1.775 1.65 1.53 1.40 1.24 1.07 .874 .675 .455'],
  [7, '- 2.224 2.128 2.00 1.88 1.75 1.62 1.50 1.33 1.15 .955 .755 .536'],
  [10, '2.439 2.337 2.24 2.11 1.98 1.84 1.72 1.58 1.41 1.23 1.03 .828 .611'],
  [15, '2.53 2.42 2.32 2.20 2.06 1.91 1.79 1.65 1.47 1.30 1.09 .886 .664'],
  [20, '2.58 2.47 2.36 2.24 2.11 1.96 1.82 1.69 1.51 1.33 1.12 .917 .695'],
  [25, '2.61 2.50 2.40 2.26 2.14 1.98 1.85 1.72 1.53 1.35 1.14 .936 .712'],
  [30, '- - 2.41 2.28 2.15 2.00 1.86 1.73 1.55 1.36 1.15 .946 .723'],
  [35, '2.65 2.54 2.45 2.31 2.18 2.03 1.89 1.76 1.57 1.39 1.18 .969 -'],
  [50, '2.71 2.60 2.50 2.35 2.22 2.08 1.93 1.80 1.61 1.42 1.21 1.00 .774'],
  [75, '2.77 2.66 2.55 2.41 2.27 2.12 1.98 1.84 1.65 1.46 1.24 1.03 .804'],
  [100, '2.80 2.69 2.58 2.43 2.29 2.14 2.00 1.86 1.67 1.48 1.26 1.05 -'],
  [150, '2.84 2.73 2.61 2.47 2.33 2.18 2.03 1.89 1.70 1.51 1.29 1.07 -'],
  [200, '2.85 2.73 2.62 2.47 2.33 2.18 2.04 1.89 1.70 1.51 1.29 1.07 -'],
];
const SHIFT: Readonly<Record<Severity, number>> = { normal: 0, tightened: -1, reduced: 1 };

/**
 * Tables A-2, B-1 (normal and tightened) and B-2 (reduced) of ANSI/ASQ Z1.9, one limit, deviation unknown.
 *
 * @param aql In percent
 * @throws UserError where the table has no such AQL, or for a lot of fewer than two
 */
export function variablesSamplingPlan(
  lot: number,
  aql: number,
  level: VariablesLevel = 'II',
  severity: Severity = 'normal',
): LetteredVariablesPlan {
  requireLot(lot);
  const column = VARIABLES_AQLS.indexOf(aql as never);
  if (column < 0) {
    throw new UserError({
      en: `ANSI/ASQ Z1.9 has no AQL of ${aql}. There are: ${VARIABLES_AQLS.join(', ')}.`,
      zh: `ANSI/ASQ Z1.9 没有 ${aql} 这一 AQL。可用：${VARIABLES_AQLS.join('、')}。`,
    });
  }
  const row = LOTS.findIndex((most) => lot <= most);
  const letter = LETTERS.indexOf(CODES[level][row < 0 ? LOTS.length : row]!);
  const asked = (severity === 'reduced' ? REDUCED_SIZES : SIZES)[letter]!;
  const place = COLUMNS.indexOf(VARIABLES_AQLS[column]!) + SHIFT[severity];
  const [n, k] = CONSTANTS.map(
    ([units, constants]) => [units, Number(constants.split(' ')[place])] as const,
  ).find(([units, constant]) => units >= asked && !Number.isNaN(constant))!;
  return { letter: LETTERS[letter]!, n: Math.min(n, lot), k, isWhole: n >= lot };
}

export interface Risks {
  /** Share of defective units of a good lot, and how often it may be failed. */
  readonly good: number;
  readonly producer?: number;
  /** Share of defective units of a bad lot, and how often it may be passed. */
  readonly bad: number;
  readonly consumer?: number;
}

/** A plan from the two risks instead of a table (Wallis's approximation, 1947), one limit, deviation unknown. */
export function variablesPlan({ good, producer = 0.05, bad, consumer = 0.1 }: Risks): VariablesPlan {
  const [a, b] = [normalQuantile(1 - producer), normalQuantile(1 - consumer)];
  const [p, q] = [normalQuantile(1 - good), normalQuantile(1 - bad)];
  const k = (a * q + b * p) / (a + b);
  return { n: Math.ceil(((a + b) / (p - q)) ** 2 * (1 + k ** 2 / 2)), k };
}

const POINTS = 400;
/** Deviations of s around its mean within which the integral is taken. */
const REACH = 9;

/**
 * The share of lots with this share of defective units that pass: P(mean + k s ≤ limit) of normal values, integrated over s, whose square
 * is chi-squared over its freedom (the tail of a noncentral t).
 */
export function variablesPassProbability({ n, k }: VariablesPlan, defective: number): number {
  if (defective <= 0) return 1;
  if (defective >= 1) return 0;
  const freedom = n - 1;
  const z = normalQuantile(1 - defective);
  const scale = Math.log(2) + (freedom / 2) * Math.log(freedom / 2) - logGamma(freedom / 2);
  const from = Math.max(0, 1 - REACH / Math.sqrt(2 * freedom));
  const step = (1 + REACH / Math.sqrt(2 * freedom) - from) / POINTS;
  let sum = 0;
  // Simpson's rule; at s = 0 the density is 0 (or finite, with one degree of freedom).
  for (let i = 0; i <= POINTS; i++) {
    const s = from + i * step;
    const density =
      s > 0
        ? Math.exp(scale + (freedom - 1) * Math.log(s) - (freedom * s ** 2) / 2)
        : freedom === 1
          ? Math.exp(scale)
          : 0;
    const weight = i === 0 || i === POINTS ? 1 : i % 2 ? 4 : 2;
    sum += weight * density * normalCdf(Math.sqrt(n) * (z - k * s));
  }
  return Math.min(1, (sum * step) / 3);
}
