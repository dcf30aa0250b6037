/** Accounts of WeChat and QQ, number plates, and birth dates: known by the word beside them, or a shape of their own. */
import type { Detector } from './kinds.ts';
import { matches } from './matches.ts';

const WECHAT =
  /(?:微信|weixin|wechat|(?<![a-z])(?:wx|vx)(?![a-z])|威信|薇信)(?<label>\s*(?:号码?|id|账号)?\s*[:：是为]?\s*)(?<it>[a-z][\w-]{5,19})(?!\w)/dgi;
const QQ = /(?<![a-z])qq\s*(?:号码?|群)?\s*[:：是为]?\s*(?<it>[1-9]\d{4,10})(?!\w)/dgi;

/** 京A·12345; eight characters where the car is electric (GA 36-2018). */
const PLATE =
  /[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·•\s]?(?:[A-HJ-NP-Z\d]{4}[A-HJ-NP-Z\d挂学警港澳]|[DF][A-HJ-NP-Z\d]\d{4}|\d{5}[DF])(?!\w)/g;

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
  },
};

export const plates: Detector = {
  kind: 'plate',
  find: (text) => matches(text, PLATE, (match) => (/\d/.test(match) ? 0.9 : 0)),
};

export const birthDates: Detector = {
  kind: 'birth date',
  *find(text) {
    yield* matches(text, BORN, 0.9);
    yield* matches(text, DATE_THEN_BORN, 0.9);
  },
};
