/** A convolutional network for texts. */
import { checkOptions } from '@gradus/base';
import { concat, type Tensor } from '@gradus/engine';
import { conv1d } from '../layers/conv.ts';
import { dense } from '../layers/dense.ts';
import { embedding } from '../layers/embedding.ts';
import { Module } from '../module.ts';

export interface TextCnnOptions {
  readonly vocabulary: number;
  readonly outputs: number;
  /** Size of a token's vector. Default 64. */
  readonly dimensions?: number;
  /** Filters of each width. Default 96. */
  readonly filters?: number;
  /** Tokens that a filter sees. Default [2, 3, 4]. */
  readonly widths?: readonly number[];
}

const OPTIONS = { vocabulary: true, outputs: true, dimensions: 64, filters: 96, widths: [2, 3, 4] };

/** Convolutions over tokens (Kim, "Convolutional Neural Networks for Sentence Classification", 2014): int64 [batch, time] -> [batch, outputs]. */
export const textCnn = (options: TextCnnOptions): TextCnn => new TextCnn(options);

export class TextCnn extends Module {
  readonly embedding;
  readonly convolutions;
  readonly out;

  constructor(options: TextCnnOptions) {
    super();
    checkOptions('textCnn', options, OPTIONS);
    const { vocabulary, outputs, dimensions = 64, filters = 96, widths = [2, 3, 4] } = options;
    this.embedding = embedding(vocabulary, dimensions);
    this.convolutions = widths.map((width) => conv1d(filters, width));
    this.out = dense(outputs);
  }

  forward(tokens: Tensor): Tensor {
    const x = this.embedding.forward(tokens);
    const features = this.convolutions.map((convolution) => convolution.forward(x).relu().maximum([1]));
    return this.out.forward(concat(features, 1));
  }
}
