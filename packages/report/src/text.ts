/** Text that stands in a report: the same in both languages, or one text for each. */
import type { Language } from '@gradus/base';
import { z } from 'zod';

export const localized = z.object({ en: z.string(), zh: z.string() }).readonly();

export const text = z.union([z.string(), localized]);
export type Text = z.infer<typeof text>;

/** NUL is no character of HTML, which shows a replacement in its place, and ECharts keeps it for names of its own. */
export const inLanguage = (text: Text, language: Language): string =>
  (typeof text === 'string' ? text : text[language]).replaceAll('\0', '\ufffd');

/** At most `width` characters wide. A Han character is as wide as two others. */
export function shortened(text: string, width: number): string {
  let used = 0;
  for (const [i, character] of [...text].entries()) {
    used += /[\u1100-\uffe6]/.test(character) ? 2 : 1;
    if (used > width) return `${[...text].slice(0, i).join('')}…`;
  }
  return text;
}
