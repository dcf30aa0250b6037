/** The language of an answer: what Accept-Language prefers of those that there are (RFC 9110, 12.5.4). Default English. */
import type { Language } from '@gradus/base';
import type { Context } from 'hono';

/** The language that whoever asks prefers. */
export const preferredLanguage = (context: Context): Language =>
  languageOf(context.req.header('accept-language'));

export function languageOf(header: string | undefined): Language {
  if (header === undefined || header === '') return 'en';
  let best: Language = 'en';
  let weight = 0;
  for (const part of header.split(',')) {
    const [, tag, , quality = '1'] = /^\s*([a-z]+|\*)(-[\w-]+)?\s*(?:;\s*q=([\d.]+))?\s*$/i.exec(part) ?? [];
    const language = tag?.toLowerCase();
    if ((language === 'zh' || language === 'en') && Number(quality) > weight) {
      best = language;
      weight = Number(quality);
    }
  }
  return best;
}
