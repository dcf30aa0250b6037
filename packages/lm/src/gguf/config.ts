/** The config of a GGUF file, in the words of Hugging Face's config.json. */
import { UserError } from '@gradus/base';
import { ARCHITECTURES, type Architecture, architectureCalled } from './names.ts';
import type { Gguf, GgufValue } from './read.ts';

export interface GgufConfig {
  readonly architecture: Architecture;
  readonly json: Readonly<Record<string, unknown>>;
}

/** @throws UserError naming the architecture that is not known, or the field that is missing */
export function configOfGguf(
  { file, metadata, tensors }: Gguf,
  read: (name: string) => Float32Array,
): GgufConfig {
  const name = String(metadata.get('general.architecture') ?? '');
  const architecture = architectureCalled(name, Number(metadata.get(`${name}.expert_count`) ?? 0) > 0);
  if (!architecture) {
    throw new UserError({
      en: `${file.path}: the architecture "${name}" is not known; known are ${Object.keys(ARCHITECTURES).join(', ')}`,
      zh: `${file.path}：不支持架构“${name}”；支持 ${Object.keys(ARCHITECTURES).join('、')}`,
    });
  }
  const at = (field: string): GgufValue | undefined => metadata.get(`${name}.${field}`);
  const number = (field: string) => {
    const value = at(field);
    // Some files have a number for each layer.
    const one = Array.isArray(value) ? value[0] : value;
    return typeof one === 'number' || typeof one === 'bigint' ? Number(one) : undefined;
  };
  const token = (field: string) => {
    const id = metadata.get(`tokenizer.ggml.${field}_token_id`);
    return typeof id === 'number' ? id : undefined;
  };
  const vocabulary = tensors.get('token_embd.weight')?.dims[0];
  const head = number('attention.key_length');
  const window = number('attention.sliding_window');
  const ends = [token('eos'), token('eot')].filter((id) => id !== undefined);
  const sizes =
    architecture.modelType === 'gpt2'
      ? {
          n_embd: number('embedding_length'),
          n_layer: number('block_count'),
          n_head: number('attention.head_count'),
          n_positions: number('context_length'),
          n_inner: number('feed_forward_length'),
          layer_norm_epsilon: number('attention.layer_norm_epsilon'),
        }
      : {
          hidden_size: number('embedding_length'),
          intermediate_size: number('feed_forward_length'),
          num_hidden_layers: number('block_count'),
          num_attention_heads: number('attention.head_count'),
          num_key_value_heads: number('attention.head_count_kv'),
          ...(head !== undefined && { head_dim: head }),
          max_position_embeddings: number('context_length'),
          rms_norm_eps: number('attention.layer_norm_rms_epsilon'),
          rope_theta: number('rope.freq_base') ?? 10_000,
          tie_word_embeddings: !tensors.has('output.weight'),
          attention_bias: tensors.has('blk.0.attn_output.bias') || tensors.has('blk.0.attn_q.bias'),
          mlp_bias: tensors.has('blk.0.ffn_down.bias'),
          ...(window && { sliding_window: window }),
          ...ropeFields(),
          ...expertFields(),
          clip_qkv: number('attention.clamp_kqv') ?? null,
          attn_logit_softcapping: number('attn_logit_softcapping') ?? null,
          final_logit_softcapping: number('final_logit_softcapping') ?? null,
          ...(architecture.modelType === 'gemma3_text' && { rope_local_base_freq: 10_000 }),
          ...(head !== undefined && { query_pre_attn_scalar: scalarOf(head) }),
        };
  const json = {
    model_type: architecture.modelType,
    architectures: [architecture.className],
    vocab_size: vocabulary,
    ...sizes,
    bos_token_id: token('bos') ?? null,
    eos_token_id: ends.length > 0 ? ends : null,
  };
  return { architecture, json };

  /** What scores are divided by the root of; the largest of Gemma 2 and 3, known by their layers, take another. */
  function scalarOf(head: number): number {
    const largest = { gemma2: 46, gemma3: 62 }[name] === number('block_count');
    return largest ? number('embedding_length')! / number('attention.head_count')! : head;
  }

  function expertFields(): Record<string, unknown> {
    const experts = number('expert_count');
    if (!experts) return {};
    const width = number('expert_feed_forward_length') ?? number('feed_forward_length');
    const shared = number('expert_shared_feed_forward_length');
    return {
      num_experts: experts,
      num_local_experts: experts,
      num_experts_per_tok: number('expert_used_count'),
      moe_intermediate_size: width,
      norm_topk_prob: architecture!.normalized,
      ...(shared !== undefined && { shared_expert_intermediate_size: shared }),
    };
  }

  function ropeFields(): Record<string, unknown> {
    const type = at('rope.scaling.type');
    const before = number('rope.scaling.original_context_length');
    // How much each pair is slowed down, as a tensor: for all texts, or for short and for long ones.
    const factors = (tensor: string) => (tensors.has(tensor) ? [...read(tensor)] : undefined);
    const all = factors('rope_freqs.weight');
    const [short, long] = [
      factors('rope_factors_short.weight') ?? all,
      factors('rope_factors_long.weight') ?? all,
    ];
    if (short && long) {
      const attention = number('rope.scaling.attn_factor') ?? (all ? 1 : undefined);
      return {
        rope_scaling: {
          rope_type: 'longrope',
          short_factor: short,
          long_factor: long,
          ...(before !== undefined && { original_max_position_embeddings: before }),
          ...(attention !== undefined && { attention_factor: attention }),
        },
      };
    }
    if (type === undefined || type === 'none') return {};
    return {
      rope_scaling: {
        rope_type: type,
        factor: number('rope.scaling.factor'),
        ...(before !== undefined && { original_max_position_embeddings: before }),
      },
    };
  }
}
