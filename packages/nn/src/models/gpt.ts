/** A small GPT: a decoder of tokens. */
import { checkOptions } from '@gradus/base';
import { type Graph, type HostTensor, input, int64, type Tensor } from '@gradus/engine';
import type { KeyValues } from '../layers/attention.ts';
import { dense } from '../layers/dense.ts';
import { embedding } from '../layers/embedding.ts';
import { layerNorm } from '../layers/layer-norm.ts';
import { sizeAt } from '../layers/size.ts';
import { transformerBlock } from '../layers/transformer.ts';
import { Module } from '../module.ts';

export interface GptOptions {
  readonly vocabulary: number;
  /** The longest sequence. Default 128. */
  readonly length?: number;
  readonly layers?: number;
  readonly heads?: number;
  readonly features?: number;
  readonly dropout?: number;
}

const OPTIONS = { vocabulary: true, length: 128, layers: 4, heads: 4, features: 128, dropout: 0 };

/**
 * A decoder that predicts the next token (Radford et al., "Language Models are Unsupervised Multitask Learners", 2019):
 * int64 [batch, time] -> logits [batch, time, vocabulary].
 */
export const gpt = (options: GptOptions): Gpt => new Gpt(options);

export class Gpt extends Module {
  readonly tokens;
  readonly positions;
  readonly blocks;
  readonly norm = layerNorm();
  readonly out;
  /** The longest sequence. */
  readonly length: number;
  readonly #heads: number;
  readonly #features: number;

  constructor(options: GptOptions) {
    super();
    checkOptions('gpt', options, OPTIONS);
    const { vocabulary, length = 128, layers = 4, heads = 4, features = 128 } = options;
    this.length = length;
    this.#heads = heads;
    this.#features = features;
    this.tokens = embedding(vocabulary, features);
    this.positions = embedding(length, features);
    this.blocks = Array.from({ length: layers }, () =>
      transformerBlock({ heads, dropout: options.dropout ?? 0, causal: true }),
    );
    this.out = dense(vocabulary);
  }

  forward(tokens: Tensor): Tensor {
    const places = int64(Array.from({ length: sizeAt(tokens, 1) }, (_, i) => i));
    return this.#decode(tokens, places).logits;
  }

  /** Keys and values of no places yet, for one sequence: what `decoder` begins with. */
  noPast(): Record<string, HostTensor> {
    const none = {
      dtype: 'float32',
      dims: [1, this.#heads, 0, this.#features / this.#heads],
      data: new Float32Array(0),
    } as const;
    return Object.fromEntries(
      this.blocks.flatMap((_, i) => [
        [`keys${i}`, none],
        [`values${i}`, none],
      ]),
    );
  }

  /**
   * One step of decoding as a graph: `token` int64 [batch, 1], its `position` int64 [1], and the keys and values of
   * each layer so far (`keys0`, `values0`, … float32 [batch, heads, past, size]) -> `logits` [batch, vocabulary] and
   * the keys and values with the new place (`nextKeys0`, …).
   */
  decoder(): Graph<Tensor> {
    const [token, position] = [input('token', ['batch', 1], 'int64'), input('position', [1], 'int64')];
    const shape = ['batch', this.#heads, 'past', this.#features / this.#heads];
    const past = this.blocks.map((_, i) => ({
      keys: input(`keys${i}`, shape),
      values: input(`values${i}`, shape),
    }));
    const { logits, present } = this.#decode(token, position, past);
    const inputs: Record<string, Tensor> = { token, position };
    const outputs: Record<string, Tensor> = { logits: logits.squeeze(1) };
    for (const [i, { keys, values }] of past.entries()) {
      Object.assign(inputs, { [`keys${i}`]: keys, [`values${i}`]: values });
      Object.assign(outputs, { [`nextKeys${i}`]: present[i]!.keys, [`nextValues${i}`]: present[i]!.values });
    }
    return { name: 'decoder', inputs, outputs };
  }

  #decode(tokens: Tensor, places: Tensor, past?: readonly KeyValues[]) {
    let x = this.tokens.forward(tokens).add(this.positions.forward(places));
    const present: KeyValues[] = [];
    for (const [i, block] of this.blocks.entries()) {
      const before = past?.[i];
      const step = block.step(x, before ? { past: before } : {});
      x = step.output;
      present.push(step.present);
    }
    return { logits: this.out.forward(this.norm.forward(x)), present };
  }
}
