/**
 * Encoders, which see a text as a whole: BERT (Devlin et al., 2019) and what is built as it is (RoBERTa, XLM-R, MiniLM, BGE, E5), and
 * ModernBERT (Warner et al., 2024). One description for both kinds; weights keep Hugging Face's names.
 */
import { UserError } from '@gradus/base';
import { z } from 'zod';
import { checkedFields } from '../json.ts';
import { activationOf, COUNT } from './common.ts';
import type { Activation, LinearConfig, NormKind, RopeConfig } from './decoder-config.ts';
import { ROPE_PARAMETERS, ropeOf } from './rope.ts';

export interface EncoderConfig {
  readonly modelType: string;
  /** What stands before the names of weights in models with a head. */
  readonly prefix: string;
  readonly vocabulary: number;
  readonly hidden: number;
  readonly heads: number;
  /** Tokens of a text at most. */
  readonly context: number;
  readonly pad: number;
  readonly norm: NormKind;
  readonly activation: Activation;
  /** Tables that are added up: of tokens, of positions, of the kind of a text. */
  readonly embeddings: {
    readonly tokens: string;
    readonly positions?: { readonly name: string; readonly rows: number; readonly first: number };
    readonly kinds?: { readonly name: string; readonly rows: number };
    readonly norm?: string;
  };
  /** Added to the scores of all layers, by how far two tokens are from one another: a table of buckets, a column for each head. */
  readonly distances?: {
    readonly name: string;
    readonly bucketOf: (distance: number) => number;
    readonly buckets: number;
  };
  /** Whether a token sees only itself and what stands before it. */
  readonly causal?: boolean;
  readonly layers: readonly EncoderLayer[];
  readonly finalNorm?: string;
}

export interface EncoderLayer {
  readonly projections:
    | { readonly query: LinearConfig; readonly key: LinearConfig; readonly value: LinearConfig }
    | { readonly fused: LinearConfig };
  readonly out: LinearConfig;
  readonly up: LinearConfig;
  readonly down: LinearConfig;
  /** Whether `up` holds two of the width: what goes through the activation, and what that is multiplied by. */
  readonly gated: boolean;
  /** What goes through the activation, and `up` is multiplied by, where they are two matrices. */
  readonly gate?: LinearConfig;
  /** Norms stand before what they are of, or behind the sum. */
  readonly normsStand: 'before' | 'behind';
  readonly attentionNorm?: string;
  readonly feedForwardNorm: string;
  readonly rope?: RopeConfig;
  /** How far to either side is seen. */
  readonly reach?: number;
}

const BERT = z.looseObject({
  vocab_size: COUNT,
  hidden_size: COUNT,
  intermediate_size: COUNT,
  num_hidden_layers: COUNT.max(1000),
  num_attention_heads: COUNT,
  max_position_embeddings: COUNT,
  type_vocab_size: COUNT,
  layer_norm_eps: z.number().positive().default(1e-12),
  hidden_act: z.string().default('gelu'),
  pad_token_id: z.int().min(0).nullish(),
  position_embedding_type: z.string().default('absolute'),
});

export function bertLike(prefix: string, isRoberta: boolean) {
  return (path: string, json: unknown, modelType: string): EncoderConfig => {
    const fields = checkedFields(path, json, BERT);
    const { hidden_size: hidden, intermediate_size: inner } = fields;
    if (fields.position_embedding_type !== 'absolute') {
      throw new UserError({
        en: `${path}: position_embedding_type "${fields.position_embedding_type}" is not known; expected absolute`,
        zh: `${path}：不支持 position_embedding_type“${fields.position_embedding_type}”；应为 absolute`,
      });
    }
    const pad = fields.pad_token_id ?? (isRoberta ? 1 : 0);
    // RoBERTa counts positions from behind its padding's.
    const first = isRoberta ? pad + 1 : 0;
    const linear = (i: number, name: string, inputs: number, outputs: number): LinearConfig => ({
      name: `${prefix}encoder.layer.${i}.${name}`,
      inputs,
      outputs,
      bias: true,
    });
    const of = (i: number, name: string) => linear(i, `attention.self.${name}`, hidden, hidden);
    return {
      modelType,
      prefix,
      vocabulary: fields.vocab_size,
      hidden,
      heads: fields.num_attention_heads,
      context: fields.max_position_embeddings - first,
      pad,
      norm: { kind: 'layer', epsilon: fields.layer_norm_eps, weight: true, bias: true },
      activation: activationOf(path, fields.hidden_act),
      embeddings: {
        tokens: `${prefix}embeddings.word_embeddings.weight`,
        positions: {
          name: `${prefix}embeddings.position_embeddings.weight`,
          rows: fields.max_position_embeddings,
          first,
        },
        kinds: { name: `${prefix}embeddings.token_type_embeddings.weight`, rows: fields.type_vocab_size },
        norm: `${prefix}embeddings.LayerNorm`,
      },
      layers: Array.from({ length: fields.num_hidden_layers }, (_, i) => ({
        projections: { query: of(i, 'query'), key: of(i, 'key'), value: of(i, 'value') },
        out: linear(i, 'attention.output.dense', hidden, hidden),
        up: linear(i, 'intermediate.dense', hidden, inner),
        down: linear(i, 'output.dense', inner, hidden),
        gated: false,
        normsStand: 'behind',
        attentionNorm: `${prefix}encoder.layer.${i}.attention.output.LayerNorm`,
        feedForwardNorm: `${prefix}encoder.layer.${i}.output.LayerNorm`,
      })),
    };
  };
}

