/**
 * What a Zod schema has against a value, in both languages. Zod renders its English message when it parses; the Chinese one
 * is rendered here from the same issue (Zod's own locale zhCN). A check of ours says both itself: `bothLanguages`.
 *
 * Apart from the package's main entry, which browsers load: this one needs Zod at run time.
 */
import { z } from 'zod';
import type { Localized } from './localized.ts';

/** So many complaints are repeated; the rest follow from them, or come again when these are mended. */
const MOST_ISSUES = 3;

/** Zod's complaints in one line, each with its field in front. */
export function reasonOf(error: z.ZodError): Localized {
  const issues = error.issues.slice(0, MOST_ISSUES);
  return {
    en: issues.map((issue) => withPath(issue, issue.message, ': ')).join('; '),
    zh: issues.map((issue) => withPath(issue, chinese(issue), '：')).join('；'),
  };
}

/** The parameters of a check whose message exists in both languages: `z.string().refine(isWhole, bothLanguages({ en, zh }))`. */
export const bothLanguages = ({ en, zh }: Localized): { error: string; params: { zh: string } } => ({
  error: en,
  params: { zh },
});

const withPath = ({ path }: z.core.$ZodIssue, message: string, colon: string): string =>
  path.length > 0 ? `${path.join('.')}${colon}${message}` : message;

const { localeError } = z.locales.zhCN();

const TYPES: Readonly<Record<string, string>> = {
  string: '文本',
  number: '数字',
  int: '整数',
  boolean: '布尔值（true 或 false）',
  array: '列表',
  object: '对象',
  record: '对象',
  null: '空值',
};

function chinese(issue: z.core.$ZodIssue): string {
  // What was received is not kept in an issue, so Zod's own sentence would name the wrong type.
  if (issue.code === 'invalid_type') return `无效输入：应为${TYPES[issue.expected] ?? issue.expected}`;
  if (issue.code === 'custom') return String(issue.params?.zh ?? issue.message);
  const said = localeError({ ...issue, input: undefined });
  return (typeof said === 'string' ? said : said?.message) ?? issue.message;
}
