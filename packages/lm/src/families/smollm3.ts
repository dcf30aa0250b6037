/** SmolLM 3 (Hugging Face, 2025): Llama in which every fourth layer has no positions at all. */
import {
  attentionOf,
  type DecoderFields,
  decoderOf,
  gatedOf,
  normsBefore,
  partsOf,
  ropeFor,
} from './common.ts';
import type { DecoderConfig } from './decoder-config.ts';

export function smollm3(path: string, fields: DecoderFields): DecoderConfig {
  const parts = partsOf(path, fields);
  const rope = ropeFor(parts);
  const every = fields.no_rope_layer_interval ?? 4;
  const turns = (i: number) =>
    fields.no_rope_layers ? fields.no_rope_layers[i] !== 0 : (i + 1) % every !== 0;
  const { attention_bias: bias, mlp_bias: mlpBias } = fields;
  return decoderOf(
    parts,
    (i) => ({
      attention: attentionOf(parts, i, {
        rope: turns(i) ? rope : undefined,
        bias,
        outBias: bias,
        window:
          fields.use_sliding_window && parts.slides(i) ? (fields.sliding_window ?? undefined) : undefined,
      }),
      feedForward: gatedOf(parts, i, mlpBias),
      norms: normsBefore(i),
    }),
    { tied: fields.tie_word_embeddings ?? true },
  );
}
