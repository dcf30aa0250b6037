/**
 * Whisper (Radford et al., 2022): an encoder of log-mel spectrograms, and a decoder that attends to what it made and writes what was
 * said. Weights keep Hugging Face's names.
 */
import { UserError } from '@gradus/base';
import { z } from 'zod';
import { checkedFields } from '../json.ts';
import { activationOf, COUNT, tokensOf } from './common.ts';
import type { DecoderConfig, LinearConfig } from './decoder-config.ts';
import type { EncoderConfig, EncoderLayer } from './encoder-config.ts';

export interface SpeechConfig {
  readonly encoder: Pick<EncoderConfig, 'hidden' | 'heads' | 'norm' | 'activation' | 'layers'> & {
    /** Bands of the spectrogram. */
    readonly bands: number;
    /** Places that come out, one of two frames of the spectrogram. */
    readonly places: number;
    readonly convolutions: readonly [string, string];
    readonly positions: string;
    readonly finalNorm: string;
  };
  readonly decoder: DecoderConfig;
  /** The token that a transcript begins with. */
  readonly start: number;
}

const WHISPER = z.looseObject({
  model_type: z.literal('whisper'),
  vocab_size: COUNT,
  num_mel_bins: COUNT.max(512),
  d_model: COUNT,
  encoder_layers: COUNT.max(1000),
  encoder_attention_heads: COUNT,
  encoder_ffn_dim: COUNT,
  decoder_layers: COUNT.max(1000),
  decoder_attention_heads: COUNT,
  decoder_ffn_dim: COUNT,
  max_source_positions: COUNT,
  max_target_positions: COUNT,
  activation_function: z.string().default('gelu'),
  decoder_start_token_id: z.int().min(0),
  eos_token_id: z.union([z.int().min(0), z.array(z.int().min(0))]).nullish(),
});

/** @throws UserError naming the architecture that is not known, or the field that is wrong */
export function speechConfig(path: string, json: unknown): SpeechConfig {
  const fields = checkedFields(path, json, WHISPER);
  const { d_model: hidden, encoder_attention_heads: heads, decoder_attention_heads: own } = fields;
  if (hidden % heads !== 0 || hidden % own !== 0) {
    throw new UserError({
      en: `${path}: d_model ${hidden} does not divide into encoder_attention_heads ${heads} and decoder_attention_heads ${own}`,
      zh: `${path}：d_model ${hidden} 不能被 encoder_attention_heads ${heads} 和 decoder_attention_heads ${own} 整除`,
    });
  }
  const activation = activationOf(path, fields.activation_function);
  const norm = { kind: 'layer', epsilon: 1e-5, weight: true, bias: true } as const;
  const linear = (name: string, inputs = hidden, outputs = hidden, bias = true): LinearConfig => ({
    name,
    inputs,
    outputs,
    bias,
  });
  /** Keys have no bias: it would be the same for all, and softmax takes it away. */
  const attention = (at: string) => ({
    query: linear(`${at}.q_proj`),
    key: linear(`${at}.k_proj`, hidden, hidden, false),
    value: linear(`${at}.v_proj`),
  });
  const encoderLayer = (at: string): EncoderLayer => ({
    projections: attention(`${at}self_attn`),
    out: linear(`${at}self_attn.out_proj`),
    up: linear(`${at}fc1`, hidden, fields.encoder_ffn_dim),
    down: linear(`${at}fc2`, fields.encoder_ffn_dim, hidden),
    gated: false,
    normsStand: 'before',
    attentionNorm: `${at}self_attn_layer_norm`,
    feedForwardNorm: `${at}final_layer_norm`,
  });
  const decoderLayer = (at: string): DecoderConfig['layers'][number] => ({
    attention: { projections: attention(`${at}self_attn`), out: linear(`${at}self_attn.out_proj`) },
    cross: {
      ...attention(`${at}encoder_attn`),
      out: linear(`${at}encoder_attn.out_proj`),
      norm: `${at}encoder_attn_layer_norm`,
    },
    feedForward: {
      up: { plain: linear(`${at}fc1`, hidden, fields.decoder_ffn_dim) },
      down: linear(`${at}fc2`, fields.decoder_ffn_dim, hidden),
    },
    norms: { beforeAttention: `${at}self_attn_layer_norm`, beforeFeedForward: `${at}final_layer_norm` },
  });
  return {
    encoder: {
      bands: fields.num_mel_bins,
      places: fields.max_source_positions,
      hidden,
      heads,
      norm,
      activation,
      convolutions: ['model.encoder.conv1', 'model.encoder.conv2'],
      positions: 'model.encoder.embed_positions.weight',
      layers: Array.from({ length: fields.encoder_layers }, (_, i) =>
        encoderLayer(`model.encoder.layers.${i}.`),
      ),
      finalNorm: 'model.encoder.layer_norm',
    },
    decoder: {
      modelType: 'whisper',
      prefix: 'model.',
      vocabulary: fields.vocab_size,
      hidden,
      heads: own,
      kvHeads: own,
      headSize: hidden / own,
      context: fields.max_target_positions,
      layers: Array.from({ length: fields.decoder_layers }, (_, i) =>
        decoderLayer(`model.decoder.layers.${i}.`),
      ),
      norm,
      activation,
      embedding: 'model.decoder.embed_tokens.weight',
      positions: 'model.decoder.embed_positions.weight',
      finalNorm: 'model.decoder.layer_norm',
      tied: true,
      crossPlaces: fields.max_source_positions,
      eos: tokensOf(fields.eos_token_id),
    },
    start: fields.decoder_start_token_id,
  };
}
