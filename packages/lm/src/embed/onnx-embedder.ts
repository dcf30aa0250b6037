/**
 * Texts as vectors by an encoder that somebody else has exported as ONNX, as optimum and onnx-community lay it out: `model.onnx`, or
 * `onnx/model.onnx`, beside config.json, tokenizer.json and the files of sentence-transformers. Its inputs and outputs are known by the
 * names that those exports have. The runtime opens it by its path, so that weights in files beside it are mapped.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { readTokenizer, type Tokenizer } from '@gradus/data';
import type { HostTensor } from '@gradus/engine';
import { type CompiledGraph, compileFile } from '@gradus/engine/node';
import { z } from 'zod';
import { COUNT } from '../families/common.ts';
import type { Pooling } from '../graph/encoder.ts';
import { readJson } from '../json.ts';
import { type SentenceFields, sentenceFields } from '../model/sentence-fields.ts';
import type { EmbedderOptions, Embeddings, EmbedOptions } from './embed.ts';
import { encodedTexts, inBatches } from './text-batches.ts';

const FILES = ['model.onnx', 'onnx/model.onnx'];
const CONFIG = z.looseObject({
  model_type: z.string().optional(),
  max_position_embeddings: COUNT.default(512),
  pad_token_id: z.int().min(0).nullish(),
});
const INPUTS = ['input_ids', 'attention_mask', 'token_type_ids', 'position_ids'];
/** States of tokens, or vectors of whole texts, by the names of exports. */
const STATES = ['last_hidden_state', 'token_embeddings'];
const VECTORS = ['sentence_embedding', 'text_embeds'];

const fileIn = (path: string): string | undefined =>
  FILES.map((name) => join(path, name)).find((file) => existsSync(file));

/** Whether a folder holds an encoder as ONNX, and no weights that could be read otherwise. */
export const isOnnxEncoder = (path: string): boolean =>
  fileIn(path) !== undefined &&
  !['model.safetensors', 'model.safetensors.index.json'].some((name) => existsSync(join(path, name)));

export class OnnxEmbedder {
  readonly path: string;
  readonly pooling: Pooling;
  readonly normalize: boolean;
  readonly #fields: SentenceFields;
  readonly #tokenizer: Tokenizer;
  readonly #compiled: CompiledGraph;
  readonly #output: string;
  readonly #pad: number;

  /** @throws UserError naming the file that is missing or wrong, or the input or output that is not known */
  static async open(path: string, { threads, bits = 32 }: EmbedderOptions = {}): Promise<OnnxEmbedder> {
    const file = fileIn(path)!;
    if (bits !== 32) {
      throw new UserError({
        en: `${file} runs with the weights that it has; --bits is for folders with safetensors`,
        zh: `${file} 按其自身的权重运行；--bits 只用于含 safetensors 的文件夹`,
      });
    }
    const config = readJson(join(path, 'config.json'), CONFIG);
    // RoBERTa's positions begin behind its padding's.
    const pad = config.pad_token_id ?? 0;
    const first = /roberta|camembert|mpnet/.test(config.model_type ?? '') ? pad + 1 : 0;
    const fields = sentenceFields(path, config.max_position_embeddings - first);
    const tokenizer = readTokenizer(join(path, 'tokenizer.json'));
    const compiled = await opened(file, threads);
    try {
      const output = [...VECTORS, ...STATES].find((name) => compiled.outputs.includes(name));
      const unknown = compiled.inputs.find((name) => !INPUTS.includes(name));
      if (output === undefined || unknown !== undefined) {
        throw new UserError({
          en: `${file} is no encoder as optimum exports one: its inputs are ${compiled.inputs.join(', ')}, its outputs ${compiled.outputs.join(', ')}; expected inputs among ${INPUTS.join(', ')} and ${[...STATES, ...VECTORS].join(' or ')}`,
          zh: `${file} 不是 optimum 导出的编码器：输入为 ${compiled.inputs.join('、')}，输出为 ${compiled.outputs.join('、')}；输入应在 ${INPUTS.join('、')} 之中，输出应为 ${[...STATES, ...VECTORS].join(' 或 ')}`,
        });
      }
      return new OnnxEmbedder(path, { fields, tokenizer, compiled, output, pad });
    } catch (error) {
      await compiled.close();
      throw error;
    }
  }

