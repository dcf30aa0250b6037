/** Attention over sequences: [batch, time, features]. */
import { checkOptions } from '@gradus/base';
import { concat, constant, GraphError, numericArray, showShape, type Tensor } from '@gradus/engine';
import { checkWhole } from '../check-number.ts';
import { Module } from '../module.ts';
import { type Dense, dense } from './dense.ts';
import { sizeAt } from './size.ts';

export interface AttentionOptions {
  /** Each position attends to itself and earlier ones only. Default false. */
  readonly causal?: boolean;
}

/** Keys and values of the positions so far: [batch, heads, time, size of a head]. */
export interface KeyValues {
  readonly keys: Tensor;
  readonly values: Tensor;
}

/** Multi-head attention (Vaswani et al., 2017). `features` must be a multiple of `heads`. */
export const multiHeadAttention = (heads: number, options: AttentionOptions = {}): MultiHeadAttention =>
  new MultiHeadAttention(heads, options);

export class MultiHeadAttention extends Module {
  /** Projects to queries, keys and values in one product; to keys and values only where there is a context. */
  projection: Dense | undefined;
  query: Dense | undefined;
  out: Dense | undefined;
  readonly heads: number;
  readonly causal: boolean;

  constructor(heads: number, options: AttentionOptions) {
    super();
    checkOptions('multiHeadAttention', options, { causal: false });
    checkWhole('multiHeadAttention', 'heads', heads, { least: 1 });
    const { causal = false } = options;
    this.heads = heads;
    this.causal = causal;
  }

  /**
   * @param context The sequence that is attended to, [batch, length, features]. Default: x itself.
   * @param mask Added to the scores, broadcast to [batch, heads, time, length]: 0 to look, −1e30 to look away.
   */
  forward(x: Tensor, context?: Tensor, mask?: Tensor): Tensor {
    return this.attend(x, { ...(context && { context }), ...(mask && { mask }) }).output;
  }

  /** As `forward`, with the keys and values of earlier positions (`past`) before those of x: for decoding token by token. */
  attend(
    x: Tensor,
    { context, mask, past }: { context?: Tensor; mask?: Tensor; past?: KeyValues } = {},
  ): { readonly output: Tensor; readonly present: KeyValues } {
    const features = sizeAt(x, 2);
    if (features % this.heads !== 0)
      throw new GraphError(`${features} features do not divide among ${this.heads} heads`);
    const [queries, ownKeys, ownValues] = this.#project(x, context, features);
    const keys = past ? concat([past.keys, ownKeys], 2) : ownKeys;
    const values = past ? concat([past.values, ownValues], 2) : ownValues;
    // [batch, heads, time, length]
    let scores = queries.mul(1 / Math.sqrt(features / this.heads)).matmul(keys.T);
    if (mask) scores = scores.add(mask);
    if (this.causal && x.shape[1] !== 1) scores = scores.add(causalMask(scores));
    const mixed = scores.softmax().matmul(values).transpose([0, 2, 1, 3]).reshape(x.shape);
    this.out ??= dense(features);
    return { output: this.out.forward(mixed), present: { keys, values } };
  }

  #project(x: Tensor, context: Tensor | undefined, features: number): [Tensor, Tensor, Tensor] {
    if (context) {
      this.query ??= dense(features);
      this.projection ??= dense(2 * features);
      const both = this.projection.forward(context);
      const [keys, values] = both.split([features, features], 2);
      return [this.#byHead(this.query.forward(x)), this.#byHead(keys!), this.#byHead(values!)];
    }
    this.projection ??= dense(3 * features);
    const all = this.projection.forward(x);
    const projections = all.split([features, features, features], 2);
    return projections.map((projection) => this.#byHead(projection)) as [Tensor, Tensor, Tensor];
  }

  #byHead(x: Tensor): Tensor {
    const [batch, time, features] = x.shape;
    return x.reshape([batch!, time!, this.heads, (features as number) / this.heads]).transpose([0, 2, 1, 3]);
  }
}

/** 0 where a position may attend (itself and earlier ones), −1e30 elsewhere: [time, length]. */
function causalMask({ shape, dtype }: Tensor): Tensor {
  const [time, length] = shape.slice(2);
  if (typeof time !== 'number' || typeof length !== 'number') {
    throw new GraphError(
      `causal attention over more than one place needs known lengths, not ${showShape(shape)}`,
    );
  }
  const values = Array.from({ length: time * length }, (_, i) =>
    i % length <= Math.floor(i / length) + length - time ? 0 : -1e30,
  );
  return constant({ dtype, dims: [time, length], data: numericArray(values, dtype) });
}
