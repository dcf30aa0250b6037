/**
 * OLMo (Groeneveld et al., 2024): layer norms without weights, cut-off projections. OLMo 2 (2025): norms behind attention and
 * feed-forward part, and of queries and keys as a whole. OLMo 3 (2025): three of four layers see a window.
 */
import {
  type AttentionDetails,
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

export function olmo(path: string, fields: DecoderFields): DecoderConfig {
  const parts = partsOf(path, fields);
  const rope = ropeFor(parts);
  const { attention_bias: bias, clip_qkv: clip } = fields;
  return decoderOf(
    parts,
    (i) => ({
      attention: attentionOf(parts, i, { rope, bias, outBias: bias }),
      feedForward: gatedOf(parts, i),
      norms: normsBefore(i),
    }),
    { norm: { kind: 'layer', epsilon: 1e-5, weight: false, bias: false }, ...(clip && { clip }) },
  );
}

export function olmo2(path: string, fields: DecoderFields): DecoderConfig {
  const parts = partsOf(path, fields);
  const rope = ropeFor(parts);
  return normsBehind(parts, () => ({ rope }));
}

export function olmo3(path: string, fields: DecoderFields): DecoderConfig {
  const parts = partsOf(path, fields);
  const ropes = { near: ropeFor(parts, fields.rope_theta), far: ropeFor(parts) };
  const slides = (i: number) => (fields.layer_types ? parts.slides(i) : (i + 1) % 4 !== 0);
  return normsBehind(parts, (i) =>
    slides(i) ? { rope: ropes.near, window: fields.sliding_window ?? undefined } : { rope: ropes.far },
  );
}

function normsBehind(
  parts: Parts,
  details: (i: number) => Pick<AttentionDetails, 'rope' | 'window'>,
): DecoderConfig {
  const { attention_bias: bias } = parts.fields;
  return decoderOf(parts, (i) => ({
    attention: attentionOf(parts, i, { ...details(i), norms: 'all', bias, outBias: bias }),
    feedForward: gatedOf(parts, i),
    norms: {
      afterAttention: `model.layers.${i}.post_attention_layernorm`,
      afterFeedForward: `model.layers.${i}.post_feedforward_layernorm`,
    },
  }));
}
