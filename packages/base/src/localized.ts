/** Text that people read exists in both languages. */
export interface Localized {
  readonly en: string;
  readonly zh: string;
}

export type Language = keyof Localized;
export const LANGUAGES: readonly Language[] = ['en', 'zh'];
