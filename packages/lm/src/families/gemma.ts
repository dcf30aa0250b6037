/**
 * Gemma 1 to 3 (Google, 2024 and 2025): weights of norms held less 1, embeddings scaled by √width, GELU gates; from 2 on norms on
 * both sides, windows in some layers, and bent scores and logits (2) or norms of queries and keys (3).
 */
import {
  attentionOf,
  type DecoderFields,
  decoderOf,
  gatedOf,
  normsBefore,
  partsOf,
  ropeFor,
} from './common.ts';
import type { DecoderConfig, LayerConfig } from './decoder-config.ts';

const shared = (fields: DecoderFields): Partial<DecoderConfig> => ({
  norm: { kind: 'rms', epsilon: fields.rms_norm_eps, plusOne: true },
  // Configs of the first years say "gelu" and mean its approximation.
  activation: 'geluTanh',
  embeddingFactor: Math.sqrt(fields.hidden_size),
  tied: fields.tie_word_embeddings ?? true,
});

const normsAround = (i: number): LayerConfig['norms'] => ({
  beforeAttention: `model.layers.${i}.input_layernorm`,
  afterAttention: `model.layers.${i}.post_attention_layernorm`,
  beforeFeedForward: `model.layers.${i}.pre_feedforward_layernorm`,
  afterFeedForward: `model.layers.${i}.post_feedforward_layernorm`,
});

const LARGE_HEAD = 256;

export function gemma(path: string, fields: DecoderFields): DecoderConfig {
  const parts = partsOf(path, { ...fields, head_dim: fields.head_dim ?? LARGE_HEAD });
  const rope = ropeFor(parts);
  return decoderOf(
    parts,
    (i) => ({
      attention: attentionOf(parts, i, { rope, bias: fields.attention_bias }),
      feedForward: gatedOf(parts, i),
      norms: normsBefore(i),
    }),
    shared(fields),
  );
}

export function gemma2(path: string, fields: DecoderFields): DecoderConfig {
  const parts = partsOf(path, { ...fields, head_dim: fields.head_dim ?? LARGE_HEAD });
  const rope = ropeFor(parts);
  const slides = (i: number) => (fields.layer_types ? parts.slides(i) : i % 2 === 0);
  const scalar = fields.query_pre_attn_scalar ?? LARGE_HEAD;
  const { attn_logit_softcapping: scores, final_logit_softcapping: logits } = fields;
  return decoderOf(
    parts,
    (i) => ({
      attention: attentionOf(parts, i, {
        rope,
        window: slides(i) ? (fields.sliding_window ?? 4096) : undefined,
      }),
      feedForward: gatedOf(parts, i),
      norms: normsAround(i),
    }),
    {
      ...shared(fields),
      scale: scalar ** -0.5,
      ...(scores && { scoreCap: scores }),
      ...(logits && { logitCap: logits }),
    },
  );
}

export function gemma3(path: string, fields: DecoderFields): DecoderConfig {
  const parts = partsOf(path, { ...fields, head_dim: fields.head_dim ?? LARGE_HEAD });
  const pattern = Number(fields.sliding_window_pattern ?? 6);
  const slides = (i: number) => (fields.layer_types ? parts.slides(i) : (i + 1) % pattern !== 0);
  const ropes = { near: ropeFor(parts, true), far: ropeFor(parts) };
  return decoderOf(
    parts,
    (i) => ({
      attention: attentionOf(parts, i, {
        norms: 'head',
        rope: slides(i) ? ropes.near : ropes.far,
        window: slides(i) ? (fields.sliding_window ?? 4096) : undefined,
      }),
      feedForward: gatedOf(parts, i),
      norms: normsAround(i),
    }),
    { ...shared(fields), scale: (fields.query_pre_attn_scalar ?? LARGE_HEAD) ** -0.5 },
  );
}