const MPNET = BERT.omit({ type_vocab_size: true, position_embedding_type: true }).extend({
  relative_attention_num_buckets: COUNT.default(32),
});

/** MPNet (Song et al., 2020): BERT, and scores that depend on how far tokens are apart. */
function mpnet(path: string, json: unknown, modelType: string): EncoderConfig {
  const { relative_attention_num_buckets: buckets } = checkedFields(path, json, MPNET);
  const given = {
    ...(json as object),
    type_vocab_size: 1,
    position_embedding_type: 'absolute',
    pad_token_id: 1,
  };
  const { embeddings, layers, ...common } = bertLike('mpnet.', true)(path, given, modelType);
  const { kinds: _, ...tables } = embeddings;
  return {
    ...common,
    embeddings: tables,
    distances: {
      name: 'mpnet.encoder.relative_attention_bias.weight',
      buckets,
      bucketOf: (distance) => bucketOf(distance, buckets),
    },
    layers: layers.map((layer, i) => {
      const linear = (name: string, of: LinearConfig): LinearConfig => ({
        ...of,
        name: `mpnet.encoder.layer.${i}.attention.attn.${name}`,
      });
      const { query, key, value } = layer.projections as Record<'query' | 'key' | 'value', LinearConfig>;
      return {
        ...layer,
        projections: { query: linear('q', query), key: linear('k', key), value: linear('v', value) },
        out: linear('o', layer.out),
        attentionNorm: `mpnet.encoder.layer.${i}.attention.LayerNorm`,
      };
    }),
  };
}

/** T5's buckets (Raffel et al., 2020): one each for short distances to either side, then ever wider ones up to 128, as float32 has them. */
export function bucketOf(distance: number, buckets: number): number {
  const half = buckets >> 1;
  const exact = half >> 1;
  const far = Math.abs(distance);
  const log = (x: number) => Math.fround(Math.log(x));
  const wide = () =>
    exact + Math.trunc(Math.fround(Math.fround(log(far / exact) / log(128 / exact)) * (half - exact)));
  return (distance > 0 ? half : 0) + (far < exact ? far : Math.min(wide(), half - 1));
}

const DISTIL = z.looseObject({
  dim: COUNT,
  hidden_dim: COUNT,
  n_layers: COUNT.max(1000),
  n_heads: COUNT,
  activation: z.string().default('gelu'),
});

/** DistilBERT (Sanh et al., 2019): BERT of half as many layers, without kinds of texts, and with names of its own. */
function distilBert(path: string, json: unknown, modelType: string): EncoderConfig {
  const fields = checkedFields(path, json, DISTIL);
  const given = {
    ...fields,
    hidden_size: fields.dim,
    intermediate_size: fields.hidden_dim,
    num_hidden_layers: fields.n_layers,
    num_attention_heads: fields.n_heads,
    hidden_act: fields.activation,
    type_vocab_size: 1,
  };
  const { embeddings, layers, ...common } = bertLike('distilbert.', false)(path, given, modelType);
  const { kinds: _, ...tables } = embeddings;
  return {
    ...common,
    embeddings: tables,
    layers: layers.map((layer, i) => {
      const at = (name: string) => `distilbert.transformer.layer.${i}.${name}`;
      const linear = (name: string, of: LinearConfig): LinearConfig => ({ ...of, name: at(name) });
      const { query, key, value } = layer.projections as Record<'query' | 'key' | 'value', LinearConfig>;
      return {
        ...layer,
        projections: {
          query: linear('attention.q_lin', query),
          key: linear('attention.k_lin', key),
          value: linear('attention.v_lin', value),
        },
        out: linear('attention.out_lin', layer.out),
        up: linear('ffn.lin1', layer.up),
        down: linear('ffn.lin2', layer.down),
        attentionNorm: at('sa_layer_norm'),
        feedForwardNorm: at('output_layer_norm'),
      };
    }),
  };
}

