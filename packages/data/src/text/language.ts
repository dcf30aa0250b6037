/**
 * The language of a text: by its script, and among languages of Latin script by its function words (as Ingle, "A language
 * identification table", 1976, tells them). Enough to choose a segmenter and stop words; a text too short to tell counts as English.
 */
import type { Localized } from '@gradus/base';
import { FUNCTION_WORD_SETS, type WordLanguage } from './function-words.ts';

/** `hi-Latn`: Hindi and Urdu in Latin letters. `other`: none of these. */
export type TextLanguage = 'zh' | WordLanguage | 'other';

export const LANGUAGE_NAMES: Readonly<Record<TextLanguage, Localized>> = {
  zh: { en: 'Chinese', zh: '中文' },
  en: { en: 'English', zh: '英文' },
  es: { en: 'Spanish', zh: '西班牙文' },
  fr: { en: 'French', zh: '法文' },
  de: { en: 'German', zh: '德文' },
  pt: { en: 'Portuguese', zh: '葡萄牙文' },
  it: { en: 'Italian', zh: '意大利文' },
  nl: { en: 'Dutch', zh: '荷兰文' },
  sv: { en: 'Swedish', zh: '瑞典文' },
  pl: { en: 'Polish', zh: '波兰文' },
  tr: { en: 'Turkish', zh: '土耳其文' },
  id: { en: 'Indonesian', zh: '印尼文' },
  vi: { en: 'Vietnamese', zh: '越南文' },
  'hi-Latn': { en: 'Hindi in Latin letters', zh: '拉丁字母印地文' },
  ru: { en: 'Russian', zh: '俄文' },
  ar: { en: 'Arabic', zh: '阿拉伯文' },
  ja: { en: 'Japanese', zh: '日文' },
  ko: { en: 'Korean', zh: '韩文' },
  other: { en: 'other languages', zh: '其他语言' },
};

const LATIN: readonly WordLanguage[] = [
  'en',
  'es',
  'fr',
  'de',
  'pt',
  'it',
  'nl',
  'sv',
  'pl',
  'tr',
  'id',
  'vi',
  'hi-Latn',
];

/** Words looked at. */
const MOST_WORDS = 200;
/** One function word tells nothing unless it is this part of the text. */
const ONE_OF = 1 / 3;
/** So many words without a function word of any known language, and with letters that English has not: another language. */
const UNKNOWN_FROM = 4;

const shareOf = (text: string, script: RegExp): number => text.match(script)?.length ?? 0;

/** Chinese where Han characters are a good part of the letters (one carries as much as several Latin letters). */
export function languageOf(text: string): TextLanguage {
  const han = shareOf(text, /\p{Script=Han}/gu);
  const latin = shareOf(text, /\p{Script=Latin}/gu);
  const letters = shareOf(text, /\p{L}/gu);
  // Kana or Hangul beside Han: Japanese or Korean.
  const kana = shareOf(text, /[\p{Script=Hiragana}\p{Script=Katakana}]/gu);
  if (kana > 0 && (kana + han) * 3 >= latin) return 'ja';
  if (shareOf(text, /\p{Script=Hangul}/gu) * 3 > latin) return 'ko';
  if (han > 0 && han * 3 >= latin) return 'zh';
  if (latin > 0 && latin * 2 >= letters) return latinLanguage(text);
  // Ukrainian, Bulgarian and Serbian, Persian and Urdu have letters of their own.
  if (shareOf(text, /\p{Script=Cyrillic}/gu) * 2 >= letters && letters > 0)
    return /[іїєґўђјљњћџ]/iu.test(text) ? 'other' : 'ru';
  if (shareOf(text, /\p{Script=Arabic}/gu) * 2 >= letters && letters > 0)
    return /[پچژگٹڈےہ]/u.test(text) ? 'other' : 'ar';
  return 'other';
}

function latinLanguage(text: string): TextLanguage {
  const words = (
    text
      .toLowerCase()
      .replaceAll('’', "'")
      .match(/[\p{L}\p{M}]+(?:'[\p{L}\p{M}]+)*/gu) ?? []
  ).slice(0, MOST_WORDS);
  const hits = LATIN.map((language) => ({
    language,
    n: words.reduce((sum, word) => sum + Number(FUNCTION_WORD_SETS[language].has(word)), 0),
  }));
  const english = hits[0]!.n;
  const best = hits.reduce((one, other) => (other.n > one.n ? other : one));
  if (best.n > english && (best.n > 1 || best.n >= ONE_OF * words.length)) return best.language;
  const foreign =
    english === 0 && words.length >= UNKNOWN_FROM && /[^\p{ASCII}’]/u.test(text.match(/\p{L}+/gu)!.join(''));
  return foreign ? 'other' : 'en';
}
