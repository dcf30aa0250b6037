/** Transformer blocks (Vaswani et al., 2017), normalized before each sublayer (Xiong et al., 2020): [batch, time, features]. */
import { checkOptions } from '@gradus/base';
import type { Tensor } from '@gradus/engine';
import { Module } from '../module.ts';
import { type KeyValues, multiHeadAttention } from './attention.ts';
import { type Dense, dense } from './dense.ts';
import { dropout } from './dropout.ts';
import { layerNorm } from './layer-norm.ts';
import { sizeAt } from './size.ts';

export interface TransformerOptions {
  readonly heads: number;
  /** Size of the layer between, in multiples of the features. Default 4. */
  readonly widening?: number;
  /** Default 0. */
  readonly dropout?: number;
  /** Each place sees itself and what came before: a decoder. Default false: an encoder. */
  readonly causal?: boolean;
}

const OPTIONS = { heads: true, widening: 4, dropout: 0, causal: false };

export const transformerBlock = (options: TransformerOptions): TransformerBlock =>
  new TransformerBlock(options);

export class TransformerBlock extends Module {
  readonly attentionNorm = layerNorm();
  readonly attention: ReturnType<typeof multiHeadAttention>;
  readonly feedForwardNorm = layerNorm();
  widen: Dense | undefined;
  narrow: Dense | undefined;
  readonly #options: TransformerOptions;

  constructor(options: TransformerOptions) {
    super();
    checkOptions('transformerBlock', options, OPTIONS);
    this.#options = options;
    this.attention = multiHeadAttention(options.heads, { causal: options.causal ?? false });
  }

  /** @param mask As in MultiHeadAttention. */
  forward(x: Tensor, mask?: Tensor): Tensor {
    return this.step(x, mask ? { mask } : {}).output;
  }

  step(
    x: Tensor,
    options: { mask?: Tensor; past?: KeyValues } = {},
  ): { readonly output: Tensor; readonly present: KeyValues } {
    const { widening = 4, dropout: rate = 0 } = this.#options;
    const features = sizeAt(x, 2);
    this.widen ??= dense(widening * features);
    this.narrow ??= dense(features);
    const drop = rate > 0 ? dropout(rate) : (value: Tensor) => value;
    const { output, present } = this.attention.attend(this.attentionNorm.forward(x), options);
    const attended = x.add(drop(output));
    const wide = this.widen.forward(this.feedForwardNorm.forward(attended)).gelu('tanh');
    return { output: attended.add(drop(this.narrow.forward(wide))), present };
  }
}
