/** A complaint of a Zod schema in both languages. A refinement gives its Chinese sentence as `params: { zh: '…' }`. */
import type { Localized } from '@gradus/base';
import { z } from 'zod';

const { localeError: chinese } = z.locales.zhCN();

/** @param issue Of a parse with `reportInput: true`, without which the Chinese text could not name what was received. */
export function issueText(issue: z.core.$ZodIssue): Localized {
  const { message: en } = issue;
  if (issue.code === 'custom') return { en, zh: typeof issue.params?.zh === 'string' ? issue.params.zh : en };
  // Issues of a finished parse have what the locale reads of unfinished ones.
  const text = chinese(issue as z.core.$ZodRawIssue);
  return { en, zh: (typeof text === 'string' ? text : text?.message) ?? en };
}
