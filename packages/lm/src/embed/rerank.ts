/**
 * How well texts answer a query, read together with it: by a cross-encoder (BERT, RoBERTa, XLM-R, ModernBERT with a head of one label;
 * Nogueira and Cho, 2019), or by a decoder that says yes or no (Qwen3-Reranker; Zhang et al., 2025).
 */
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { readTokenizer, type Tokenizer } from '@gradus/data';
import type { HostTensor } from '@gradus/engine';
import type { CompiledGraph } from '@gradus/engine/node';
import { z } from 'zod';
import { ENCODER_FAMILIES, type EncoderConfig, encoderConfig } from '../families/encoder-config.ts';
import { positionsOf } from '../graph/encoder.ts';
import { type RunBits, weightsIn } from '../graph/quantized-weights.ts';
import { readJson } from '../json.ts';
import { isEncoder } from '../model/encoder-model.ts';
import { type LanguageModel, requireFit } from '../model/language-model.ts';
import { load } from '../model/load.ts';
import { DecoderSession } from '../run/decoder-session.ts';
import { openGraph } from '../run/open-graph.ts';
import { classHead, isClassifier } from '../texts/class-head.ts';
import { classifierGraph } from '../texts/pair-classifier.ts';
import { safetensorsFolder } from '../weights/safetensors.ts';
import { YesOrNo } from './yes-or-no.ts';

export interface RerankerOptions {
  readonly threads?: number | undefined;
  /** Bits of a weight. Default 32. */
  readonly bits?: RunBits | undefined;
}

export interface RerankOptions {
  /** What makes a text a good answer, for a decoder that takes it. Default: a search on the web. */
  readonly instruction?: string;
  readonly signal?: AbortSignal;
  onTexts?(done: number, all: number): void;
}

export interface Ranking {
  /** Of each text, in the order given, how probably it answers the query: 0 to 1. */
  readonly scores: Float32Array;
  /** Texts of which the end was cut off. */
  readonly cut: number;
  /** Tokens that were read. */
  readonly tokens: number;
}

export interface Reranker {
  readonly path: string;
  /** Tokens that query and text may have together. */
  readonly places: number;
  rank(query: string, texts: readonly string[], options?: RerankOptions): Promise<Ranking>;
  close(): Promise<void>;
}

const BATCH = 32;

/** Whether a folder holds a cross-encoder: an encoder whose head has one label. Qwen3-Reranker looks as any decoder does. */
export function isCrossEncoder(path: string): boolean {
  if (!isEncoder(path)) return false;
  const json = readJson(join(path, 'config.json'), z.looseObject({ id2label: z.looseObject({}).optional() }));
  return isClassifier(json) && Object.keys(json.id2label ?? {}).length === 1;
}

/**
 * Opens a reranker: a folder of Hugging Face with a cross-encoder, or with Qwen3-Reranker.
 * @throws UserError naming the file and the field that is missing or wrong
 */
export function openReranker(path: string, options: RerankerOptions = {}): Promise<Reranker> {
  const { model_type: type } = readJson(join(path, 'config.json'), z.looseObject({ model_type: z.string() }));
  return Object.hasOwn(ENCODER_FAMILIES, type)
    ? CrossEncoder.open(path, options)
    : SaidReranker.open(path, options);
}

class CrossEncoder implements Reranker {
  readonly path: string;
  readonly places: number;
  readonly #config: EncoderConfig;
  readonly #tokenizer: Tokenizer;
  readonly #compiled: CompiledGraph;

  static async open(path: string, { threads, bits }: RerankerOptions): Promise<CrossEncoder> {
    const file = join(path, 'config.json');
    const json = readJson(file, z.record(z.string(), z.unknown()));
    const config = encoderConfig(file, json);
    const head = classHead(config, json, 1);
    const [out] = [...head.weights].find(([name, [rows]]) => rows === 1 && name.endsWith('.weight'))!;
    const tokenizer = readTokenizer(join(path, 'tokenizer.json'));
    requireFit(path, tokenizer, config);
    const weights = safetensorsFolder(path);
    try {
      const [labels] = weights.shapes.get(out) ?? [];
      if (labels !== 1) {
        throw new UserError({
          en: `${path} is no reranker: expected a head of one label (${out} of [1, ${config.hidden}]), found ${labels === undefined ? 'none' : `${labels} labels`}`,
          zh: `${path} 不是重排序模型：应有单标签的输出层（${out}，形状 [1, ${config.hidden}]），${labels === undefined ? '但没有找到' : `但有 ${labels} 个标签`}`,
        });
      }
      const compiled = await openGraph(classifierGraph(config, head, weightsIn(weights, bits)), {
        threads,
      });
      return new CrossEncoder(path, config, tokenizer, compiled);
    } finally {
      weights.close();
    }
  }

