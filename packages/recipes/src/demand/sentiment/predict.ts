import { predict } from '@gradus/nn';
import { TextDataset, termMatrix } from './features.ts';
import { type SentimentModel, sentimentGraph } from './model.ts';

/** The probability that each text is satisfied. */
export async function predictSentiment(
  model: SentimentModel,
  texts: readonly string[],
  signal?: AbortSignal,
): Promise<Float32Array> {
  if (texts.length === 0) return new Float32Array(0);
  const { features } = model;
  const dataset = new TextDataset(features, texts, undefined, termMatrix(features, texts));
  const outputs = await predict(sentimentGraph(model), dataset, { ...(signal && { signal }) });
  return outputs.satisfied!;
}
