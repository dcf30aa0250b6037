/** Probabilities of many texts by a model that is in memory. */
import { predict } from '@gradus/nn';
import { TextDataset, termMatrix } from './features.ts';
import { type TextModel, textGraph } from './model.ts';

/** The probability of class 1 of each text [n], or of each of more classes [n, classes]. */
export async function predictTexts(
  model: TextModel,
  texts: readonly string[],
  signal?: AbortSignal,
): Promise<Float32Array> {
  // People say the same short things again and again: each is read once.
  const unique = [...new Set(texts)];
  if (unique.length === 0) return new Float32Array(0);
  const dataset = new TextDataset(model.features, unique, { matrix: termMatrix(model.features, unique) });
  const { probabilities } = await predict(textGraph(model), dataset, { ...(signal && { signal }) });
  const place = new Map(unique.map((text, i) => [text, i]));
  const classes = model.classes.length;
  const [from, width] = classes === 2 ? [1, 1] : [0, classes];
  const result = new Float32Array(texts.length * width);
  for (const [i, text] of texts.entries()) {
    const at = place.get(text)! * classes + from;
    result.set(probabilities!.subarray(at, at + width), i * width);
  }
  return result;
}