  private constructor(path: string, config: EncoderConfig, tokenizer: Tokenizer, compiled: CompiledGraph) {
    this.path = path;
    this.places = config.context;
    this.#config = config;
    this.#tokenizer = tokenizer;
    this.#compiled = compiled;
  }

  async rank(
    query: string,
    texts: readonly string[],
    { signal, onTexts }: RerankOptions = {},
  ): Promise<Ranking> {
    let cut = 0;
    const { context } = this.#config;
    const pairs = texts.map((text) => {
      const whole = { padding: null, parseSpecial: false } as const;
      const all = this.#tokenizer.encode([query, text], { ...whole, truncation: null });
      if (all.ids.length <= context) return all;
      cut++;
      return this.#tokenizer.encode([query, text], { ...whole, truncation: { max_length: context } });
    });
    // Pairs of like length go together: less padding.
    const order = [...pairs.keys()].sort((a, b) => pairs[a]!.ids.length - pairs[b]!.ids.length);
    const scores = new Float32Array(texts.length);
    for (let from = 0; from < order.length; from += BATCH) {
      signal?.throwIfAborted();
      const rows = order.slice(from, from + BATCH);
      const logits = await this.#batch(rows.map((row) => pairs[row]!));
      for (const [i, row] of rows.entries()) scores[row] = 1 / (1 + Math.exp(-logits[i]!));
      onTexts?.(from + rows.length, order.length);
    }
    return { scores, cut, tokens: pairs.reduce((sum, { ids }) => sum + ids.length, 0) };
  }

  async #batch(
    rows: readonly { readonly ids: Int32Array; readonly typeIds: Uint8Array }[],
  ): Promise<Float32Array> {
    const time = rows.reduce((most, { ids }) => Math.max(most, ids.length), 1);
    const dims = [rows.length, time];
    const filled = (of: (row: (typeof rows)[number], i: number) => number) =>
      rows.flatMap((row) => Array.from({ length: time }, (_, i) => of(row, i)));
    const whole = (data: BigInt64Array): HostTensor => ({ dtype: 'int64', dims, data });
    const mask = filled(({ ids }, i) => (i < ids.length ? 1 : 0));
    const kinds = this.#config.embeddings.kinds?.rows ?? 1;
    const { logits } = await this.#compiled.run({
      ids: whole(
        BigInt64Array.from(
          filled(({ ids }, i) => ids[i] ?? this.#config.pad),
          BigInt,
        ),
      ),
      mask: whole(BigInt64Array.from(mask, BigInt)),
      positions: whole(positionsOf(this.#config, mask, time)),
      kinds: whole(
        BigInt64Array.from(
          filled(({ typeIds }, i) => Math.min(typeIds[i] ?? 0, kinds - 1)),
          BigInt,
        ),
      ),
    });
    return logits!.data as Float32Array;
  }

  close(): Promise<void> {
    return this.#compiled.close();
  }
}

class SaidReranker implements Reranker {
  readonly path: string;
  readonly places: number;
  readonly #model: LanguageModel;
  readonly #session: DecoderSession;
  readonly #asks: YesOrNo;

  static async open(path: string, { threads, bits }: RerankerOptions): Promise<SaidReranker> {
    const model = await load(path);
    try {
      const asks = YesOrNo.of(model);
      if (!asks) {
        throw new UserError({
          en: `${path} is no reranker that is known: expected a cross-encoder (${Object.keys(ENCODER_FAMILIES).join(', ')} with one label), or Qwen3-Reranker, whose tokens include "yes" and "no"`,
          zh: `${path} 不是受支持的重排序模型：应为交叉编码器（${Object.keys(ENCODER_FAMILIES).join('、')}，单标签），或词元含“yes”与“no”的 Qwen3-Reranker`,
        });
      }
      return new SaidReranker(model, await DecoderSession.open(model, { threads, bits }), asks);
    } catch (error) {
      model.close();
      throw error;
    }
  }

  private constructor(model: LanguageModel, session: DecoderSession, asks: YesOrNo) {
    this.path = model.path;
    this.places = session.places;
    this.#model = model;
    this.#session = session;
    this.#asks = asks;
  }

  /** Texts are read one after the other; what stands before them is read once. */
  async rank(
    query: string,
    texts: readonly string[],
    { instruction, signal, onTexts }: RerankOptions = {},
  ): Promise<Ranking> {
    const scores = new Float32Array(texts.length);
    let [cut, tokens] = [0, 0];
    for (const [i, text] of texts.entries()) {
      signal?.throwIfAborted();
      const question = this.#asks.question(query, text, this.places, instruction);
      scores[i] = this.#asks.score(await this.#session.see(question.ids));
      cut += Number(question.cut);
      tokens += question.ids.length;
      onTexts?.(i + 1, texts.length);
    }
    return { scores, cut, tokens };
  }

  async close(): Promise<void> {
    await this.#session.close();
    this.#model.close();
  }
}
