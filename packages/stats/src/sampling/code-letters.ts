/**
 * Table 1 of ISO 2859-1: how large a sample is, by the size of the lot and the inspection level, as a letter that the master tables are
 * read by. The AQL (acceptance quality limit) is the worst process that most lots should still pass with: in percent of defective units
 * up to 10, in defects per hundred units up to 1000.
 */
import { UserError } from '@gradus/base';

export const INSPECTION_LEVELS = ['S-1', 'S-2', 'S-3', 'S-4', 'I', 'II', 'III'] as const;
export type InspectionLevel = (typeof INSPECTION_LEVELS)[number];

/** S exists in one cell of tightened inspection only. */
export const LETTERS = 'ABCDEFGHJKLMNPQRS';
/** The largest lot of each row of table 1; the last row is open. */
const LOTS = [8, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10_000, 35_000, 150_000, 500_000];
/** A letter for each row. */
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
/** The largest AQL that may be meant in percent of defective units. */
export const LARGEST_PERCENT = 10;

/** @throws UserError for a lot of fewer than two */
export function codeLetter(lot: number, level: InspectionLevel = 'II'): string {
  requireLot(lot);
  const row = LOTS.findIndex((most) => lot <= most);
  return CODES[level][row < 0 ? LOTS.length : row]!;
}

/** The place of an AQL in the master tables. @throws UserError where the standard has no such AQL */
export function aqlColumn(aql: number): number {
  const column = AQLS.indexOf(aql as never);
  if (column >= 0) return column;
  throw new UserError({
    en: `ISO 2859-1 has no AQL of ${aql}. There are: ${AQLS.join(', ')}.`,
    zh: `ISO 2859-1 没有 ${aql} 这一 AQL。可用：${AQLS.join('、')}。`,
  });
}

/** @throws UserError for a lot of fewer than two */
export function requireLot(lot: number): void {
  if (Number.isInteger(lot) && lot >= 2) return;
  throw new UserError({
    en: `A lot of ${lot} cannot be sampled: it has to have two units at least.`,
    zh: `批量 ${lot} 无法抽样：至少需要两个单位产品。`,
  });
}
