/**
 * Models that put images and texts into one space: CLIP (Radford et al., 2021), SigLIP (Zhai et al., 2023), Chinese-CLIP (Yang et
 * al., 2022). Each is a tower for images, a tower for texts, what makes one vector of a tower's last states, and a scale by which
 * cosines become logits. Weights keep Hugging Face's names.
 */
import { UserError } from '@gradus/base';
import { z } from 'zod';
import { checkedFields } from '../json.ts';
import { activationOf, COUNT } from './common.ts';
import type { LinearConfig } from './decoder-config.ts';
import { bertLike, type EncoderConfig, type EncoderLayer } from './encoder-config.ts';
import { IMAGE, type ImageConfig, type ImageFields, imageSizes } from './image-config.ts';

export interface ImageTextConfig {
  readonly modelType: string;
  readonly image: ImageConfig;
  readonly text: EncoderConfig;
  /** Of an image: its class token, or what a learned question finds in all its patches (attention, then a feed-forward part). */
  readonly imagePooling: 'class' | 'attention';
  /** Of a text: its first token, the one that ends it, or the last of a text that is filled up. */
  readonly textPooling: 'first' | 'end' | 'last';
  /** The token that ends a text, where pooling asks for it. */
  readonly end: number;
  readonly imageProjection?: LinearConfig;
  readonly textProjection?: LinearConfig;
  /** Logits are cosines × exp(logit_scale), plus logit_bias where there is one. */
  readonly hasBias: boolean;
  /** What a class is probable by: among all classes, or each by itself. */
  readonly probabilities: 'softmax' | 'sigmoid';
}

const PROJECTED = z.looseObject({ projection_dim: COUNT.default(512) });

const CLIP_TEXT = z.looseObject({
  vocab_size: COUNT.optional(),
  hidden_size: COUNT.optional(),
  intermediate_size: COUNT.optional(),
  num_hidden_layers: COUNT.max(1000).default(12),
  num_attention_heads: COUNT.optional(),
  max_position_embeddings: COUNT.optional(),
  hidden_act: z.string().optional(),
  layer_norm_eps: z.number().positive().optional(),
  pad_token_id: z.int().min(0).nullish(),
  eos_token_id: z.int().min(0).nullish(),
  projection_size: COUNT.nullish(),
});
const TOWERS = z.looseObject({
  text_config: z.record(z.string(), z.unknown()).default({}),
  vision_config: z.record(z.string(), z.unknown()).default({}),
});

/** Layers with the names of CLIP. */
function clipLayers(prefix: string, count: number, hidden: number, inner: number): EncoderLayer[] {
  return Array.from({ length: count }, (_, i) => {
    const at = `${prefix}encoder.layers.${i}.`;
    const linear = (name: string, inputs = hidden, outputs = hidden): LinearConfig => ({
      name: at + name,
      inputs,
      outputs,
      bias: true,
    });
    return {
      projections: {
        query: linear('self_attn.q_proj'),
        key: linear('self_attn.k_proj'),
        value: linear('self_attn.v_proj'),
      },
      out: linear('self_attn.out_proj'),
      up: linear('mlp.fc1', hidden, inner),
      down: linear('mlp.fc2', inner, hidden),
      gated: false,
      normsStand: 'before',
      attentionNorm: `${at}layer_norm1`,
      feedForwardNorm: `${at}layer_norm2`,
    };
  });
}

interface TextDefaults {
  readonly vocabulary: number;
  readonly hidden: number;
  readonly inner: number;
  readonly heads: number;
  readonly context: number;
  readonly activation: string;
  readonly epsilon: number;
  readonly pad: number;
  readonly causal: boolean;
}

function clipText(path: string, fields: z.output<typeof CLIP_TEXT>, defaults: TextDefaults): EncoderConfig {
  const hidden = fields.hidden_size ?? defaults.hidden;
  const heads = fields.num_attention_heads ?? defaults.heads;
  if (hidden % heads !== 0) {
    throw new UserError({
      en: `${path}: hidden_size ${hidden} and num_attention_heads ${heads} of text_config do not fit together`,
      zh: `${path}：text_config 的 hidden_size ${hidden} 与 num_attention_heads ${heads} 不相容`,
    });
  }
  const context = fields.max_position_embeddings ?? defaults.context;
  const prefix = 'text_model.';
  return {
    modelType: 'clip_text_model',
    prefix,
    vocabulary: fields.vocab_size ?? defaults.vocabulary,
    hidden,
    heads,
    context,
    pad: fields.pad_token_id ?? defaults.pad,
    norm: { kind: 'layer', epsilon: fields.layer_norm_eps ?? defaults.epsilon, weight: true, bias: true },
    activation: activationOf(path, fields.hidden_act ?? defaults.activation),
    embeddings: {
      tokens: `${prefix}embeddings.token_embedding.weight`,
      positions: { name: `${prefix}embeddings.position_embedding.weight`, rows: context, first: 0 },
    },
    causal: defaults.causal,
    layers: clipLayers(prefix, fields.num_hidden_layers, hidden, fields.intermediate_size ?? defaults.inner),
    finalNorm: `${prefix}final_layer_norm`,
  };
}

