/** Granite 3 (IBM, 2024): Llama with factors of embeddings, scores, sums and logits. */
import type { DecoderFields } from './common.ts';
import type { DecoderConfig } from './decoder-config.ts';
import { llama } from './llama.ts';

export function granite(path: string, fields: DecoderFields): DecoderConfig {
  const { embedding_multiplier, attention_multiplier, residual_multiplier, logits_scaling } = fields;
  return {
    ...llama(path, fields),
    embeddingFactor: embedding_multiplier ?? 1,
    // Without one, scores are not scaled at all.
    scale: attention_multiplier ?? 1,
    residualFactor: residual_multiplier ?? 1,
    logitFactor: 1 / (logits_scaling ?? 1),
  };
}
