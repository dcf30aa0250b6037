/** Sentiment as a text classifier of two classes, dissatisfied and satisfied. */
import type { Localized } from '@gradus/base';
import { type Graph, input, type Tensor } from '@gradus/engine';
import {
  linearLogits,
  logitsWithVectors,
  type RowWords,
  type TextModel,
  textLogits,
  type VectorModel,
} from '@gradus/tasks';

/** By index, as labels have it. */
export const SENTIMENTS = ['dissatisfied', 'satisfied'] as const;

export const SENTIMENT_NAMES: readonly Localized[] = [
  { en: 'dissatisfied', zh: '不满意' },
  { en: 'satisfied', zh: '满意' },
];

/** What rows are called where models are judged and compared. */
export const REVIEW_WORDS: RowWords = {
  rows: { en: 'reviews', zh: '评价' },
  newest: { en: 'texts', zh: '文本' },
  counter: '条',
};

/**
 * (tokens, terms, weights) -> probability of being satisfied, float32 [batch]; and what the words of the text say if it is a clause.
 *
 * @param evidence By term, and by dimension of an encoder's vectors of the clause
 * @param encoder What is made of an encoder's vectors: these are an input too, where either needs them
 */
export function sentimentGraph(
  model: TextModel,
  evidence?: { readonly terms: Float32Array; readonly vectors?: Float32Array | undefined },
  encoder?: VectorModel | null,
): Graph<Tensor> {
  const { inputs, logits } = textLogits(model);
  const { terms, weights } = inputs;
  const dimensions = (encoder?.weights ?? evidence?.vectors)?.length;
  const vectors = dimensions === undefined ? undefined : input('vectors', ['batch', dimensions]);
  const ofTerms =
    evidence && linearLogits({ weights: evidence.terms, bias: [0] }, terms!, weights!, 'evidence');
  return {
    name: 'sentiment',
    inputs: vectors ? { ...inputs, vectors } : inputs,
    outputs: {
      satisfied: (encoder ? logitsWithVectors(encoder, logits, vectors!) : logits).sigmoid(),
      ...(evidence && {
        evidence: evidence.vectors
          ? logitsWithVectors({ ofTerms: 1, weights: evidence.vectors, bias: 0 }, ofTerms!, vectors!)
          : ofTerms!,
      }),
    },
  };
}
