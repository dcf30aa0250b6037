/** Runs a graph over texts, [texts, features] out: texts of like length together, so that little is filled up. */
import type { Tensor } from '@gradus/engine';
import type { CompiledGraph } from '@gradus/engine/node';
import type { DecoderConfig } from '../families/decoder-config.ts';
import type { EncoderConfig } from '../families/encoder-config.ts';
import { openGraph } from '../run/open-graph.ts';
import { batchOfTexts, type TextBatch, textInputs } from './text-model.ts';

const ROWS = 16;
/** Texts are filled up to one of these lengths. */
const LENGTHS = [16, 32, 64, 128, 256, 512, 1024, 2048];

export class TextRunner {
  readonly #config: DecoderConfig | EncoderConfig;
  readonly #output: (batch: TextBatch) => Tensor;
  readonly #longest: number;
  readonly #threads: number | undefined;
  readonly #compiled = new Map<string, Promise<CompiledGraph>>();

  /**
   * @param output traces what is wanted of a batch, [batch, features]
   * @param longest tokens of a text at most
   */
  constructor(
    config: DecoderConfig | EncoderConfig,
    output: (batch: TextBatch) => Tensor,
    { longest, threads }: { readonly longest: number; readonly threads?: number | undefined },
  ) {
    this.#config = config;
    this.#output = output;
    this.#longest = longest;
    this.#threads = threads;
  }

  /** @returns row by row, in the order of the texts */
  async run(texts: readonly (readonly number[])[], signal?: AbortSignal): Promise<Float32Array[]> {
    const order = [...texts.keys()].sort((a, b) => texts[a]!.length - texts[b]!.length);
    const lengthOf = (row: number) =>
      Math.min(this.#longest, LENGTHS.find((length) => texts[row]!.length <= length) ?? this.#longest);
    const found: Float32Array[] = [];
    for (const [length, rows] of Map.groupBy(order, lengthOf)) {
      for (let from = 0; from < rows.length; from += ROWS) {
        signal?.throwIfAborted();
        const batch = rows.slice(from, from + ROWS);
        // One text, or a whole batch: two graphs a length.
        const size = batch.length === 1 ? 1 : ROWS;
        const feeds = batchOfTexts(
          this.#config,
          Array.from({ length: size }, (_, i) => (i < batch.length ? texts[batch[i]!]! : undefined)),
          length,
        );
        const { output } = await (await this.#graph(size, length)).run(feeds);
        const width = output!.dims[1]!;
        for (const [i, row] of batch.entries())
          found[row] = (output!.data as Float32Array).slice(i * width, (i + 1) * width);
      }
    }
    return found;
  }

  #graph(rows: number, length: number): Promise<CompiledGraph> {
    const key = `${rows} ${length}`;
    const known = this.#compiled.get(key);
    if (known) return known;
    const inputs = textInputs(rows, length);
    const graph = { name: 'texts', inputs, outputs: { output: this.#output(inputs) } };
    const compiled = openGraph(graph, { threads: this.#threads });
    this.#compiled.set(key, compiled);
    return compiled;
  }

  async close(): Promise<void> {
    for (const compiled of this.#compiled.values()) await (await compiled).close();
  }
}

/** The same for one list of texts. */
export async function runTexts(
  config: DecoderConfig | EncoderConfig,
  output: (batch: TextBatch) => Tensor,
  texts: readonly (readonly number[])[],
  { threads, signal }: { readonly threads?: number | undefined; readonly signal?: AbortSignal | undefined },
): Promise<Float32Array[]> {
  const longest = texts.reduce((longest, { length }) => Math.max(longest, length), 1);
  const runner = new TextRunner(config, output, { longest, threads });
  try {
    return await runner.run(texts, signal);
  } finally {
    await runner.close();
  }
}
