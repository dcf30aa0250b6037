/**
 * Mixtures of experts (Shazeer et al., 2017): of several feed-forward parts each token goes through a few, which a router chooses. Mixtral
 * (Jiang et al., 2024), Qwen 2 and 3 with experts (2024, 2025; Qwen 2's share one that all tokens go through), OLMoE (Muennighoff et al.,
 * 2024).
 */
import { UserError } from '@gradus/base';
import {
  attentionOf,
  type DecoderFields,
  decoderOf,
  normsBefore,
  type Parts,
  partsOf,
  ropeFor,
} from './common.ts';
import type { DecoderConfig, ExpertsConfig, FeedForwardConfig } from './decoder-config.ts';
import { qwen2, qwen3 } from './qwen.ts';

const GATED = { gate: 'gate_proj', up: 'up_proj', down: 'down_proj' };

function gated(
  parts: Parts,
  i: number,
  place: string,
  width: number,
  names: typeof GATED = GATED,
): FeedForwardConfig {
  const { hidden_size: hidden } = parts.fields;
  return {
    up: {
      gate: parts.linear(i, `${place}.${names.gate}`, hidden, width),
      up: parts.linear(i, `${place}.${names.up}`, hidden, width),
    },
    down: parts.linear(i, `${place}.${names.down}`, width, hidden),
  };
}

function expertsOf(
  parts: Parts,
  i: number,
  { place = 'mlp', names = GATED, normalized }: { place?: string; names?: typeof GATED; normalized: boolean },
): ExpertsConfig {
  const { path, fields } = parts;
  const count = fields.num_local_experts ?? fields.num_experts;
  const perToken = fields.num_experts_per_tok;
  if (count === undefined || perToken === undefined || perToken > count) {
    throw new UserError({
      en: `${path}: expected num_experts (${count ?? 'missing'}) and num_experts_per_tok (${perToken ?? 'missing'}), not more than there are`,
      zh: `${path}：应有 num_experts（${count ?? '缺失'}）与不大于它的 num_experts_per_tok（${perToken ?? '缺失'}）`,
    });
  }
  const width = fields.moe_intermediate_size ?? fields.intermediate_size;
  return {
    router: parts.linear(i, `${place}.gate`, fields.hidden_size, count),
    experts: Array.from({ length: count }, (_, k) => gated(parts, i, `${place}.experts.${k}`, width, names)),
    perToken,
    normalized,
  };
}

/** Whether layer i of Qwen has experts. */
const isSparse = ({ mlp_only_layers: plain, decoder_sparse_step: step = 1 }: DecoderFields, i: number) =>
  !plain?.includes(i) && (i + 1) % step === 0;

/** A decoder whose feed-forward parts are experts in some layers. */
function withExperts(
  config: DecoderConfig,
  fields: DecoderFields,
  of: (i: number) => ExpertsConfig,
): DecoderConfig {
  return {
    ...config,
    layers: config.layers.map((layer, i) => (isSparse(fields, i) ? { ...layer, feedForward: of(i) } : layer)),
  };
}

export function mixtral(path: string, fields: DecoderFields): DecoderConfig {
  const parts = partsOf(path, fields);
  const rope = ropeFor(parts);
  const window = fields.sliding_window ?? undefined;
  const names = { gate: 'w1', up: 'w3', down: 'w2' };
  return decoderOf(parts, (i) => ({
    attention: attentionOf(parts, i, { rope, window }),
    feedForward: expertsOf(parts, i, { place: 'block_sparse_moe', names, normalized: true }),
    norms: normsBefore(i),
  }));
}

export function qwen2Moe(path: string, fields: DecoderFields): DecoderConfig {
  const parts = partsOf(path, fields);
  const {
    shared_expert_intermediate_size: width,
    hidden_size: hidden,
    norm_topk_prob: normalized = false,
  } = fields;
  return withExperts(qwen2(path, fields), fields, (i) => ({
    ...expertsOf(parts, i, { normalized }),
    ...(width !== undefined && {
      shared: {
        feedForward: gated(parts, i, 'mlp.shared_expert', width),
        gate: parts.linear(i, 'mlp.shared_expert_gate', hidden, 1),
      },
    }),
  }));
}

export function qwen3Moe(path: string, fields: DecoderFields): DecoderConfig {
  const parts = partsOf(path, fields);
  const { norm_topk_prob: normalized = false } = fields;
  return withExperts(qwen3(path, fields), fields, (i) => expertsOf(parts, i, { normalized }));
}

export function olmoe(path: string, fields: DecoderFields): DecoderConfig {
  const parts = partsOf(path, fields);
  const rope = ropeFor(parts);
  const { attention_bias: bias, clip_qkv: clip, norm_topk_prob: normalized = false } = fields;
  return decoderOf(
    parts,
    (i) => ({
      attention: attentionOf(parts, i, { rope, norms: 'all', bias, outBias: bias }),
      feedForward: expertsOf(parts, i, { normalized }),
      norms: normsBefore(i),
    }),
    clip ? { clip } : {},
  );
}
