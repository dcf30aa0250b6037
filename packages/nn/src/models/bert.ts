/** A small BERT: an encoder of tokens. */
import { checkOptions } from '@gradus/base';
import { int64, type Tensor } from '@gradus/engine';
import { dense } from '../layers/dense.ts';
import { embedding } from '../layers/embedding.ts';
import { layerNorm } from '../layers/layer-norm.ts';
import { sizeAt } from '../layers/size.ts';
import { transformerBlock } from '../layers/transformer.ts';
import { Module } from '../module.ts';

export interface BertOptions {
  readonly vocabulary: number;
  readonly outputs: number;
  /** The longest sequence. Default 128. */
  readonly length?: number;
  readonly layers?: number;
  readonly heads?: number;
  readonly features?: number;
  readonly dropout?: number;
}

const OPTIONS = {
  vocabulary: true,
  outputs: true,
  length: 128,
  layers: 4,
  heads: 4,
  features: 128,
  dropout: 0,
};

/**
 * An encoder that sees both ways (Devlin et al., "BERT", 2019): int64 tokens [batch, time], token 0 being padding that
 * nothing looks at -> [batch, outputs], from the mean over all tokens.
 */
export const bert = (options: BertOptions): Bert => new Bert(options);

export class Bert extends Module {
  readonly tokens;
  readonly positions;
  readonly blocks;
  readonly norm = layerNorm();
  readonly out;

  constructor(options: BertOptions) {
    super();
    checkOptions('bert', options, OPTIONS);
    const { vocabulary, outputs, length = 128, layers = 4, heads = 4, features = 128 } = options;
    this.tokens = embedding(vocabulary, features);
    this.positions = embedding(length, features);
    this.blocks = Array.from({ length: layers }, () =>
      transformerBlock({ heads, dropout: options.dropout ?? 0 }),
    );
    this.out = dense(outputs);
  }

  forward(tokens: Tensor): Tensor {
    const places = int64(Array.from({ length: sizeAt(tokens, 1) }, (_, i) => i));
    const real = tokens.greater(0).cast('float32');
    // [batch, 1, 1, time]
    const mask = real.sub(1).mul(1e30).unsqueeze(1, 2);
    const embedded = this.tokens.forward(tokens).add(this.positions.forward(places));
    const encoded = this.norm.forward(this.blocks.reduce((x, block) => block.forward(x, mask), embedded));
    const weights = real.unsqueeze(2);
    return this.out.forward(
      encoded
        .mul(weights)
        .sum([1])
        .div(weights.sum([1]).max(1)),
    );
  }
}
