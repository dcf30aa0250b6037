/**
 * Numbers that states give people.
 *
 * - Chinese resident identity numbers: 6 digits of a region, the birth date, 3 digits, and a check digit (GB 11643-1999,
 *   which is ISO 7064 MOD 11-2)
 * - US social security numbers: no area 000, 666 or 9xx, no group 00, no serial 0000
 * - passports, which have no check digit outside their machine-readable zone: only where a word says so
 */
import type { Detector } from './kinds.ts';
import { matches, precededBy } from './matches.ts';

const RESIDENT =
  /(?<!\w)[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\w)/g;
const SSN = /(?<![\w-])(\d{3})-(\d{2})-(\d{4})(?![\w-])/g;
const SSN_PLAIN = /(?:\bSSN\b|social security)[^\d]{0,20}(?<it>\d{9})(?!\d)/dgi;
const PASSPORT =
  /(?:passport|护照)(?:\s*(?:number|no\.?|num|号码?|#))?\s*(?:is\s+|[:：是为]\s*)?(?<it>[A-Z]{0,2}\d{6,9})(?!\w)/dgi;

/** First two digits: provinces, Taiwan, Hong Kong, Macau, and residents from there (83) and abroad (91). */
const REGION = /^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91)/;
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** Whether the check character fits, and the region and birth date can be. */
export function isResidentId(text: string): boolean {
  if (!/^\d{17}[\dXx]$/.test(text) || !REGION.test(text)) return false;
  const [year, month, day] = [text.slice(6, 10), text.slice(10, 12), text.slice(12, 14)].map(Number);
  const born = new Date(Date.UTC(year!, month! - 1, day!));
  if (year! < 1850 || born.getUTCMonth() !== month! - 1 || born.getUTCDate() !== day!) return false;
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(text[i]), 0);
  return '10X98765432'[sum % 11] === text[17]!.toUpperCase();
}

export function isSsn(area: string, group: string, serial: string): boolean {
  return !/^(?:000|666|9)/.test(area) && group !== '00' && serial !== '0000';
}

export const identityNumbers: Detector = {
  kind: 'id',
  *find(text) {
    if (!/\d{2}/.test(text)) return;
    yield* matches(text, RESIDENT, (match) => (isResidentId(match) ? 0.99 : 0));
    yield* matches(text, SSN, (_, { 1: area, 2: group, 3: serial, index }) => {
      if (!isSsn(area!, group!, serial!)) return 0;
      return precededBy(text, index, /ssn|social security/i) ? 0.99 : 0.8;
    });
    yield* matches(text, SSN_PLAIN, (match) =>
      isSsn(match.slice(0, 3), match.slice(3, 5), match.slice(5)) ? 0.9 : 0,
    );
  },
};

export const passports: Detector = {
  kind: 'passport',
  find: (text) => matches(text, PASSPORT, 0.9),
};
