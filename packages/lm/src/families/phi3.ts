/** Phi 3 and 4 mini (Abdin et al., 2024): queries, keys and values by one matrix, gate and up by another, LongRoPE. */
import { attentionOf, type DecoderFields, decoderOf, normsBefore, partsOf, ropeFor } from './common.ts';
import type { DecoderConfig } from './decoder-config.ts';

export function phi3(path: string, fields: DecoderFields): DecoderConfig {
  const parts = partsOf(path, fields);
  const { heads, kvHeads, headSize } = parts.sizes;
  const { hidden_size: hidden, intermediate_size: inner } = fields;
  const rope = ropeFor(parts);
  const window = fields.sliding_window ?? undefined;
  return decoderOf(parts, (i) => ({
    attention: {
      ...attentionOf(parts, i, { rope, window }),
      projections: {
        fused: parts.linear(i, 'self_attn.qkv_proj', hidden, (heads + 2 * kvHeads) * headSize),
      },
    },
    feedForward: {
      up: { gateUp: parts.linear(i, 'mlp.gate_up_proj', hidden, 2 * inner) },
      down: parts.linear(i, 'mlp.down_proj', inner, hidden),
    },
    norms: normsBefore(i),
  }));
}
