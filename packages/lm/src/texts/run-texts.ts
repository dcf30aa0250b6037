/** Runs a graph over texts, [texts, features] out: texts of like length together, so that little is filled up. */
import type { Graph, Tensor } from '@gradus/engine';
import type { DecoderConfig } from '../families/decoder-config.ts';
import type { EncoderConfig } from '../families/encoder-config.ts';
import { openGraph } from '../run/open-graph.ts';
import { batchOfTexts, type TextBatch, textInputs } from './text-model.ts';

export interface RunTextsOptions {
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const ROWS = 16;
/** Texts are filled up to one of these lengths, or to the longest. */
const LENGTHS = [16, 32, 64, 128, 256, 512, 1024, 2048];

/**
 * @param output traces what is wanted of a batch, [batch, features]
 * @returns row by row, in the order of the texts
 */
export async function runTexts(
  config: DecoderConfig | EncoderConfig,
  output: (batch: TextBatch) => Tensor,
  texts: readonly (readonly number[])[],
  { threads, signal }: RunTextsOptions,
): Promise<Float32Array[]> {
  const order = [...texts.keys()].sort((a, b) => texts[a]!.length - texts[b]!.length);
  const longest = texts[order.at(-1)!]?.length ?? 1;
  const lengthOf = (row: number) =>
    Math.min(longest, LENGTHS.find((length) => texts[row]!.length <= length) ?? longest);
  const found: Float32Array[] = [];
  for (const [length, rows] of Map.groupBy(order, lengthOf)) {
    const inputs = textInputs(Math.min(ROWS, rows.length), Math.max(1, length));
    const graph: Graph<Tensor> = { name: 'texts', inputs, outputs: { output: output(inputs) } };
    const compiled = await openGraph(graph, { threads });
    try {
      const size = Math.min(ROWS, rows.length);
      for (let from = 0; from < rows.length; from += size) {
        signal?.throwIfAborted();
        const batch = Array.from({ length: size }, (_, i) => rows[from + i]);
        const feeds = batchOfTexts(
          config,
          batch.map((row) => (row === undefined ? undefined : texts[row]!)),
          Math.max(1, length),
        );
        const { output: values } = await compiled.run(feeds);
        const width = values!.dims[1]!;
        for (const [i, row] of batch.entries())
          if (row !== undefined)
            found[row] = (values!.data as Float32Array).slice(i * width, (i + 1) * width);
      }
    } finally {
      await compiled.close();
    }
  }
  return found;
}
