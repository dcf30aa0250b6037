/** Numbers of bank cards: 13 to 19 digits under an issuer's prefix, with Luhn's check digit (ISO/IEC 7812-1). */
import type { Detector } from './kinds.ts';
import { digitsOf, matches, precededBy } from './matches.ts';

const CANDIDATE = /(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-]|\.\d)/g;
/** Visa; Mastercard; American Express; JCB, Diners; Discover, UnionPay, Maestro. */
const ISSUER = /^(?:4|5[1-5]|2[2-7]|3[47]|35|30|36|38|6[0-9])/;
const GROUPED = /^\d{4}(?:[ -]\d{4}){2,3}(?:[ -]\d{1,4})?$|^\d{4}[ -]\d{6}[ -]\d{5}$/;
const CONTEXT = /card|visa|master|amex|credit|debit|账号|账户|卡/i;

export function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    sum += i % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0);
  }
  return sum % 10 === 0;
}

/** Whether the digits can be a card's. */
export const isCard = (digits: string): boolean =>
  /^\d{13,19}$/.test(digits) && ISSUER.test(digits) && isLuhn(digits) && !/^(\d)\1+$/.test(digits);

export const cards: Detector = {
  kind: 'card',
  *find(text) {
    if (!/\d(?:[ -]?\d){12}/.test(text)) return;
    yield* matches(text, CANDIDATE, (match, { index }) => {
      if (!isCard(digitsOf(match))) return 0;
      // One in ten numbers passes by chance: a word or the grouping makes it sure.
      if (precededBy(text, index, CONTEXT) || GROUPED.test(match)) return 0.97;
      // Blanks anywhere are those of a list of numbers.
      return /^\d+$/.test(match) ? 0.7 : 0;
    });
  },
};
