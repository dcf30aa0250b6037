/** Sentiment as a text classifier of two classes, dissatisfied and satisfied. */
import type { Graph, Tensor } from '@gradus/engine';
import { type TextModel, textLogits } from '@gradus/tasks';

/** By index, as labels have it. */
export const SENTIMENTS = ['dissatisfied', 'satisfied'] as const;

/** (tokens, terms, weights) -> probability of being satisfied, float32 [batch]. */
export function sentimentGraph(model: TextModel): Graph<Tensor> {
  const { inputs, logits } = textLogits(model);
  return { name: 'sentiment', inputs, outputs: { satisfied: logits.sigmoid() } };
}
