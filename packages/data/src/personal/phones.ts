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
const NORTH_AMERICAN = /(?<![\w.-])(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?![\w-])/g;
/** Behind a word that says so any grouping goes. */
const INTRODUCED =
  /(?:\b(?:phone|tel(?:ephone)?|mobile|cell|call(?: me)?|whatsapp|fax)\b(?: (?:number|no\.?|me|us|is|at|on)){0,3}|电话|手机|联系方式|致电|来电)(?:号码?)?[\s:：是为]{0,3}(?<it>\(?\d[\d ().-]{5,18}\d)(?!\w)/dgi;

const CONTEXT = /phone|\btel\b|mobile|call|电话|手机|联系|致电/i;

const possible = (text: string, country?: CountryCode): boolean =>
  parsePhoneNumberFromString(text, country)?.isValid() ?? false;

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
    yield* matches(text, INTRODUCED, (match) => {
      const { length } = digitsOf(match);
      // A date or 400-hotline behind "call" is nobody's number.
      return length >= 7 && length <= 15 && !/^(?:[48]00|\d{4}-\d\d-\d\d$)/.test(match) ? 0.85 : 0;
    });
  },
};
