/**
 * Redacts personal data in text: each occurrence is replaced by a tag of its kind, `[PHONE]` or
 * `[电话]`, or by a pseudonym (`pseudonyms`). What no detector finds stays: a text redacted this way holds less personal
 * data, and none is not promised.
 */
import { languageOf } from '../text/language.ts';
import { findPersonal, type PersonalOptions } from './detect.ts';
import { KIND_NAMES, type PersonalKind } from './kinds.ts';

/** The replacement of an occurrence. */
export type Replace = (kind: PersonalKind, value: string, text: string) => string;

/** A tag in the language of the text around it. */
export const tag: Replace = (kind, _, text) =>
  `[${languageOf(text) === 'zh' ? KIND_NAMES[kind].zh : KIND_NAMES[kind].en.replace(' ', '_').toUpperCase()}]`;

export interface RedactOptions extends PersonalOptions {
  /** Default `tag`. */
  readonly replace?: Replace;
}

/** The text with tags in the place of personal data. Never throws, whatever the text. */
export const redactText = (text: string): string => redact(text);

export function redact(text: string, { replace = tag, ...options }: RedactOptions = {}): string {
  const spans = findPersonal(text, options);
  if (spans.length === 0) return text;
  const parts: string[] = [];
  let from = 0;
  for (const { kind, start, end } of spans) {
    parts.push(text.slice(from, start), replace(kind, text.slice(start, end), text));
    from = end;
  }
  return parts.join('') + text.slice(from);
}
