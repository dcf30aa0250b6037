/** Runs a model over a data set, batch by batch. */
import type { Graph, HostTensor } from '@gradus/engine';
import { compile, type Device } from '@gradus/engine/runtime';
import type { Dataset } from './dataset.ts';

export interface PredictOptions {
  readonly batchSize?: number;
  /** Where the model runs. Default: the processor. */
  readonly device?: Device | undefined;
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

/**
 * Runs a model over all rows of a data set.
 *
 * @param model A graph, or a model file's bytes, whose outputs have the batch on their first axis.
 * @returns Each output of all rows, in the order of the rows: float32 [rows × the rest].
 */
export async function predict(
  model: Graph | Uint8Array,
  data: Dataset,
  { batchSize = 256, device, threads, signal }: PredictOptions = {},
): Promise<Record<string, Float32Array>> {
  const compiled = await compile(model, { device, threads });
  const results: Record<string, Float32Array> = {};
  const inLengthOrder = sortedByLength(data);
  try {
    for (let from = 0; from < data.size; from += batchSize) {
      signal?.throwIfAborted();
      const rows = inLengthOrder.slice(from, from + batchSize);
      const outputs = await compiled.run(data.batch(rows));
      for (const [name, output] of Object.entries(outputs)) scatter(results, name, output, rows, data.size);
    }
  } finally {
    await compiled.close();
  }
  return results;
}

function sortedByLength(data: Dataset): Int32Array {
  const order = Int32Array.from({ length: data.size }, (_, i) => i);
  return data.length ? order.sort((a, b) => data.length!(a) - data.length!(b)) : order;
}

function scatter(
  results: Record<string, Float32Array>,
  name: string,
  { dims, data }: HostTensor,
  rows: Int32Array,
  size: number,
): void {
  const width = dims.slice(1).reduce((a, b) => a * b, 1);
  results[name] ??= new Float32Array(size * width);
  for (const [i, row] of rows.entries()) {
    results[name].set((data as Float32Array).subarray(i * width, (i + 1) * width), row * width);
  }
}