const MODERN = z.looseObject({
  vocab_size: COUNT,
  hidden_size: COUNT,
  intermediate_size: COUNT,
  num_hidden_layers: COUNT.max(1000),
  num_attention_heads: COUNT,
  max_position_embeddings: COUNT,
  pad_token_id: z.int().min(0).default(0),
  norm_eps: z.number().positive().default(1e-5),
  norm_bias: z.boolean().default(false),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  hidden_activation: z.string().default('gelu'),
  local_attention: COUNT.default(128),
  layer_types: z.array(z.string()).nullish(),
  global_attn_every_n_layers: COUNT.default(3),
  global_rope_theta: z.number().positive().default(160_000),
  local_rope_theta: z.number().positive().default(10_000),
  rope_parameters: z
    .object({ full_attention: ROPE_PARAMETERS, sliding_attention: ROPE_PARAMETERS })
    .nullish(),
});

function modernBert(path: string, json: unknown, modelType: string): EncoderConfig {
  const fields = checkedFields(path, json, MODERN);
  const { hidden_size: hidden, intermediate_size: inner, num_attention_heads: heads } = fields;
  const prefix = 'model.';
  const linear = (i: number, name: string, inputs: number, outputs: number, bias: boolean): LinearConfig => ({
    name: `${prefix}layers.${i}.${name}`,
    inputs,
    outputs,
    bias,
  });
  const of = { path, headSize: hidden / heads, context: fields.max_position_embeddings };
  const far = ropeOf(fields.rope_parameters?.full_attention, { ...of, theta: fields.global_rope_theta });
  const near = ropeOf(fields.rope_parameters?.sliding_attention, { ...of, theta: fields.local_rope_theta });
  const slides = (i: number) =>
    fields.layer_types
      ? fields.layer_types[i] === 'sliding_attention'
      : i % fields.global_attn_every_n_layers !== 0;
  return {
    modelType,
    prefix,
    vocabulary: fields.vocab_size,
    hidden,
    heads,
    context: fields.max_position_embeddings,
    pad: fields.pad_token_id,
    norm: { kind: 'layer', epsilon: fields.norm_eps, weight: true, bias: fields.norm_bias },
    activation: activationOf(path, fields.hidden_activation),
    embeddings: {
      tokens: `${prefix}embeddings.tok_embeddings.weight`,
      norm: `${prefix}embeddings.norm`,
    },
    layers: Array.from({ length: fields.num_hidden_layers }, (_, i) => ({
      projections: { fused: linear(i, 'attn.Wqkv', hidden, 3 * hidden, fields.attention_bias) },
      out: linear(i, 'attn.Wo', hidden, hidden, fields.attention_bias),
      up: linear(i, 'mlp.Wi', hidden, 2 * inner, fields.mlp_bias),
      down: linear(i, 'mlp.Wo', inner, hidden, fields.mlp_bias),
      gated: true,
      normsStand: 'before',
      // What comes from the embeddings is normalized already.
      ...(i > 0 && { attentionNorm: `${prefix}layers.${i}.attn_norm` }),
      feedForwardNorm: `${prefix}layers.${i}.mlp_norm`,
      rope: slides(i) ? near : far,
      ...(slides(i) && { reach: Math.floor(fields.local_attention / 2) }),
    })),
    finalNorm: `${prefix}final_norm`,
  };
}

