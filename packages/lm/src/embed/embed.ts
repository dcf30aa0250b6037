/**
 * Texts as vectors, by an encoder of Hugging Face with the pooling, length and prefixes that its folder declares
 * (sentence-transformers: `modules.json`, `1_Pooling/config.json`, `sentence_bert_config.json`, `config_sentence_transformers.json`).
 * The wrong pooling gives vectors that look right and are worse; so what is declared is followed, and what is not known refused.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { readTokenizer, type Tokenizer } from '@gradus/data';
import type { HostTensor } from '@gradus/engine';
import type { CompiledGraph } from '@gradus/engine/node';
import { z } from 'zod';
import { ENCODER_FAMILIES, type EncoderConfig, encoderConfig } from '../families/encoder-config.ts';
import { encoderGraph, type Pooling, positionsOf } from '../graph/encoder.ts';
import { type RunBits, weightsIn } from '../graph/quantized-weights.ts';
import { readJson } from '../json.ts';
import { openGraph } from '../run/open-graph.ts';
import { prefixed } from '../weights/prefixed.ts';
import { safetensorsFolder } from '../weights/safetensors.ts';

export interface EmbedderOptions {
  readonly threads?: number | undefined;
  /** Bits of a weight. Default 32. */
  readonly bits?: RunBits | undefined;
}

export interface EmbedOptions {
  /** The name of a prefix that the model declares, such as query or passage; or a prefix itself. Default: the model's own default. */
  readonly prompt?: string;
  readonly signal?: AbortSignal;
  onTexts?(done: number, all: number): void;
}

export interface Embeddings {
  /** [texts, dimensions], row by row. */
  readonly data: Float32Array;
  readonly dimensions: number;
  /** Texts of which the end was cut off. */
  readonly cut: number;
  /** Tokens of all texts that were seen. */
  readonly tokens: number;
}

const MODULES = z.array(z.looseObject({ type: z.string(), path: z.string().default('') }));
const POOLING = z.looseObject({
  pooling_mode_cls_token: z.boolean().default(false),
  pooling_mode_mean_tokens: z.boolean().default(false),
  pooling_mode_max_tokens: z.boolean().default(false),
});
const LENGTH = z.looseObject({ max_seq_length: z.int().min(1).nullish() });
const PROMPTS = z.looseObject({
  prompts: z.record(z.string(), z.string()).nullish(),
  default_prompt_name: z.string().nullish(),
});

const BATCH = 32;
const MODEL_TYPE = z.looseObject({ model_type: z.unknown() });

/** Whether a folder holds a model that says where texts lie, and writes none. */
export function isEncoder(path: string): boolean {
  const config = join(path, 'config.json');
  if (!existsSync(config)) return false;
  const { model_type: type } = readJson(config, MODEL_TYPE);
  return typeof type === 'string' && Object.hasOwn(ENCODER_FAMILIES, type);
}

export class Embedder {
  readonly path: string;
  readonly dimensions: number;
  readonly pooling: Pooling;
  readonly normalize: boolean;
  /** Prefixes that the model was trained with, by name. */
  readonly prompts: Readonly<Record<string, string>>;
  readonly #config: EncoderConfig;
  readonly #tokenizer: Tokenizer;
  readonly #compiled: CompiledGraph;
  readonly #length: number;
  readonly #defaultPrompt: string | undefined;

  /** @throws UserError naming the file and the field that is missing or wrong */
  static async open(path: string, { threads, bits }: EmbedderOptions = {}): Promise<Embedder> {
    const file = (name: string) => join(path, name);
    const optional = <T>(name: string, schema: z.ZodType<T>): T | undefined =>
      existsSync(file(name)) ? readJson(file(name), schema) : undefined;
    const config = encoderConfig(file('config.json'), readJson(file('config.json'), z.unknown()));
    const tokenizer = readTokenizer(file('tokenizer.json'));
    if (tokenizer.size > config.vocabulary) {
      throw new UserError({
        en: `${path}: the tokenizer has ids up to ${tokenizer.size - 1}, and the model's embedding has ${config.vocabulary} rows: the tokenizer is of another model`,
        zh: `${path}：分词器的 id 最大为 ${tokenizer.size - 1}，而模型的嵌入只有 ${config.vocabulary} 行：分词器属于另一个模型`,
      });
    }
    const modules = optional('modules.json', MODULES) ?? [];
    const kinds = modules.map(({ type }) => type.slice(type.lastIndexOf('.') + 1));
    const unknown = kinds.find((kind) => !['Transformer', 'Pooling', 'Normalize'].includes(kind));
    if (unknown !== undefined) {
      throw new UserError({
        en: `${file('modules.json')}: a module "${unknown}" is not known; expected Transformer, Pooling, Normalize`,
        zh: `${file('modules.json')}：不支持模块“${unknown}”；应为 Transformer、Pooling、Normalize`,
      });
    }
    const pooling = poolingOf(file('1_Pooling/config.json'), optional('1_Pooling/config.json', POOLING));
    const normalize = kinds.includes('Normalize');
    const { max_seq_length: length } = optional('sentence_bert_config.json', LENGTH) ?? {};
    const { prompts, default_prompt_name: name } =
      optional('config_sentence_transformers.json', PROMPTS) ?? {};
    const weights = prefixed(safetensorsFolder(path), config.prefix);
    try {
      const graph = encoderGraph(config, weightsIn(weights, bits), { kind: pooling, normalize });
      const compiled = await openGraph(graph, { threads });
      return new Embedder({
        path,
        config,
        tokenizer,
        compiled,
        pooling,
        normalize,
        prompts: prompts ?? {},
        length: Math.min(length ?? config.context, config.context),
        defaultPrompt: name ?? undefined,
      });
    } finally {
      weights.close();
    }
  }

