/** What can be told of a text and its answer in numbers and categories: what monitoring watches. */
import { characterTokens, cleanText, languageOf } from '@gradus/data';
import type { Described } from '@gradus/loop';
import type { TextFeatures } from './sentiment/features.ts';
import type { Answer } from './service.ts';

/** @param features Null where the run learnt no sentiment, and so no vocabulary */
export function describer(
  features: TextFeatures | null,
): (texts: readonly string[], answers: readonly Answer[]) => Described[] {
  const known = new Set(features?.vocabulary.tokens);
  return (texts, answers) =>
    texts.map((raw, i): Described => {
      const text = cleanText(raw);
      const tokens = characterTokens(text);
      const unknown = tokens.filter((token) => !known.has(token)).length;
      const { sentiment, satisfied, themes } = answers[i]!;
      return {
        inputs: {
          characters: text.length,
          language: languageOf(text),
          'unknown words': features && tokens.length > 0 ? rounded(unknown / tokens.length) : null,
        },
        outputs: {
          sentiment,
          theme: themes[0]?.id ?? 'none',
          satisfied: satisfied === null ? null : rounded(satisfied),
        },
      };
    });
}

const rounded = (value: number): number => Math.round(1e4 * value) / 1e4;
