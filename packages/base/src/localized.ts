/** Text that people read exists in both languages. */
export interface Localized {
  readonly en: string;
  readonly zh: string;
}

export const isLocalized = (value: unknown): value is Localized =>
  typeof value === 'object' &&
  value !== null &&
  'en' in value &&
  'zh' in value &&
  typeof value.en === 'string' &&
  typeof value.zh === 'string';

/** Sentences one after another; Chinese needs no space between them. */
export const joined = (sentences: readonly Localized[]): Localized => ({
  en: sentences.map(({ en }) => en).join(' '),
  zh: sentences.map(({ zh }) => zh).join(''),
});

export type Language = keyof Localized;
export const LANGUAGES: readonly Language[] = ['en', 'zh'];