function clipImage(path: string, fields: ImageFields): ImageConfig {
  const { patchCount, ...sizes } = imageSizes(path, fields, 'quick_gelu', 1e-5);
  const { hidden } = sizes;
  const prefix = 'vision_model.';
  return {
    ...sizes,
    patches: { name: `${prefix}embeddings.patch_embedding`, bias: false },
    classToken: { name: `${prefix}embeddings.class_embedding`, dims: [hidden] },
    positions: { name: `${prefix}embeddings.position_embedding.weight`, dims: [patchCount + 1, hidden] },
    // So it is spelt in the files.
    firstNorm: `${prefix}pre_layrnorm`,
    layers: clipLayers(prefix, fields.num_hidden_layers, hidden, fields.intermediate_size),
    finalNorm: `${prefix}post_layernorm`,
  };
}

const projection = (name: string, inputs: number, outputs: number, bias = false): LinearConfig => ({
  name,
  inputs,
  outputs,
  bias,
});

/** The fields of CLIP's and Chinese-CLIP's image tower, whose patches are of 32 pixels unless they are named. */
const CLIP_IMAGE = IMAGE.extend({ patch_size: COUNT.default(32) });

function clip(path: string, json: unknown): ImageTextConfig {
  const { text_config, vision_config } = checkedFields(path, json, TOWERS);
  const { projection_dim: size } = checkedFields(path, json, PROJECTED);
  const fields = checkedFields(`${path}: text_config`, text_config, CLIP_TEXT);
  const image = clipImage(path, checkedFields(`${path}: vision_config`, vision_config, CLIP_IMAGE));
  const text = clipText(path, fields, {
    vocabulary: 49_408,
    hidden: 512,
    inner: 2048,
    heads: 8,
    context: 77,
    activation: 'quick_gelu',
    epsilon: 1e-5,
    pad: 1,
    causal: true,
  });
  // Files of the first version say 2, and mean the token with the highest id.
  const end = fields.eos_token_id ?? 49_407;
  return {
    modelType: 'clip',
    image,
    text,
    imagePooling: 'class',
    textPooling: 'end',
    end: end === 2 ? text.vocabulary - 1 : end,
    imageProjection: projection('visual_projection', image.hidden, size),
    textProjection: projection('text_projection', text.hidden, size),
    hasBias: false,
    probabilities: 'softmax',
  };
}

function chineseClip(path: string, json: unknown): ImageTextConfig {
  const { text_config, vision_config } = checkedFields(path, json, TOWERS);
  const { projection_dim: size } = checkedFields(path, json, PROJECTED);
  const image = clipImage(path, checkedFields(`${path}: vision_config`, vision_config, CLIP_IMAGE));
  const given = { ...BERT_BASE, ...text_config };
  const text = bertLike('text_model.', false)(`${path}: text_config`, given, 'chinese_clip_text_model');
  return {
    modelType: 'chinese_clip',
    image,
    text,
    imagePooling: 'class',
    textPooling: 'first',
    end: 0,
    imageProjection: projection('visual_projection', image.hidden, size),
    textProjection: projection('text_projection', text.hidden, size),
    hasBias: false,
    probabilities: 'softmax',
  };
}

const BERT_BASE = {
  vocab_size: 30_522,
  hidden_size: 768,
  intermediate_size: 3072,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  max_position_embeddings: 512,
  type_vocab_size: 2,
};

function siglip(path: string, json: unknown): ImageTextConfig {
  const { text_config, vision_config } = checkedFields(path, json, TOWERS);
  const seen = checkedFields(`${path}: vision_config`, vision_config, IMAGE);
  const { patchCount, ...sizes } = imageSizes(path, seen, 'gelu_pytorch_tanh', 1e-6);
  const { hidden } = sizes;
  const fields = checkedFields(`${path}: text_config`, text_config, CLIP_TEXT);
  const text = clipText(path, fields, {
    vocabulary: 32_000,
    hidden: 768,
    inner: 3072,
    heads: 12,
    context: 64,
    activation: 'gelu_pytorch_tanh',
    epsilon: 1e-6,
    pad: 1,
    causal: false,
  });
  const prefix = 'vision_model.';
  const image: ImageConfig = {
    ...sizes,
    patches: { name: `${prefix}embeddings.patch_embedding`, bias: true },
    positions: { name: `${prefix}embeddings.position_embedding.weight`, dims: [patchCount, hidden] },
    layers: clipLayers(prefix, seen.num_hidden_layers, hidden, seen.intermediate_size),
    finalNorm: `${prefix}post_layernorm`,
  };
  return {
    modelType: 'siglip',
    image,
    text,
    imagePooling: 'attention',
    textPooling: 'last',
    end: 0,
    textProjection: projection('text_model.head', text.hidden, fields.projection_size ?? text.hidden, true),
    hasBias: true,
    probabilities: 'sigmoid',
  };
}

export const IMAGE_TEXT_FAMILIES: Readonly<Record<string, (path: string, json: unknown) => ImageTextConfig>> =
  { clip, siglip, chinese_clip: chineseClip };

/** Feed-forward width of the attention that pools, as its weights are named: `vision_model.head`. */
export const POOLING_HEAD = 'vision_model.head';
