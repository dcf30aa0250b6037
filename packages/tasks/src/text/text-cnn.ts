/**
 * A convolutional network for short texts (Kim, "Convolutional Neural Networks for Sentence Classification", 2014).
 *
 * Each filter looks for a phrase of 2 to 4 tokens anywhere in the text; what counts is how well the best place fits.
 * Tokens are characters for Chinese and words for languages with spaces, so a filter spans a Chinese word or an
 * English phrase, and one network reads both.
 */
import { concat, type Tensor } from '@gradus/engine';
import { conv1d, dense, dropout, embedding, type Initializer, Module } from '@gradus/nn';

/** Of a token's vector. */
export const DIMENSIONS = 64;

export interface TextCnnOptions {
  /** Tokens in the vocabulary, padding (0) and unknown (1) included. */
  readonly vocabulary: number;
  /** Logits of a text. Default 1. */
  readonly outputs?: number;
  /** What the tokens' vectors start as; default: noise. */
  readonly initializer?: Initializer;
  readonly dimensions?: number;
  readonly filters?: number;
  readonly kernels?: readonly number[];
  readonly dropout?: number;
}

export class TextCnn extends Module {
  readonly embedding;
  readonly convolutions;
  readonly out;
  readonly #outputs: number;
  readonly #dropout;

  constructor({
    vocabulary,
    outputs = 1,
    initializer,
    dimensions = DIMENSIONS,
    filters = 96,
    kernels = [2, 3, 4],
    dropout: rate = 0.5,
  }: TextCnnOptions) {
    super();
    this.embedding = embedding(vocabulary, dimensions, initializer ? { initializer } : {});
    this.convolutions = kernels.map((kernel) => conv1d(filters, kernel));
    this.out = dense(outputs);
    this.#outputs = outputs;
    this.#dropout = dropout(rate);
  }

  /** @param tokens int64 [batch, time], 0 where a text has ended. @returns logits [batch], or [batch, outputs] of several. */
  forward(tokens: Tensor): Tensor {
    const real = tokens.greater(0).cast('float32').unsqueeze(2); // [batch, time, 1]
    const x = this.#dropout(this.embedding.forward(tokens)).mul(real);
    // The smallest value of relu is 0, so padding never wins the maximum.
    const phrases = this.convolutions.map((conv) => conv.forward(x).relu().mul(real).maximum([1]));
    const logits = this.out.forward(this.#dropout(concat(phrases, 1)));
    return this.#outputs === 1 ? logits.squeeze(1) : logits;
  }
}
