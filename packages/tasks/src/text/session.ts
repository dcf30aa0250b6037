/** Texts through a compiled classifier, short ones together: more rows at once only make the padding longer. */
import type { CompiledGraph } from '@gradus/engine/node';
import { TextDataset, type TextFeatures, type TextVectors, termMatrix } from './features.ts';

const BATCH = 128;

/**
 * @param vectors What an encoder says of the texts, where the graph takes that
 * @returns the graph's output of each text, [texts × the rest]
 */
export async function runTexts(
  graph: CompiledGraph,
  features: TextFeatures,
  texts: readonly string[],
  output: string,
  vectors?: TextVectors,
): Promise<Float32Array> {
  const data = new TextDataset(features, texts, { matrix: termMatrix(features, texts), vectors });
  const order = Int32Array.from(texts.keys()).sort((a, b) => data.length(a) - data.length(b));
  let result = new Float32Array(0);
  for (let from = 0; from < order.length; from += BATCH) {
    const rows = order.slice(from, from + BATCH);
    const { dims, data: values } = (await graph.run(data.batch(rows)))[output]!;
    const width = dims.slice(1).reduce((a, b) => a * b, 1);
    if (result.length === 0) result = new Float32Array(texts.length * width);
    for (const [i, row] of rows.entries()) {
      for (let k = 0; k < width; k++) result[row * width + k] = Number(values[i * width + k]);
    }
  }
  return result;
}
