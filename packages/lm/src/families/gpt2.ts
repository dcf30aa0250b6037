/** GPT-2 (Radford et al., 2019): learned positions, layer norms, and matrices held the other way round. */
import { z } from 'zod';
import { checkedFields } from '../json.ts';
import { activationOf, COUNT, tokensOf } from './common.ts';
import type { DecoderConfig, LinearConfig } from './decoder-config.ts';

const GPT2 = z.looseObject({
  vocab_size: COUNT,
  n_embd: COUNT,
  n_layer: COUNT.max(1000),
  n_head: COUNT,
  n_positions: COUNT,
  n_inner: COUNT.nullish(),
  activation_function: z.string().default('gelu_new'),
  layer_norm_epsilon: z.number().positive().default(1e-5),
  bos_token_id: z.int().min(0).nullish(),
  eos_token_id: z.union([z.int().min(0), z.array(z.int().min(0))]).nullish(),
});

export function gpt2(path: string, json: unknown): DecoderConfig {
  const fields = checkedFields(path, json, GPT2);
  const hidden = fields.n_embd;
  const inner = fields.n_inner ?? 4 * hidden;
  const linear = (i: number, name: string, inputs: number, outputs: number): LinearConfig => ({
    name: `transformer.h.${i}.${name}`,
    inputs,
    outputs,
    bias: true,
    transposed: true,
  });
  const { bos_token_id: bos } = fields;
  return {
    modelType: 'gpt2',
    prefix: 'transformer.',
    vocabulary: fields.vocab_size,
    hidden,
    heads: fields.n_head,
    kvHeads: fields.n_head,
    headSize: hidden / fields.n_head,
    context: fields.n_positions,
    layers: Array.from({ length: fields.n_layer }, (_, i) => ({
      attention: {
        projections: { fused: linear(i, 'attn.c_attn', hidden, 3 * hidden) },
        out: linear(i, 'attn.c_proj', hidden, hidden),
      },
      feedForward: {
        up: { plain: linear(i, 'mlp.c_fc', hidden, inner) },
        down: linear(i, 'mlp.c_proj', inner, hidden),
      },
      norms: {
        beforeAttention: `transformer.h.${i}.ln_1`,
        beforeFeedForward: `transformer.h.${i}.ln_2`,
      },
    })),
    norm: { kind: 'layer', epsilon: fields.layer_norm_epsilon, weight: true, bias: true },
    activation: activationOf(path, fields.activation_function),
    embedding: 'transformer.wte.weight',
    positions: 'transformer.wpe.weight',
    finalNorm: 'transformer.ln_f',
    tied: true,
    ...(bos != null && { bos }),
    eos: tokensOf(fields.eos_token_id),
  };
}
