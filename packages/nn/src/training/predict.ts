/** Runs a model over a data set, batch by batch. */
import { checkOptions, type Localized, UserError } from '@gradus/base';
import type { Graph, HostTensor } from '@gradus/engine';
import { type CompiledGraph, compile, type Device } from '@gradus/engine/runtime';
import { checkWhole } from '../check-number.ts';
import { checkRanges } from '../index-ranges.ts';
import { checkDataset, checkDevice } from './check-options.ts';
import type { Dataset } from './dataset.ts';
import { readBatch } from './host-batch.ts';

export interface PredictOptions {
  /** Default 256. */
  readonly batchSize?: number;
  /** Where the model runs. Default: the processor. */
  readonly device?: Device | undefined;
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

/**
 * Runs a model over all rows of a data set.
 *
 * @param model A graph, or a model file's bytes, whose outputs have the batch on their first axis. A module becomes a graph by
 *   tracing: `const x = input('x', ['batch', 4]); { name: 'net', inputs: { x }, outputs: { y: module.forward(x) } }`.
 * @returns Each output of all rows, in the order of the rows: float32 [rows × the rest]; whole numbers and truth values become
 *   floats.
 * @throws UserError where the data lack an input of the model, or hold ids that its embeddings do not; where an output has no row
 *   for each of the data's
 */
export async function predict(
  model: Graph | Uint8Array,
  data: Dataset,
  options: PredictOptions = {},
): Promise<Record<string, Float32Array>> {
  checkOptions('predict', options, { batchSize: true, device: true, threads: true, signal: true });
  const { batchSize = 256, device, threads, signal } = options;
  checkWhole('predict', 'batchSize', batchSize, { least: 1 });
  checkDevice('predict', { device, threads });
  checkModel(model);
  const rows = checkDataset({ en: 'the data', zh: '数据' }, data, 0);
  const compiled = await compile(model, { device, threads });
  const results: Record<string, Float32Array> = {};
  const inLengthOrder = sortedByLength(data);
  try {
    for (let from = 0; from < rows; from += batchSize) {
      signal?.throwIfAborted();
      const rows = inLengthOrder.slice(from, from + batchSize);
      const batch = readBatch(await data.batch(rows));
      checkInputs(compiled, batch);
      if (!(model instanceof Uint8Array)) checkRanges(model.inputs, batch);
      const outputs = await compiled.run(batch);
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
  { dtype, dims, data }: HostTensor,
  rows: Int32Array,
  size: number,
): void {
  if (dims[0] !== rows.length || dtype === 'string' || dtype === 'float16') {
    const shape = `${dtype}[${dims.join(', ')}]`;
    throw refused({
      en: `output "${name}" is ${shape} for ${rows.length} rows; predict needs numbers with the rows on the first axis. compile(model) runs other models`,
      zh: `对 ${rows.length} 行数据，输出“${name}”为 ${shape}；predict 要求第一个轴是行的数值输出。其他模型请用 compile(model) 运行`,
    });
  }
  const width = dims.slice(1).reduce((a, b) => a * b, 1);
  results[name] ??= new Float32Array(size * width);
  const numbers = data instanceof Float32Array ? data : Float32Array.from(data as Iterable<unknown>, Number);
  for (const [i, row] of rows.entries()) {
    results[name].set(numbers.subarray(i * width, (i + 1) * width), row * width);
  }
}

function checkModel(model: Graph | Uint8Array): void {
  const { inputs, outputs } = (model ?? {}) as Partial<Graph>;
  if (model instanceof Uint8Array || (inputs && outputs)) return;
  throw refused({
    en: "predict runs a graph, or a model file's bytes. Trace a module first: const x = input('x', ['batch', 4]); predict({ name: 'net', inputs: { x }, outputs: { y: model.forward(x) } }, data)",
    zh: "predict 运行计算图或模型文件的字节。请先跟踪模块：const x = input('x', ['batch', 4]); predict({ name: 'net', inputs: { x }, outputs: { y: model.forward(x) } }, data)",
  });
}

function checkInputs({ inputs }: CompiledGraph, batch: Readonly<Record<string, HostTensor>>): void {
  const missing = inputs.filter((name) => !Object.hasOwn(batch, name));
  if (missing.length === 0) return;
  const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');
  const names = quoted(Object.keys(batch));
  throw refused({
    en: `the model has the inputs ${quoted(inputs)}, and the data ${names}: ${quoted(missing)} is missing`,
    zh: `模型的输入为 ${quoted(inputs)}，数据中有 ${names}：缺少 ${quoted(missing)}`,
  });
}

const refused = (text: Localized): UserError => new UserError(text);
