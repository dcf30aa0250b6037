/**
 * A file of questions and requests holds no reviews: what is said of reviews elsewhere is said of texts there. What stands in both languages alike, between quotation marks
 * or in a string of its own (quotes, names of files) is the file's, and stays.
 */
import type { Localized } from '@gradus/base';
import { warningText } from '../analysis/warning-words.ts';

/** By which such a file is known; "if these are reviews" stays in it. */
const ASKING = [true, false].map((isWhole) => warningText({ id: 'asks', data: { isWhole } }));

const NOUNS: Readonly<Record<keyof Localized, readonly (readonly [RegExp, string])[]>> = {
  en: [
    [/\breview texts?\b/gu, 'text'],
    [/\breview(s?)\b/gu, 'text$1'],
    [/\bReview(s?)\b/gu, 'Text$1'],
  ],
  zh: [
    [/评价文本/gu, '文本'],
    [/评价/gu, '文本'],
  ],
};
const QUOTED = /(“[^”]*”)/u;

/**
 * @param said Plain data with localized texts in it
 * @param warnings Of the analysis: whether it is of such a file
 * @param names Of the file and its themes: words of its own, which may be "review"
 */
export function ofTexts<Said>(said: Said, warnings: readonly Localized[], names: readonly string[]): Said {
  if (!warnings.some(({ en }) => ASKING.some((asking) => asking.en === en))) return said;
  const kept = [...ASKING.flatMap(({ en, zh }) => [en, zh]), ...names].sort((a, b) => b.length - a.length);
  return renamed(said, kept) as Said;
}

function renamed(value: unknown, kept: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((one) => renamed(one, kept));
  if (typeof value !== 'object' || value === null) return value;
  if (isLocalized(value))
    return value.en === value.zh
      ? value
      : { en: inText(value.en, 'en', kept), zh: inText(value.zh, 'zh', kept) };
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, renamed(one, kept)]));
}

const isLocalized = (value: object): value is Localized =>
  'en' in value && 'zh' in value && typeof value.en === 'string' && typeof value.zh === 'string';

function inText(text: string, language: keyof Localized, kept: readonly string[]): string {
  const own = kept.find((name) => name !== '' && text.includes(name));
  if (own !== undefined)
    return text
      .split(own)
      .map((part) => inText(part, language, kept))
      .join(own);
  return text
    .split(QUOTED)
    .map((part, i) =>
      i % 2 === 1 ? part : NOUNS[language].reduce((all, [noun, by]) => all.replaceAll(noun, by), part),
    )
    .join('');
}
