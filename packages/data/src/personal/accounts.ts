/** Accounts of WeChat, QQ and banks, number plates, and birth dates: known by the word beside them, or a shape of their own. */
import { findCryptoAddresses } from './crypto-addresses.ts';
import { findIbans } from './iban.ts';
import type { Detector } from './kinds.ts';
import { matches } from './matches.ts';

const WECHAT =
  /(?:微信|weixin|wechat|(?<![a-z])(?:wx|vx)(?![a-z])|威信|薇信)(?<label>\s*(?:号码?|id|账号)?\s*[:：是为]?\s*)(?<it>[a-z][\w-]{5,19})(?!\w)/dgi;
const QQ = /(?<![a-z])qq\s*(?:号码?|群)?\s*[:：是为]?\s*(?<it>[1-9]\d{4,10})(?!\w)/dgi;

/** A bank's own code (ISO 9362), where a word says so. */
const BIC =
  /\b(?:bic|swift)(?:[ /-]?(?:code|bic|swift))?(?:\s?(?:is|码|代码|是|为))?[\s:：#]{0,3}(?<it>[A-Z]{6}[A-Z\d]{2}(?:[A-Z\d]{3})?)(?!\w)/dgi;
/** Numbers at one bank, where a word says so. */
const BANK =
  /(?:\b(?:bank )?(?:account|acct|a\/c)\s?(?:number|no\.?|num|#)|\bsort code|\brouting (?:number|no\.?)|银行账[号户]|对公账[号户]|收款账[号户])(?:\s?(?:is|was|是|为))?[\s:：#]{0,3}(?<it>\d(?:[ -]?\d){5,18})(?![\w-])/dgi;

/** 京A·12345; eight characters where the car is electric (GA 36-2018). */
const PLATE =
  /[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·•\s]?(?:[A-HJ-NP-Z\d]{4}[A-HJ-NP-Z\d挂学警港澳]|[DF][A-HJ-NP-Z\d]\d{4}|\d{5}[DF])(?!\w)/g;
/** Of other countries, behind a word: AB12 CDE, 7ABC123, B-MW 1234. */
const WORDED_PLATE =
  /\b(?:(?:licen[cs]e|number|registration|reg|car) ?plate|plate (?:number|no\.?)|registration (?:number|no\.?|mark)|vehicle reg(?:istration)?|rego|number plates?|车牌号?)(?:\s?(?:is|was|number|no\.?|是|为))?[\s:：#]{0,3}(?<it>(?=[A-Z\d -]{0,9}\d)(?=[A-Z\d -]{0,9}[A-Z])[A-Z\d]{1,4}(?:[ -]?[A-Z\d]{1,4}){1,2})(?![\w])/dg;

const DATE = String.raw`(?:\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?日?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|(?:19|20)\d{6}|(?:\d{1,2}(?:st|nd|rd|th)?\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\s+(?:\d{1,2}(?:st|nd|rd|th)?,?\s+)?\d{4})`;
const BORN = new RegExp(
  String.raw`(?:\b(?:born|birth(?:day|date)?|date of birth|d\.?o\.?b\.?)(?: (?:on|is|was))?|生日|出生(?:日期|年月日?|于)?|生于)[\s:：是为在]{0,4}(?<it>${DATE})`,
  'dgi',
);
const DATE_THEN_BORN = new RegExp(String.raw`(?<it>${DATE})\s?(?:出生|生人)`, 'dgi');

export const accounts: Detector = {
  kind: 'account',
  *find(text) {
    yield* matches(text, WECHAT, (match, { groups }) =>
      // "wechat payment" is no account: without a word or colon between, it needs a digit or an underscore.
      /号|id|账|[:：]/i.test(groups!.label!) || /[\d_]/.test(match) ? 0.9 : 0,
    );
    yield* matches(text, QQ, 0.9);
    for (const place of findIbans(text)) yield { ...place, confidence: 0.99 };
    for (const place of findCryptoAddresses(text)) yield { ...place, confidence: 0.97 };
    yield* matches(text, BIC, (match) => (match === match.toUpperCase() ? 0.85 : 0));
    yield* matches(text, BANK, 0.85);
  },
};

export const plates: Detector = {
  kind: 'plate',
  *find(text) {
    yield* matches(text, PLATE, (match) => (/\d/.test(match) ? 0.9 : 0));
    yield* matches(text, WORDED_PLATE, 0.85);
  },
};

export const birthDates: Detector = {
  kind: 'birth date',
  *find(text) {
    yield* matches(text, BORN, 0.9);
    yield* matches(text, DATE_THEN_BORN, 0.9);
  },
};
