/** Llama 2 and 3 (Touvron et al., 2023; Meta, 2024) and what is built as they are: TinyLlama, SmolLM 2, Yi. */
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

export function llama(path: string, fields: DecoderFields): DecoderConfig {
  const parts = partsOf(path, fields);
  const rope = ropeFor(parts);
  const { attention_bias: bias, mlp_bias: mlpBias } = fields;
  return decoderOf(parts, (i) => ({
    attention: attentionOf(parts, i, { rope, bias, outBias: bias }),
    feedForward: gatedOf(parts, i, mlpBias),
    norms: normsBefore(i),
  }));
}
