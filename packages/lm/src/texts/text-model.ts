/**
 * What a head stands on: a model that makes hidden states of a text, encoder or decoder alike. Texts are cut to a length, and lie in
 * batches of one shape, filled up at their ends.
 */
import { type HostTensor, input, type Tensor } from '@gradus/engine';
import type { DecoderConfig } from '../families/decoder-config.ts';
import type { EncoderConfig } from '../families/encoder-config.ts';
import { sequenceHidden } from '../graph/decoder.ts';
import { encoderHidden, positionsOf } from '../graph/encoder.ts';
import type { LayerWeights } from '../graph/layer-weights.ts';
import type { AnyModel } from '../model/load-any.ts';

/** A batch of texts, [batch, time] each, in whole numbers. `mask` has 1 where there is a token. */
export interface TextBatch {
  readonly ids: Tensor;
  readonly mask: Tensor;
  readonly positions: Tensor;
}

export const textInputs = (rows: number, length: number): Record<keyof TextBatch, Tensor> => ({
  ids: input('ids', [rows, length], 'int64'),
  mask: input('mask', [rows, length], 'int64'),
  positions: input('positions', [rows, length], 'int64'),
});

/** The hidden states of the last layer, [batch, time, hidden]. */
export const hiddenOf = (
  config: DecoderConfig | EncoderConfig,
  weights: LayerWeights,
  { ids, mask, positions }: TextBatch,
  onLayer?: (hidden: Tensor) => void,
): Tensor =>
  'embeddings' in config
    ? encoderHidden(config, weights, { ids, mask, positions, ...(onLayer && { onLayer }) })
    : // What fills a row stands behind its text, and nothing looks ahead.
      sequenceHidden(config, weights, { ids, positions, ...(onLayer && { onLayer }) });

/** Tokens of a text, those that the model expects around it included, `length` at most. */
export function tokensOfText(model: AnyModel, text: string, length: number): readonly number[] {
  const { tokenizer } = model;
  const options = { padding: null, parseSpecial: false } as const;
  const { ids } = tokenizer.encode(text, { ...options, truncation: null });
  if (ids.length <= length) return [...ids];
  return [...tokenizer.encode(text, { ...options, truncation: { max_length: length } }).ids];
}

/** Texts as arrays [rows, length]; rows that are missing have one token that nobody looks at. */
export function batchOfTexts(
  config: DecoderConfig | EncoderConfig,
  texts: readonly (readonly number[] | undefined)[],
  length: number,
): Record<keyof TextBatch, HostTensor> {
  const dims = [texts.length, length];
  const pad = 'embeddings' in config ? config.pad : 0;
  const mask = texts.flatMap((ids) =>
    Array.from({ length }, (_, i) => (i < Math.max(1, ids?.length ?? 0) ? 1 : 0)),
  );
  const ids = texts.flatMap((row) => Array.from({ length }, (_, i) => row?.[i] ?? pad));
  const positions =
    'embeddings' in config
      ? positionsOf(config, mask, length)
      : BigInt64Array.from(mask, (_, i) => BigInt(i % length));
  const whole = (data: BigInt64Array): HostTensor => ({ dtype: 'int64', dims, data });
  return {
    ids: whole(BigInt64Array.from(ids, BigInt)),
    mask: whole(BigInt64Array.from(mask, BigInt)),
    positions: whole(positions),
  };
}
