/** A text as numbers and categories: what monitoring watches of requests. */
import { characterTokens, cleanText, languageOf } from '@gradus/data';
import type { Features } from '@gradus/loop';
import { rounded } from '../shared/rounded.ts';
import type { TextFeatures } from './features.ts';

/** @param features Null where there is no vocabulary to know words by */
export function textDescriber(features: TextFeatures | null): (text: string) => Features {
  const known = new Set(features?.vocabulary.tokens);
  return (raw) => {
    const text = cleanText(raw);
    const tokens = characterTokens(text);
    const unknown = tokens.filter((token) => !known.has(token)).length;
    return {
      characters: text.length,
      language: languageOf(text),
      'unknown words': features && tokens.length > 0 ? rounded(unknown / tokens.length) : null,
    };
  };
}