  private constructor(
    path: string,
    parts: {
      readonly fields: SentenceFields;
      readonly tokenizer: Tokenizer;
      readonly compiled: CompiledGraph;
      readonly output: string;
      readonly pad: number;
    },
  ) {
    this.path = path;
    this.pooling = parts.fields.pooling ?? 'mean';
    this.normalize = parts.fields.normalize;
    this.#fields = parts.fields;
    this.#tokenizer = parts.tokenizer;
    this.#compiled = parts.compiled;
    this.#output = parts.output;
    this.#pad = parts.pad;
  }

  /** Tokens of a text that are seen at most. */
  get places(): number {
    return this.#fields.length;
  }

  /** Prefixes that the model was trained with, by name. */
  get prompts(): Readonly<Record<string, string>> {
    return this.#fields.prompts;
  }

  async embed(texts: readonly string[], options: EmbedOptions = {}): Promise<Embeddings> {
    const { rows, cut } = encodedTexts(this.#tokenizer, texts, this.#fields, options.prompt);
    const vectors = await inBatches(rows, (batch) => this.#batch(batch), options);
    const dimensions = vectors[0]?.length ?? 0;
    const data = new Float32Array(texts.length * dimensions);
    for (const [i, vector] of vectors.entries()) data.set(vector, i * dimensions);
    return { data, dimensions, cut, tokens: rows.reduce((sum, { length }) => sum + length, 0) };
  }

  async #batch(rows: readonly Int32Array[]): Promise<Float32Array[]> {
    const time = rows.reduce((most, ids) => Math.max(most, ids.length), 1);
    const dims = [rows.length, time];
    const whole = (of: (row: Int32Array, i: number) => number): HostTensor => ({
      dtype: 'int64',
      dims,
      data: BigInt64Array.from(
        rows.flatMap((row) => Array.from({ length: time }, (_, i) => of(row, i))),
        BigInt,
      ),
    });
    const feeds: Record<string, () => HostTensor> = {
      input_ids: () => whole((row, i) => row[i] ?? this.#pad),
      attention_mask: () => whole((row, i) => (i < row.length ? 1 : 0)),
      token_type_ids: () => whole(() => 0),
      position_ids: () => whole((_, i) => i),
    };
    const found = await this.#compiled.run(
      Object.fromEntries(this.#compiled.inputs.map((name) => [name, feeds[name]!()])),
    );
    const { data, dims: shape } = found[this.#output]!;
    const values = data as Float32Array;
    const width = shape.at(-1)!;
    return rows.map(({ length }, row) => {
      const vector = VECTORS.includes(this.#output)
        ? values.slice(row * width, (row + 1) * width)
        : pooledRow(
            values.subarray(row * time * width, (row * time + Math.max(1, length)) * width),
            width,
            this.pooling,
          );
      if (!this.normalize) return vector;
      const size = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)) || 1;
      return vector.map((value) => value / size);
    });
  }

  close(): Promise<void> {
    return this.#compiled.close();
  }
}

/** @throws UserError naming the file that is no model */
async function opened(file: string, threads: number | undefined): Promise<CompiledGraph> {
  try {
    return await compileFile(file, { threads, alone: true });
  } catch (error) {
    const { message } = error as Error;
    throw new UserError(
      { en: `${file} cannot be opened: ${message}`, zh: `无法打开 ${file}：${message}` },
      { cause: error },
    );
  }
}

/** One vector of the states of a text's tokens, [tokens, width]. */
function pooledRow(states: Float32Array, width: number, pooling: Pooling): Float32Array {
  const time = states.length / width;
  if (pooling === 'cls') return states.slice(0, width);
  if (pooling === 'last') return states.slice((time - 1) * width);
  const vector = states.slice(0, width);
  for (let i = 1; i < time; i++)
    for (let k = 0; k < width; k++) {
      const value = states[i * width + k]!;
      vector[k] = pooling === 'max' ? Math.max(vector[k]!, value) : vector[k]! + value;
    }
  return pooling === 'max' ? vector : vector.map((value) => value / time);
}
