/** A text and its answer as numbers and categories: what monitoring watches. */
import type { Described } from '@gradus/loop';
import { rounded, type TextFeatures, textDescriber } from '@gradus/tasks';
import type { Answer } from './answer.ts';

/** @param features Null where the run learnt no sentiment, and so no vocabulary */
export function describer(
  features: TextFeatures | null,
): (texts: readonly string[], answers: readonly Answer[]) => Described[] {
  const describeText = textDescriber(features);
  return (texts, answers) =>
    texts.map((text, i): Described => {
      const { sentiment, satisfied, themes } = answers[i]!;
      return {
        inputs: describeText(text),
        outputs: {
          sentiment,
          theme: themes[0]?.id ?? 'none',
          satisfied: satisfied === null ? null : rounded(satisfied),
        },
      };
    });
}
