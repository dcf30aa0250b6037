/**
 * Qwen 2 and 2.5 (Yang et al., 2024): biases of queries, keys and values. Qwen 3 (2025): norms of each head's queries and keys in
 * their place.
 */
import {
  attentionOf,
  type DecoderFields,
  decoderOf,
  gatedOf,
  normsBefore,
  type Parts,
  partsOf,
  ropeFor,
} from './common.ts';
import type { DecoderConfig } from './decoder-config.ts';

/** Windows are off unless asked for; older configs say from which layer on. */
function windowOf({ fields, slides }: Parts, i: number): number | undefined {
  if (!fields.use_sliding_window) return undefined;
  const sliding = fields.layer_types ? slides(i) : i >= (fields.max_window_layers ?? 0);
  return sliding ? (fields.sliding_window ?? undefined) : undefined;
}

export function qwen2(path: string, fields: DecoderFields): DecoderConfig {
  const parts = partsOf(path, fields);
  const rope = ropeFor(parts);
  return decoderOf(parts, (i) => ({
    attention: attentionOf(parts, i, { rope, bias: true, window: windowOf(parts, i) }),
    feedForward: gatedOf(parts, i),
    norms: normsBefore(i),
  }));
}

export function qwen3(path: string, fields: DecoderFields): DecoderConfig {
  const parts = partsOf(path, { ...fields, head_dim: fields.head_dim ?? 128 });
  const rope = ropeFor(parts);
  const { attention_bias: bias } = fields;
  return decoderOf(parts, (i) => ({
    attention: attentionOf(parts, i, {
      rope,
      norms: 'head',
      bias,
      outBias: bias,
      window: windowOf(parts, i),
    }),
    feedForward: gatedOf(parts, i),
    norms: normsBefore(i),
  }));
}
