/**
 * Gemma 1 to 3 (Google, 2024 and 2025): weights of norms held less 1, embeddings scaled by √width, GELU gates; from 2 on norms on
 * both sides, windows in some layers, and bent scores and logits (2) or norms of queries and keys (3). EmbeddingGemma is a Gemma 3
 * that looks ahead.
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

/** What a config leaves out that is as transformers' own: those inside a config of images and texts leave out most. */
export const GEMMA3_DEFAULTS = {
  vocab_size: 262_208,
  num_attention_heads: 8,
  num_key_value_heads: 4,
  head_dim: LARGE_HEAD,
  max_position_embeddings: 131_072,
  rope_theta: 1_000_000,
  bos_token_id: 2,
  eos_token_id: 1,
};
const NEAR_THETA = 10_000;

export function gemma3(path: string, fields: DecoderFields): DecoderConfig {
  const looksAhead = fields.use_bidirectional_attention ?? false;
  const width = fields.sliding_window ?? 4096;
  // EmbeddingGemma's window is as wide to both sides together.
  const window = looksAhead ? Math.floor(width / 2) + 1 : width;
  const parts = partsOf(path, { ...fields, head_dim: fields.head_dim ?? LARGE_HEAD });
  const pattern = Number(fields.sliding_window_pattern ?? 6);
  const slides = (i: number) => (fields.layer_types ? parts.slides(i) : (i + 1) % pattern !== 0);
  const ropes = { near: ropeFor(parts, fields.rope_local_base_freq ?? NEAR_THETA), far: ropeFor(parts) };
  return decoderOf(
    parts,
    (i) => ({
      attention: attentionOf(parts, i, {
        norms: 'head',
        rope: slides(i) ? ropes.near : ropes.far,
        window: slides(i) ? window : undefined,
      }),
      feedForward: gatedOf(parts, i),
      norms: normsAround(i),
    }),
    {
      ...shared(fields),
      scale: (fields.query_pre_attn_scalar ?? LARGE_HEAD) ** -0.5,
      ...(looksAhead && { looksAhead }),
    },
  );
}
