/**
 * Texts as vectors, by an encoder or a decoder of Hugging Face (BERT and its like; Qwen3-Embedding) with the pooling, length and
 * prefixes that its folder declares.
 */
import { UserError } from '@gradus/base';
import type { Tokenizer } from '@gradus/data';
import type { HostTensor, Tensor } from '@gradus/engine';
import type { CompiledGraph } from '@gradus/engine/node';
import { embeddingGraph } from '../graph/embedding.ts';
import { type Pooling, positionsOf } from '../graph/encoder.ts';
import { constantWeights, type LayerWeights } from '../graph/layer-weights.ts';
import { type RunBits, weightsIn } from '../graph/quantized-weights.ts';
import { type EmbeddingModel, loadEmbedding } from '../model/embedding-model.ts';
import type { DenseLayer, SentenceFields } from '../model/sentence-fields.ts';
import { openGraph } from '../run/open-graph.ts';
import { safetensorsFolder } from '../weights/safetensors.ts';
import type { Weights } from '../weights/weights.ts';
import { encodedTexts, inBatches } from './text-batches.ts';

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

export class Embedder {
  readonly path: string;
  readonly dimensions: number;
  readonly pooling: Pooling;
  readonly normalize: boolean;
  /** Prefixes that the model was trained with, by name. */
  readonly prompts: Readonly<Record<string, string>>;
  readonly #config: EmbeddingModel['config'];
  readonly #tokenizer: Tokenizer;
  readonly #compiled: CompiledGraph;
  readonly #fields: SentenceFields;

  /** @throws UserError naming the file and the field that is missing or wrong */
  static async open(path: string, { threads, bits }: EmbedderOptions = {}): Promise<Embedder> {
    const model = await loadEmbedding(path);
    const opened: Weights[] = [];
    try {
      const { config, pooling: kind, normalize } = model;
      const dense = model.dense.map((layer, i) => {
        requireWidth(layer, model.dense[i - 1]?.outputs ?? config.hidden);
        const weights = safetensorsFolder(layer.folder);
        opened.push(weights);
        return { ...layer, weights: constantWeights(weights) };
      });
      const behind = (vectors: Tensor) => dense.reduce(throughDense, vectors);
      const graph = embeddingGraph(config, weightsIn(model.weights, bits), { kind, normalize, behind });
      return new Embedder(model, await openGraph(graph, { threads }));
    } finally {
      model.close();
      for (const weights of opened) weights.close();
    }
  }

  private constructor(model: EmbeddingModel, compiled: CompiledGraph) {
    this.path = model.path;
    this.pooling = model.pooling;
    this.normalize = model.normalize;
    this.prompts = model.prompts;
    this.dimensions = model.dense.at(-1)?.outputs ?? model.config.hidden;
    this.#config = model.config;
    this.#tokenizer = model.tokenizer;
    this.#compiled = compiled;
    const { pooling, normalize, dense, length, prompts, defaultPrompt } = model;
    this.#fields = { pooling, normalize, dense, length, prompts, defaultPrompt };
  }

  /** Tokens of a text that are seen at most. */
  get places(): number {
    return this.#fields.length;
  }

  async embed(texts: readonly string[], { prompt, ...options }: EmbedOptions = {}): Promise<Embeddings> {
    const { rows, cut } = encodedTexts(this.#tokenizer, texts, this.#fields, prompt);
    const size = this.dimensions;
    const vectors = await inBatches(
      rows,
      async (batch) => {
        const found = await this.#batch(batch);
        return batch.map((_, i) => found.subarray(i * size, (i + 1) * size));
      },
      options,
    );
    const data = new Float32Array(texts.length * size);
    for (const [i, vector] of vectors.entries()) data.set(vector, i * size);
    return { data, dimensions: size, cut, tokens: rows.reduce((sum, { length }) => sum + length, 0) };
  }

  async #batch(rows: readonly Int32Array[]): Promise<Float32Array> {
    const time = rows.reduce((most, ids) => Math.max(most, ids.length), 1);
    const dims = [rows.length, time];
    const mask = rows.flatMap((ids) => Array.from({ length: time }, (_, i) => (i < ids.length ? 1 : 0)));
    const pad = 'embeddings' in this.#config ? this.#config.pad : 0;
    const ids = rows.flatMap((row) => Array.from({ length: time }, (_, i) => row[i] ?? pad));
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

/** [batch, inputs] -> [batch, outputs] */
function throughDense(
  vectors: Tensor,
  { inputs, outputs, bias, activation, weights }: DenseLayer & { readonly weights: LayerWeights },
): Tensor {
  const made = weights.linear(vectors, { name: 'linear', inputs, outputs, bias });
  return activation === 'tanh' ? made.tanh() : made;
}

function requireWidth({ folder, inputs }: DenseLayer, given: number): void {
  if (inputs === given) return;
  throw new UserError({
    en: `${folder}: in_features: the layer takes ${inputs} numbers, and gets ${given}`,
    zh: `${folder}：in_features：该层需要 ${inputs} 个数，而实际为 ${given} 个`,
  });
}