/** The authors' own names of what transformers calls otherwise. */
const NOMIC_NAMES = {
  hidden_size: 'n_embd',
  intermediate_size: 'n_inner',
  num_hidden_layers: 'n_layer',
  num_attention_heads: 'n_head',
  max_position_embeddings: 'max_trained_positions',
  layer_norm_eps: 'layer_norm_epsilon',
  hidden_act: 'activation_function',
} as const;
const NOMIC = z.looseObject({
  vocab_size: COUNT,
  hidden_size: COUNT,
  intermediate_size: COUNT,
  num_hidden_layers: COUNT.max(1000),
  num_attention_heads: COUNT,
  // Beyond these, rotary positions would have to be stretched.
  max_position_embeddings: COUNT.default(2048),
  type_vocab_size: COUNT.default(2),
  layer_norm_eps: z.number().positive().default(1e-12),
  rotary_emb_base: z.number().positive().default(1000),
  rope_parameters: ROPE_PARAMETERS.nullish(),
  pad_token_id: z.int().min(0).nullish(),
  hidden_act: z.enum(['silu', 'swiglu']).default('silu'),
  // Of what else the authors' configs can say only this is known.
  prenorm: z.literal(false).optional(),
  parallel_block: z.literal(false).optional(),
  use_rms_norm: z.literal(false).optional(),
  qkv_proj_bias: z.literal(false).optional(),
  mlp_fc1_bias: z.literal(false).optional(),
  mlp_fc2_bias: z.literal(false).optional(),
  rotary_emb_fraction: z.literal(1).optional(),
  rotary_emb_interleaved: z.literal(false).optional(),
  rotary_emb_scale_base: z.null().optional(),
  num_experts: z.literal(0).nullish(),
});
/** Nomic's BERT (Nussbaum et al., 2024): rotary positions, gates, and norms behind the sums. */
function nomicBert(path: string, json: unknown, modelType: string): EncoderConfig {
  const own = json as Readonly<Record<string, unknown>>;
  const named = Object.entries(NOMIC_NAMES).flatMap(([name, theirs]) =>
    Object.hasOwn(own, theirs) ? [[name, own[theirs]]] : [],
  );
  const fields = checkedFields(path, { ...own, ...Object.fromEntries(named) }, NOMIC);
  const { hidden_size: hidden, intermediate_size: inner, num_attention_heads: heads } = fields;
  const context = fields.max_position_embeddings;
  const linear = (i: number, name: string, inputs: number, outputs: number): LinearConfig => ({
    name: `nomic_bert.encoder.layers.${i}.${name}`,
    inputs,
    outputs,
    bias: false,
  });
  const rope = ropeOf(fields.rope_parameters, {
    path,
    headSize: hidden / heads,
    context,
    theta: fields.rotary_emb_base,
  });
  return {
    modelType,
    prefix: 'nomic_bert.',
    vocabulary: fields.vocab_size,
    hidden,
    heads,
    context,
    pad: fields.pad_token_id ?? 0,
    norm: { kind: 'layer', epsilon: fields.layer_norm_eps, weight: true, bias: true },
    activation: 'silu',
    embeddings: {
      tokens: 'nomic_bert.embeddings.word_embeddings.weight',
      kinds: { name: 'nomic_bert.embeddings.token_type_embeddings.weight', rows: fields.type_vocab_size },
      norm: 'nomic_bert.emb_ln',
    },
    layers: Array.from({ length: fields.num_hidden_layers }, (_, i) => ({
      projections: { fused: linear(i, 'attn.Wqkv', hidden, 3 * hidden) },
      out: linear(i, 'attn.out_proj', hidden, hidden),
      up: linear(i, 'mlp.fc11', hidden, inner),
      gate: linear(i, 'mlp.fc12', hidden, inner),
      down: linear(i, 'mlp.fc2', inner, hidden),
      gated: false,
      normsStand: 'behind',
      attentionNorm: `nomic_bert.encoder.layers.${i}.norm1`,
      feedForwardNorm: `nomic_bert.encoder.layers.${i}.norm2`,
      rope,
    })),
  };
}

/** By `model_type`. */
export const ENCODER_FAMILIES: Readonly<
  Record<string, (path: string, json: unknown, modelType: string) => EncoderConfig>
> = {
  bert: bertLike('bert.', false),
  roberta: bertLike('roberta.', true),
  'xlm-roberta': bertLike('roberta.', true),
  camembert: bertLike('roberta.', true),
  mpnet,
  distilbert: distilBert,
  modernbert: modernBert,
  nomic_bert: nomicBert,
};

/** @throws UserError naming the architecture that is not known, or the field that is wrong */
export function encoderConfig(path: string, json: unknown): EncoderConfig {
  const { model_type: type } = checkedFields(path, json, z.looseObject({ model_type: z.string() }));
  if (Object.hasOwn(ENCODER_FAMILIES, type)) return ENCODER_FAMILIES[type]!(path, json, type);
  throw new UserError({
    en: `${path}: encoders of type "${type}" are not known; known are ${Object.keys(ENCODER_FAMILIES).join(', ')}`,
    zh: `${path}：不支持类型为“${type}”的编码器；支持 ${Object.keys(ENCODER_FAMILIES).join('、')}`,
  });
}
