/** The language of a text by its script: enough to choose a word segmenter. */
export type TextLanguage = 'zh' | 'en' | 'other';

/** Chinese where Han characters are a good part of the letters (one carries as much as several Latin letters). */
export function languageOf(text: string): TextLanguage {
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  const latin = text.match(/\p{Script=Latin}/gu)?.length ?? 0;
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  // Kana or Hangul beside Han: Japanese or Korean.
  if (/[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(text)) return 'other';
  if (han > 0 && han * 3 >= latin) return 'zh';
  return latin > 0 && latin * 2 >= letters ? 'en' : 'other';
}
