/**
 * Phone numbers: the patterns find candidates, and Google's tables of numbering plans (libphonenumber) say whether such
 * a number can have been given to anybody.
 */
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { Detector } from './kinds.ts';
import { digitsOf, matches, precededBy } from './matches.ts';

const MOBILE = /(?<![\w.])(?:(?:\+|00)?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![\w]|\.\d)/g;
/** With its area code: 010-62771234, (0571) 8765 4321. */
const LANDLINE = /(?<![\w.-])(?:\(0\d{2,3}\)|0\d{2,3}-|0\d{2,3} )\s?\d{3,4}[- ]?\d{4}(?![\w-])/g;
const INTERNATIONAL = /(?<![\w+])(?:\+|00(?=[1-9]))[\d][\d ().-]{6,20}\d(?!\w)/g;
const NORTH_AMERICAN = /(?<![\w.-])(?:1[-. ])?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?![\w-])/g;
/** The code of a country without the plus: 44 7700 900123, 852-9123-4567. */
const NO_PLUS =
  /(?<![\w.+-])(?:33[ -]\d(?:[ -]\d{2}){4}|(?:44|49|34|39|61|64|65|60|66|81|82|91|852|853|886)[ -]\(?\d{1,5}\)?(?:[ -]\d{3,8}){1,3})(?![\w-]|[ -]\d|\.\d)/g;

/**
 * As people write numbers within their country, in groups that are the country's own. Mobile numbers of some are written in one
 * piece too; a number of ten digits that begins with 0 is nobody's order.
 */
const NATIONAL: readonly (readonly [CountryCode, RegExp])[] = [
  [
    'GB',
    /(?<![\w.+-])\(?0(?:7\d{3}\)?[ -]\d{3}[ -]?\d{3}|7\d{9}|\d{4}\)?[ -]\d{5,6}|\d{3}\)?[ -]\d{3}[ -]\d{4}|2\d\)?[ -]\d{4}[ -]?\d{4})(?![\w-]|\.\d)/g,
  ],
  [
    'TW',
    /(?<![\w.+-])(?:09\d{2}[ -]\d{3}[ -]\d{3}|09\d{2}[ -]?\d{6}|\(?0[2-8]\)?[ -]\d{3,4}[ -]\d{4})(?![\w-]|\.\d)/g,
  ],
  ['JP', /(?<![\w.+-])(?:0[789]0-?\d{4}-?\d{4}|0\d-\d{4}-\d{4}|0\d{2}-\d{3}-\d{4})(?![\w-]|\.\d)/g],
  ['KR', /(?<![\w.+-])(?:01[016-9]-?\d{3,4}-?\d{4}|0\d{1,2}-\d{3,4}-\d{4})(?![\w-]|\.\d)/g],
  ['FR', /(?<![\w.+-])0[1-9](?:(?: \d{2}){4}|(?:\.\d{2}){4}|(?:-\d{2}){4})(?![\w-]|\.\d)/g],
  [
    'DE',
    /(?<![\w.+-])(?:01[567]\d{1,2}[ /-]{1,3}\d{6,8}|0[2-9]\d{1,3}\/ ?\d{5,8}|\(0[2-9]\d{1,3}\) ?\d{5,8})(?![\w-]|\.\d)/g,
  ],
  ['AU', /(?<![\w.+-])(?:04\d{2} \d{3} \d{3}|\(0[2378]\) ?\d{4} \d{4})(?![\w-]|\.\d)/g],
  ['BR', /(?<![\w.+-])\(\d{2}\) ?9?\d{4}-\d{4}(?![\w-]|\.\d)/g],
  ['IT', /(?<![\w.+-])3[1-9]\d \d{3} \d{4}(?![\w-]|\.\d)/g],
];
/** Numbers that are written like these: books', which have ten digits too, and what has a number of its own. */
const OTHERS = /isbn|order|invoice|订单|单号|編號|编号|货号|型号|sku|serial|tracking|运单/i;

/** Behind a word that says so any grouping goes. */
const INTRODUCED =
  /(?:\b(?:(?:tele)?phone|tel|mobile|cell|call(?: me)?|ring(?: me)?|text(?: me)?|whatsapp|viber|telegram|fax|sms|reach me|my number)\b(?: (?:number|no\.?|me|us|is|at|on)){0,3}|电话|電話|手机|手機|联系方式|聯絡方式|致电|来电|拨打|打给我)(?:号码?|號碼?)?[\s:：是为為]{0,3}(?<it>\+?\(?\d[\d ().-]{5,18}\d)(?!\w)/dgi;

const CONTEXT = /phone|\btel\b|mobile|call|电话|電話|手机|手機|联系|聯絡|致电/i;

/** Numbers kept for films and manuals (Ofcom; NANPA), which people's texts stand for people's numbers with. */
const FICTION = /^\+(?:447700900\d{3}|441632960\d{3}|1\d{3}55501\d\d)$/;

/** Numbers that anybody may call for nothing are nobody's own. */
function possible(text: string, country?: CountryCode): boolean {
  const number = parsePhoneNumberFromString(text, country);
  if (!number) return false;
  return FICTION.test(number.number) || (number.isValid() && number.getType() !== 'TOLL_FREE');
}

/** Whether digits without a mark between them are a mobile number of mainland China, with its country's code or without. */
export const isMobile = (digits: string): boolean =>
  /^(?:(?:00)?86)?1[3-9]\d{9}$/.test(digits) && possible(digits.slice(-11), 'CN');

export const phones: Detector = {
  kind: 'phone',
  *find(text) {
    if (!/\d(?:\D{0,2}\d){6}/.test(text)) return;
    yield* matches(text, MOBILE, (match) => (possible(match.replace(/^00/, '+'), 'CN') ? 0.95 : 0));
    yield* matches(text, LANDLINE, (match) => (possible(match, 'CN') ? 0.9 : 0));
    yield* matches(text, INTERNATIONAL, (match) => (possible(match.replace(/^00/, '+')) ? 0.95 : 0));
    yield* matches(text, NORTH_AMERICAN, (match, { index }) =>
      possible(match, 'US') ? (precededBy(text, index, CONTEXT) ? 0.95 : 0.8) : 0,
    );
    for (const [country, pattern] of NATIONAL) {
      yield* matches(text, pattern, (match, { index }) =>
        possible(match, country) && !precededBy(text, index, OTHERS) ? 0.75 : 0,
      );
    }
    yield* matches(text, NO_PLUS, (match, { index }) =>
      digitsOf(match).length >= 10 && possible(`+${match}`) && !precededBy(text, index, OTHERS) ? 0.7 : 0,
    );
    yield* matches(text, INTRODUCED, (match) => {
      const { length } = digitsOf(match);
      // A date or 400-hotline behind "call" is nobody's number.
      return length >= 7 &&
        length <= 15 &&
        !/^(?:\+?1[ -]?)?(?:[48]00|888|877|866|855|844|833)[ -]|^(?:[48]00|\d{4}-\d\d-\d\d$)/.test(match)
        ? 0.85
        : 0;
    });
  },
};