  private constructor(made: {
    path: string;
    config: EncoderConfig;
    tokenizer: Tokenizer;
    compiled: CompiledGraph;
    pooling: Pooling;
    normalize: boolean;
    prompts: Readonly<Record<string, string>>;
    length: number;
    defaultPrompt: string | undefined;
  }) {
    this.path = made.path;
    this.pooling = made.pooling;
    this.normalize = made.normalize;
    this.prompts = made.prompts;
    this.dimensions = made.config.hidden;
    this.#config = made.config;
    this.#tokenizer = made.tokenizer;
    this.#compiled = made.compiled;
    this.#length = made.length;
    this.#defaultPrompt = made.defaultPrompt;
  }

  /** Tokens of a text that are seen at most. */
  get places(): number {
    return this.#length;
  }

  async embed(texts: readonly string[], { prompt, signal, onTexts }: EmbedOptions = {}): Promise<Embeddings> {
    const name = prompt ?? this.#defaultPrompt;
    const prefix = name === undefined ? '' : Object.hasOwn(this.prompts, name) ? this.prompts[name]! : name;
    let cut = 0;
    const tokens = texts.map((text) => {
      const all = this.#tokenizer.encode(prefix + text, {
        truncation: null,
        padding: null,
        parseSpecial: false,
      });
      if (all.ids.length <= this.#length) return all.ids;
      cut++;
      return this.#tokenizer.encode(prefix + text, {
        truncation: { max_length: this.#length },
        padding: null,
        parseSpecial: false,
      }).ids;
    });
    // Texts of like length go together: less padding.
    const order = [...tokens.keys()].sort((a, b) => tokens[a]!.length - tokens[b]!.length);
    const data = new Float32Array(texts.length * this.dimensions);
    for (let from = 0; from < order.length; from += BATCH) {
      signal?.throwIfAborted();
      const rows = order.slice(from, from + BATCH);
      const found = await this.#batch(rows.map((row) => tokens[row]!));
      for (const [i, row] of rows.entries())
        data.set(found.subarray(i * this.dimensions, (i + 1) * this.dimensions), row * this.dimensions);
      onTexts?.(from + rows.length, order.length);
    }
    return {
      data,
      dimensions: this.dimensions,
      cut,
      tokens: tokens.reduce((sum, { length }) => sum + length, 0),
    };
  }

  async #batch(rows: readonly Int32Array[]): Promise<Float32Array> {
    const time = rows.reduce((most, ids) => Math.max(most, ids.length), 1);
    const dims = [rows.length, time];
    const mask = rows.flatMap((ids) => Array.from({ length: time }, (_, i) => (i < ids.length ? 1 : 0)));
    const ids = rows.flatMap((row) => Array.from({ length: time }, (_, i) => row[i] ?? this.#config.pad));
    const whole = (data: BigInt64Array): HostTensor => ({ dtype: 'int64', dims, data });
    const { embeddings } = await this.#compiled.run({
      ids: whole(BigInt64Array.from(ids, BigInt)),
      mask: whole(BigInt64Array.from(mask, BigInt)),
      positions: whole(positionsOf(this.#config, mask, time)),
    });
    return embeddings!.data as Float32Array;
  }

  close(): Promise<void> {
    return this.#compiled.close();
  }
}

/** @throws UserError where a way of pooling is declared that is not known */
function poolingOf(path: string, declared: z.output<typeof POOLING> | undefined): Pooling {
  if (!declared) return 'mean';
  if (declared.pooling_mode_cls_token) return 'cls';
  if (declared.pooling_mode_max_tokens) return 'max';
  if (declared.pooling_mode_mean_tokens) return 'mean';
  throw new UserError({
    en: `${path} declares a pooling that is not known; expected of the first token (cls), mean or max`,
    zh: `${path} 声明的池化方式不受支持；应为首词元（cls）、均值或最大值`,
  });
}
