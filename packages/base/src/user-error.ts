import type { Localized } from './localized.ts';

/**
 * What the user gave cannot be worked with. The text names the cause (file, row, column or field), what was expected and
 * the way out; programs print it in the user's language, without a stack trace. `message` is the English text.
 */
export class UserError extends Error {
  override name = 'UserError';
  readonly localized: Localized;

  /** @param text In both languages; a plain string reads the same in both. */
  constructor(text: string | Localized, options?: ErrorOptions) {
    const localized = typeof text === 'string' ? { en: text, zh: text } : text;
    super(localized.en, options);
    this.localized = localized;
  }
}
