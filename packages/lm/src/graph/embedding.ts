/** The graph that makes vectors of texts, by an encoder or a decoder. */
import { type Graph, input, type Tensor } from '@gradus/engine';
import type { DecoderConfig } from '../families/decoder-config.ts';
import type { EncoderConfig } from '../families/encoder-config.ts';
import { textsHidden } from './decoder.ts';
import { encoderHidden, ofLengthOne, type Pooling, pooled } from './encoder.ts';
import type { LayerWeights } from './layer-weights.ts';

/**
 * Texts of any number and length: (ids, mask, positions) -> (hidden) or, with a pooling, (embeddings).
 * @param pooling `behind`: what becomes of vectors before they are brought to length 1
 */
export function embeddingGraph(
  config: EncoderConfig | DecoderConfig,
  weights: LayerWeights,
  pooling?: {
    readonly kind: Pooling;
    readonly normalize: boolean;
    readonly behind?: (vectors: Tensor) => Tensor;
  },
): Graph<Tensor> {
  const whole = (name: string) => input(name, ['batch', 'time'], 'int64');
  const inputs = { ids: whole('ids'), mask: whole('mask'), positions: whole('positions') };
  const isEncoder = 'embeddings' in config;
  const hidden = isEncoder ? encoderHidden(config, weights, inputs) : textsHidden(config, weights, inputs);
  return { name: 'texts', inputs, outputs: pooling ? { embeddings: vectorsOf(pooling) } : { hidden } };

  function vectorsOf({ kind, normalize, behind }: NonNullable<typeof pooling>): Tensor {
    const vectors = pooled(hidden, inputs.mask, kind, false);
    const made = behind ? behind(vectors) : vectors;
    return normalize ? ofLengthOne(made) : made;
  }
}
