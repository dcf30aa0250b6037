import { predict } from '@gradus/nn';
import { TextDataset, termMatrix } from './features.ts';
import { type SentimentModel, sentimentGraph } from './model.ts';

/** The probability that each text is satisfied. */
export async function predictSentiment(
  model: SentimentModel,
  texts: readonly string[],
  signal?: AbortSignal,
): Promise<Float32Array> {
  // People say the same short things again and again: each is read once.
  const unique = [...new Set(texts)];
  if (unique.length === 0) return new Float32Array(0);
  const { features } = model;
  const dataset = new TextDataset(features, unique, undefined, termMatrix(features, unique));
  const { satisfied } = await predict(sentimentGraph(model), dataset, { ...(signal && { signal }) });
  const place = new Map(unique.map((text, i) => [text, i]));
  return Float32Array.from(texts, (text) => satisfied![place.get(text)!]!);
}
