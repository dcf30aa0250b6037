/** The fields that most decoders' config.json have, and the parts that most are built of. */
import { UserError } from '@gradus/base';
import { z } from 'zod';
import type {
  Activation,
  AttentionConfig,
  DecoderConfig,
  FeedForwardConfig,
  LayerConfig,
  LinearConfig,
} from './decoder-config.ts';
import { ROPE_PARAMETERS, type RopeParameters, ropeOf } from './rope.ts';

export const COUNT = z
  .int()
  .min(1)
  .max(1 << 24);
const TOKEN = z.int().min(0);
const TOKENS = z.union([TOKEN, z.array(TOKEN)]).nullish();
const ROPES = z.union([
  z.object({ full_attention: ROPE_PARAMETERS, sliding_attention: ROPE_PARAMETERS }),
  ROPE_PARAMETERS,
]);

export const DECODER = z.looseObject({
  model_type: z.string(),
  vocab_size: COUNT,
  hidden_size: COUNT,
  intermediate_size: COUNT,
  num_hidden_layers: COUNT.max(1000),
  num_attention_heads: COUNT,
  num_key_value_heads: COUNT.nullish(),
  head_dim: COUNT.nullish(),
  max_position_embeddings: COUNT,
  rms_norm_eps: z.number().positive().default(1e-6),
  rope_theta: z.number().positive().default(10_000),
  rope_scaling: ROPE_PARAMETERS.nullish(),
  rope_parameters: ROPES.nullish(),
  rope_local_base_freq: z.number().positive().optional(),
  partial_rotary_factor: z.number().positive().max(1).optional(),
  original_max_position_embeddings: COUNT.optional(),
  tie_word_embeddings: z.boolean().optional(),
  attention_bias: z.boolean().nullish(),
  mlp_bias: z.boolean().nullish(),
  hidden_act: z.string().nullish(),
  hidden_activation: z.string().nullish(),
  /** 0: none, as transformers writes it where windows are off. */
  sliding_window: z
    .literal(0)
    .transform(() => null)
    .or(COUNT)
    .nullish(),
  use_sliding_window: z.boolean().optional(),
  max_window_layers: z.int().min(0).optional(),
  layer_types: z.array(z.string()).nullish(),
  num_experts: COUNT.max(10_000).optional(),
  num_local_experts: COUNT.max(10_000).optional(),
  num_experts_per_tok: COUNT.optional(),
  norm_topk_prob: z.boolean().optional(),
  moe_intermediate_size: COUNT.optional(),
  shared_expert_intermediate_size: COUNT.optional(),
  mlp_only_layers: z.array(z.int().min(0)).nullish(),
  decoder_sparse_step: COUNT.optional(),
  no_rope_layers: z.array(z.int()).nullish(),
  no_rope_layer_interval: COUNT.optional(),
  query_pre_attn_scalar: z.number().positive().optional(),
  attn_logit_softcapping: z.number().positive().nullish(),
  final_logit_softcapping: z.number().positive().nullish(),
  clip_qkv: z.number().positive().nullish(),
  use_bidirectional_attention: z.boolean().nullish(),
  embedding_multiplier: z.number().positive().optional(),
  attention_multiplier: z.number().positive().optional(),
  residual_multiplier: z.number().positive().optional(),
  logits_scaling: z.number().positive().optional(),
  bos_token_id: TOKENS,
  eos_token_id: TOKENS,
});
export type DecoderFields = z.output<typeof DECODER>;

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  silu: 'silu',
  swish: 'silu',
  gelu: 'gelu',
  gelu_new: 'geluTanh',
  gelu_pytorch_tanh: 'geluTanh',
  gelu_fast: 'geluTanh',
  quick_gelu: 'geluQuick',
  relu: 'relu',
};

export function activationOf(path: string, name: string): Activation {
  const activation = Object.hasOwn(ACTIVATIONS, name) ? ACTIVATIONS[name] : undefined;
  if (activation) return activation;
  throw new UserError({
    en: `${path}: activation "${name}" is not known; expected ${Object.keys(ACTIVATIONS).join(', ')}`,
    zh: `${path}：不支持激活函数“${name}”；应为 ${Object.keys(ACTIVATIONS).join('、')} 之一`,
  });
}

export const tokensOf = (tokens: number | readonly number[] | null | undefined): readonly number[] =>
  typeof tokens === 'number' ? [tokens] : (tokens ?? []);

export interface Sizes {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
}

export function sizesOf(path: string, fields: DecoderFields): Sizes {
  const heads = fields.num_attention_heads;
  const kvHeads = fields.num_key_value_heads ?? heads;
  const headSize = fields.head_dim ?? fields.hidden_size / heads;
  if (!Number.isInteger(headSize) || heads % kvHeads !== 0) {
    throw new UserError({
      en: `${path}: hidden_size ${fields.hidden_size}, num_attention_heads ${heads} and num_key_value_heads ${kvHeads} do not fit together`,
      zh: `${path}：hidden_size ${fields.hidden_size}、num_attention_heads ${heads} 与 num_key_value_heads ${kvHeads} 不相容`,
    });
  }
  return { heads, kvHeads, headSize };
}

