/** Rows that come again, and texts that say the same. */
import { findDuplicates } from '../duplicates.ts';
import { redactText } from '../personal/redact.ts';
import { cleanText } from '../text/clean.ts';
import type { Duplicates } from './document.ts';

/** Texts that are compared with each other. */
const MOST_TEXTS = 5000;
const EXAMPLES = 3;

export function duplicateRows(rows: readonly (readonly string[])[]): Duplicates {
  const seen = new Set<string>();
  for (const row of rows) seen.add(row.join('\u0000'));
  const count = rows.length - seen.size;
  return { rows: count, share: count / Math.max(1, rows.length), exact: true };
}

/** @param texts Those that are missing are `''`. */
export function duplicateTexts(column: string, texts: readonly string[]): Duplicates['texts'] {
  const filled = texts.filter((text) => text !== '');
  const step = Math.max(1, Math.ceil(filled.length / MOST_TEXTS));
  const compared = filled.filter((_, i) => i % step === 0).map((text) => cleanText(text.slice(0, 2000)));
  if (compared.length === 0) return undefined;
  const like = findDuplicates(compared);
  const again = Array.from(like.keys()).filter((i) => like[i] !== i);
  const examples = [...new Set(again.map((i) => compared[like[i]!]!))].slice(0, EXAMPLES).map(redactText);
  return {
    column,
    count: again.length,
    compared: compared.length,
    share: again.length / compared.length,
    examples,
  };
}
