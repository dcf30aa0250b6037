/**
 * Numbers that states give people.
 *
 * - Chinese resident identity numbers: 6 digits of a region, the birth date, 3 digits, and a check digit (GB 11643-1999,
 *   which is ISO 7064 MOD 11-2); of the first generation 15 digits without one, which a word must introduce
 * - Hong Kong: one or two letters, 6 digits, a check digit in brackets (MOD 11); Macau: 7 digits and one in brackets
 * - Taiwan: a letter for the county, 9 digits of which the last checks (MOD 10)
 * - US social security numbers: no area 000, 666 or 9xx, no group 00, no serial 0000
 * - UK national insurance numbers: two letters, three pairs of digits, a letter from A to D (HMRC, NIM39110)
 * - passports and travel permits, which have no check digit outside their machine-readable zone: only where a word says so
 */
import type { Detector } from './kinds.ts';
import { matches, precededBy } from './matches.ts';

/** In one piece, or in groups with one blank or hyphen between. */
const RESIDENT = /(?<![\w-])[1-9](?:[ -]?\d){16}[ -]?[\dXx](?![\w-])/g;
const RESIDENT_WORD = String.raw`身份证(?:件)?|身分证|身份證|身分證|证件|證件|\bID (?:card|number|no)\b`;
const RESIDENT_15 = new RegExp(
  String.raw`(?:${RESIDENT_WORD})(?:号码?|號碼?|number|no\.?)?[\s:：是为]{0,4}(?<it>[1-9]\d{5}[ -]?\d{6}[ -]?\d{3})(?!\w)`,
  'dgi',
);
const HONG_KONG = /(?<![A-Za-z\d])[A-Z]{1,2} ?\d{6} ?\([\dA]\)/gi;
const HONG_KONG_PLAIN =
  /(?:\bHK ?ID\b|Hong Kong id\w*|香港身[份分][证證]|身[份分]證)[^\w(]{0,12}(?:(?:card|number|no\.?|is)\s?){0,3}[:：是为為]?\s{0,2}(?<it>[A-Z]{1,2}\d{6}[\dA])(?!\w)/dgi;
const MACAU =
  /(?:\bBIR\b|Maca[uo]\w{0,4} (?:resident |identity )?(?:id\w*|card)|澳[门門](?:居民)?身[份分][证證])[^\d]{0,12}(?<it>[1578]\/?\d{6}\/?(?: ?\(\d\)|\d))(?!\w)/dgi;
const TAIWAN = /(?<![A-Za-z\d])[A-Z][1289]\d{8}(?![\w-])/gi;
const TAIWAN_WORD =
  /身[份分][证證](?:字?[号號])?|统一(?:编|证)号|統一(?:編|證)號|居留[证證]|taiwan|\bnational id|\bARC\b|\bID (?:card|number|no)/i;
const SSN = /(?<![\w-])(\d{3})-(\d{2})-(\d{4})(?![\w-])/g;
const SSN_WORDED =
  /(?:\bSSN\b|\bsocial(?: security)?\b(?: (?:number|no\.?|num|#))?|\bITIN\b)[^\d\n]{0,20}(?<it>\d{3}([ .-]?)\d{2}\2\d{4})(?!\w|[-.]\d)/dgi;
const INSURANCE =
  /(?<![\w])(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]([ -]?)\d{2}\1\d{2}\1\d{2}\1[A-D](?![\w-])/gi;
const INSURANCE_WORDED =
  /(?:national insurance|\bNI(?:NO)?\b)(?: ?(?:number|no\.?|#))?(?: is)?[\s:：#]{0,3}(?<it>[A-Z]{2}([ -]?)\d{2}\2\d{2}\2\d{2}\2[A-D])(?![\w-])/dgi;
const INSURANCE_WORD = /national insurance|\bNI(?:NO)?\b|insurance n/i;
/** Numbers of other states and papers: what stands behind the whole of its name. */
const OTHER =
  /(?:\b(?:national|citizen|tax|personal) (?:id|identification|identity)(?: card)?|\bidentity card|\bdriv(?:er|ing)(?:['’]?s)? licen[cs]e|\bNHS|\baadhaa?r|\bNRIC|\bsocial insurance|\bmy number card|驾驶证|駕駛證|军官证|社保卡?)(?: ?(?:number|no\.?|num|#|号码?|號碼?))?(?: is| was)?[\s:：是为為#]{0,4}(?<it>(?=(?:[A-Z\d][ -]?){0,17}\d{3})[A-Z\d](?:[ -]?[A-Z\d]){6,17})(?![\w])/dg;
const PASSPORT =
  /(?:passport|travel document|护照|護照|通行[证證]|回[乡鄉][证證]|台胞[证證])(?:\s*(?:number|no\.?|num|号码?|號碼?|#))?\s*(?:is\s+|[:：是为為]\s*)?(?<it>[A-Z]{0,2}\d{6,10}|(?=[A-Z\d]{0,8}\d{2})[CFGHJK][CFGHJ-NPRTV-Z\d]{8})(?!\w)/dgi;

/** First two digits: provinces, Taiwan, Hong Kong, Macau, and residents from there (83) and abroad (91). */
const REGION = /^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91)/;
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

const weighted = (values: readonly number[], weights: readonly number[]): number =>
  weights.reduce((total, weight, i) => total + weight * values[i]!, 0);

function isDate(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** Whether the check character fits, and the region and birth date can be. */
export function isResidentId(text: string): boolean {
  if (!/^\d{17}[\dXx]$/.test(text) || !REGION.test(text)) return false;
  const [year, month, day] = [text.slice(6, 10), text.slice(10, 12), text.slice(12, 14)].map(Number);
  if (year! < 1850 || year! > 2100 || !isDate(year!, month!, day!)) return false;
  return '10X98765432'[weighted([...text].map(Number), WEIGHTS) % 11] === text[17]!.toUpperCase();
}

/** Of the first generation, until 1999: no check digit, and a year of two digits. */
export function isOldResidentId(text: string): boolean {
  if (!/^\d{15}$/.test(text) || !REGION.test(text)) return false;
  const [year, month, day] = [text.slice(6, 8), text.slice(8, 10), text.slice(10, 12)].map(Number);
  return isDate(1900 + year!, month!, day!);
}

/** `A123456(3)`, with brackets or without. */
export function isHongKongId(text: string): boolean {
  const parts = /^([A-Z]{1,2})(\d{6})\(?([\dA])\)?$/.exec(text.toUpperCase().replaceAll(' ', ''));
  if (!parts) return false;
  const [, letters, digits, check] = parts as unknown as [string, string, string, string];
  const values = [...letters.padStart(2)].map((c) => (c === ' ' ? 36 : Number.parseInt(c, 36)));
  const sum = weighted([...values, ...[...digits].map(Number)], [9, 8, 7, 6, 5, 4, 3, 2]);
  return Number.parseInt(check, 11) === (11 - (sum % 11)) % 11;
}

/** In the order of the numbers that the letters stand for, from 10. */
const TAIWAN_LETTERS = 'ABCDEFGHJKLMNPQRSTUVXYWZIO';

export function isTaiwanId(text: string): boolean {
  if (!/^[A-Z][1289]\d{8}$/i.test(text)) return false;
  const county = 10 + TAIWAN_LETTERS.indexOf(text[0]!.toUpperCase());
  const values = [Math.floor(county / 10), county % 10, ...[...text.slice(1)].map(Number)];
  return weighted(values, [1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1]) % 10 === 0;
}

export function isSsn(area: string, group: string, serial: string): boolean {
  return !/^(?:000|666|9)/.test(area) && group !== '00' && serial !== '0000';
}

const compact = (text: string): string => text.replace(/[ -]/g, '');

export const identityNumbers: Detector = {
  kind: 'id',
  *find(text) {
    if (!/\d{2}/.test(text)) return;
    yield* matches(text, RESIDENT, (match) => (isResidentId(compact(match)) ? 0.99 : 0));
    yield* matches(text, RESIDENT_15, (match) => (isOldResidentId(compact(match)) ? 0.95 : 0));
    yield* matches(text, HONG_KONG, (match) => (isHongKongId(match) ? 0.95 : 0));
    yield* matches(text, HONG_KONG_PLAIN, (match) => (isHongKongId(match) ? 0.95 : 0));
    yield* matches(text, MACAU, 0.9);
    yield* matches(text, TAIWAN, (match, { index }) =>
      isTaiwanId(match) && precededBy(text, index, TAIWAN_WORD) ? 0.96 : 0,
    );
    yield* matches(text, SSN, (_, { 1: area, 2: group, 3: serial, index }) => {
      if (!isSsn(area!, group!, serial!)) return 0;
      return precededBy(text, index, /ssn|social/i) ? 0.99 : 0.8;
    });
    yield* matches(text, SSN_WORDED, (match) => {
      const digits = match.replace(/\D/g, '');
      return isSsn(digits.slice(0, 3), digits.slice(3, 5), digits.slice(5)) ? 0.96 : 0;
    });
    yield* matches(text, INSURANCE_WORDED, 0.95);
    yield* matches(text, INSURANCE, (match, { 1: gap, index }) => {
      if (precededBy(text, index, INSURANCE_WORD)) return 0.95;
      // In one piece it may be some product's number.
      return gap !== '' && match === match.toUpperCase() ? 0.85 : 0;
    });
    yield* matches(text, OTHER, (match) => (/[a-z]/.test(match) ? 0 : 0.85));
  },
};

export const passports: Detector = {
  kind: 'passport',
  find: (text) => matches(text, PASSPORT, 0.9),
};