export interface Parts {
  readonly path: string;
  readonly fields: DecoderFields;
  readonly sizes: Sizes;
  /** A matrix of layer i by the rest of its name. */
  linear(i: number, name: string, inputs: number, outputs: number, bias?: boolean | null): LinearConfig;
  /** Whether layer i sees a window only, by `layer_types`. */
  slides(i: number): boolean;
}

export function partsOf(path: string, fields: DecoderFields, prefix = 'model.'): Parts {
  const types = fields.layer_types;
  if (types && types.length < fields.num_hidden_layers)
    throw new UserError({
      en: `${path}: layer_types has ${types.length} entries for ${fields.num_hidden_layers} layers`,
      zh: `${path}：layer_types 有 ${types.length} 项，而层数为 ${fields.num_hidden_layers}`,
    });
  return {
    path,
    fields,
    sizes: sizesOf(path, fields),
    linear: (i, name, inputs, outputs, bias) => ({
      name: `${prefix}layers.${i}.${name}`,
      inputs,
      outputs,
      bias: bias ?? false,
    }),
    slides: (i) => types?.[i] === 'sliding_attention',
  };
}

/**
 * The rotary positions of layers that see everything, or of those that see a window, where they differ: without a config for each
 * kind, positions of a window are not stretched, and their base is `nearTheta`.
 */
export function ropeFor({ path, fields, sizes }: Parts, nearTheta?: number) {
  const both = fields.rope_parameters;
  const near = nearTheta !== undefined;
  const parameters =
    both && 'full_attention' in both
      ? ((near ? both.sliding_attention : both.full_attention) as RopeParameters)
      : ((both ?? fields.rope_scaling) as RopeParameters | null | undefined);
  const isOfBoth = near && !(both && 'full_attention' in both);
  return ropeOf(isOfBoth ? undefined : parameters, {
    path,
    headSize: sizes.headSize,
    context: fields.max_position_embeddings,
    theta: isOfBoth ? nearTheta : fields.rope_theta,
    ...(fields.partial_rotary_factor !== undefined && { partial: fields.partial_rotary_factor }),
    originalContext: fields.original_max_position_embeddings,
  });
}

export interface AttentionDetails {
  /** Of queries, keys and values, and of what comes after. */
  readonly bias?: boolean | null | undefined;
  readonly outBias?: boolean | null | undefined;
  readonly window?: number | undefined;
  readonly norms?: 'head' | 'all';
  readonly rope?: AttentionConfig['rope'] | undefined;
}

/** Attention with the names of Llama, which most families took over. */
export function attentionOf(parts: Parts, i: number, details: AttentionDetails): AttentionConfig {
  const { heads, kvHeads, headSize } = parts.sizes;
  const hidden = parts.fields.hidden_size;
  const of = (name: string, count: number) =>
    parts.linear(i, `self_attn.${name}`, hidden, count * headSize, details.bias);
  const norm = (name: string) => `model.layers.${i}.self_attn.${name}.weight`;
  return {
    projections: { query: of('q_proj', heads), key: of('k_proj', kvHeads), value: of('v_proj', kvHeads) },
    out: parts.linear(i, 'self_attn.o_proj', heads * headSize, hidden, details.outBias),
    ...(details.norms && { norms: { query: norm('q_norm'), key: norm('k_norm'), of: details.norms } }),
    ...(details.rope && { rope: details.rope }),
    ...(details.window !== undefined && { window: details.window }),
  };
}

export function gatedOf(parts: Parts, i: number, bias?: boolean | null): FeedForwardConfig {
  const { hidden_size: hidden, intermediate_size: inner } = parts.fields;
  return {
    up: {
      gate: parts.linear(i, 'mlp.gate_proj', hidden, inner, bias),
      up: parts.linear(i, 'mlp.up_proj', hidden, inner, bias),
    },
    down: parts.linear(i, 'mlp.down_proj', inner, hidden, bias),
  };
}

/** Norms before attention and before the feed-forward part, as in Llama. */
export const normsBefore = (i: number): LayerConfig['norms'] => ({
  beforeAttention: `model.layers.${i}.input_layernorm`,
  beforeFeedForward: `model.layers.${i}.post_attention_layernorm`,
});

/** A decoder with the names of Llama. */
export function decoderOf(
  { path, fields, sizes }: Parts,
  layer: (i: number) => LayerConfig,
  others: Partial<DecoderConfig> = {},
): DecoderConfig {
  const [bos] = tokensOf(fields.bos_token_id);
  return {
    modelType: fields.model_type,
    prefix: 'model.',
    vocabulary: fields.vocab_size,
    hidden: fields.hidden_size,
    ...sizes,
    context: fields.max_position_embeddings,
    layers: Array.from({ length: fields.num_hidden_layers }, (_, i) => layer(i)),
    norm: { kind: 'rms', epsilon: fields.rms_norm_eps },
    activation: activationOf(path, fields.hidden_act ?? 'silu'),
    embedding: 'model.embed_tokens.weight',
    finalNorm: 'model.norm',
    tied: fields.tie_word_embeddings ?? false,
    ...(bos !== undefined && { bos }),
    eos: tokensOf(fields.eos_token_id),
    ...others,
  };
}
