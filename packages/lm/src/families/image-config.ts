/**
 * Encoders of images, which see an image as a sequence of square patches (Dosovitskiy et al., 2020): ViT by itself, and the image
 * towers of the families in image-text-config.ts. Weights keep Hugging Face's names.
 */
import { UserError } from '@gradus/base';
import { z } from 'zod';
import { checkedFields } from '../json.ts';
import { activationOf, COUNT } from './common.ts';
import type { Activation, LinearConfig, NormKind } from './decoder-config.ts';
import type { EncoderLayer } from './encoder-config.ts';

export interface ImageConfig {
  readonly hidden: number;
  readonly heads: number;
  readonly channels: number;
  /** Pixels a side, of images and of patches. */
  readonly height: number;
  readonly width: number;
  readonly patch: number;
  /** The convolution that makes vectors of patches. */
  readonly patches: { readonly name: string; readonly bias: boolean };
  /** The vector that stands before those of patches, and what becomes of it stands for the image. */
  readonly classToken?: { readonly name: string; readonly dims: readonly number[] };
  readonly positions: { readonly name: string; readonly dims: readonly number[] };
  readonly norm: NormKind;
  readonly activation: Activation;
  /** Before the first layer. */
  readonly firstNorm?: string;
  readonly layers: readonly EncoderLayer[];
  /** Behind the last layer. */
  readonly finalNorm: string;
}

const SIDES = z.union([COUNT, z.tuple([COUNT, COUNT])]);

/** The names that image configurations share; what a file leaves out is what the families' papers have. */
export const IMAGE = z.looseObject({
  hidden_size: COUNT.default(768),
  intermediate_size: COUNT.default(3072),
  num_hidden_layers: COUNT.max(1000).default(12),
  num_attention_heads: COUNT.default(12),
  num_channels: COUNT.max(16).default(3),
  image_size: SIDES.default(224),
  patch_size: COUNT.default(16),
  qkv_bias: z.boolean().default(true),
  hidden_act: z.string().optional(),
  layer_norm_eps: z.number().positive().optional(),
});
export type ImageFields = z.output<typeof IMAGE>;

/** What is the same in all families. @throws UserError where the sizes do not fit together */
export function imageSizes(path: string, fields: ImageFields, activation: string, epsilon: number) {
  const { hidden_size: hidden, num_attention_heads: heads, patch_size: patch, image_size: size } = fields;
  const [height, width] = typeof size === 'number' ? [size, size] : size;
  if (hidden % heads !== 0) {
    throw new UserError({
      en: `${path}: hidden_size ${hidden} and num_attention_heads ${heads} do not fit together`,
      zh: `${path}：hidden_size ${hidden} 与 num_attention_heads ${heads} 不相容`,
    });
  }
  if (height < patch || width < patch) {
    throw new UserError({
      en: `${path}: patch_size ${patch} is larger than image_size ${height} × ${width}`,
      zh: `${path}：patch_size ${patch} 大于 image_size ${height} × ${width}`,
    });
  }
  return {
    hidden,
    heads,
    channels: fields.num_channels,
    height,
    width,
    patch,
    patchCount: Math.floor(height / patch) * Math.floor(width / patch),
    norm: { kind: 'layer', epsilon: fields.layer_norm_eps ?? epsilon, weight: true, bias: true },
    activation: activationOf(path, fields.hidden_act ?? activation),
  } as const;
}

/** google/vit-…: names of BERT, with norms before what they are of. */
export function vit(path: string, json: unknown): ImageConfig {
  const fields = checkedFields(path, json, IMAGE);
  const { patchCount, ...sizes } = imageSizes(path, fields, 'gelu', 1e-12);
  const { hidden } = sizes;
  const linear = (i: number, name: string, inputs: number, outputs: number, bias = true): LinearConfig => ({
    name: `vit.encoder.layer.${i}.${name}`,
    inputs,
    outputs,
    bias,
  });
  const of = (i: number, name: string) =>
    linear(i, `attention.attention.${name}`, hidden, hidden, fields.qkv_bias);
  return {
    ...sizes,
    patches: { name: 'vit.embeddings.patch_embeddings.projection', bias: true },
    classToken: { name: 'vit.embeddings.cls_token', dims: [1, 1, hidden] },
    positions: { name: 'vit.embeddings.position_embeddings', dims: [1, patchCount + 1, hidden] },
    layers: Array.from({ length: fields.num_hidden_layers }, (_, i) => ({
      projections: { query: of(i, 'query'), key: of(i, 'key'), value: of(i, 'value') },
      out: linear(i, 'attention.output.dense', hidden, hidden),
      up: linear(i, 'intermediate.dense', hidden, fields.intermediate_size),
      down: linear(i, 'output.dense', fields.intermediate_size, hidden),
      gated: false,
      normsStand: 'before',
      attentionNorm: `vit.encoder.layer.${i}.layernorm_before`,
      feedForwardNorm: `vit.encoder.layer.${i}.layernorm_after`,
    })),
    finalNorm: 'vit.layernorm',
  };
}
