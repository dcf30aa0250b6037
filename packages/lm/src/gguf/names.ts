/**
 * What llama.cpp calls the parts of a model, against Hugging Face's names; and by architecture what its converter changes in them.
 *
 * Source: https://github.com/ggml-org/llama.cpp/blob/master/gguf-py/gguf/tensor_mapping.py and convert_hf_to_gguf.py
 */

export interface Architecture {
  /** `model_type` of the config. */
  readonly modelType: string;
  /** What transformers calls the model. */
  readonly className: string;
  /** Rows of queries and keys lie pair by pair, for its way of turning them. */
  readonly pairs?: boolean;
  /** Weights of norms are held plus 1. */
  readonly plusOne?: boolean;
  /** Matrices that Hugging Face holds as [inputs, outputs]. */
  readonly transposed?: boolean;
  readonly names: Readonly<Record<string, string>>;
}

const LAYER = 'model.layers.#.';

const BARE = {
  token_embd: 'model.embed_tokens',
  output_norm: 'model.norm',
  output: 'lm_head',
  'blk.#.attn_q': `${LAYER}self_attn.q_proj`,
  'blk.#.attn_k': `${LAYER}self_attn.k_proj`,
  'blk.#.attn_v': `${LAYER}self_attn.v_proj`,
  'blk.#.attn_output': `${LAYER}self_attn.o_proj`,
  'blk.#.attn_q_norm': `${LAYER}self_attn.q_norm`,
  'blk.#.attn_k_norm': `${LAYER}self_attn.k_norm`,
  'blk.#.ffn_gate': `${LAYER}mlp.gate_proj`,
  'blk.#.ffn_up': `${LAYER}mlp.up_proj`,
  'blk.#.ffn_down': `${LAYER}mlp.down_proj`,
};

const SHARED = {
  ...BARE,
  'blk.#.attn_norm': `${LAYER}input_layernorm`,
  'blk.#.ffn_norm': `${LAYER}post_attention_layernorm`,
};

const AROUND = {
  ...SHARED,
  'blk.#.post_attention_norm': `${LAYER}post_attention_layernorm`,
  'blk.#.ffn_norm': `${LAYER}pre_feedforward_layernorm`,
  'blk.#.post_ffw_norm': `${LAYER}post_feedforward_layernorm`,
};

/** By `general.architecture`. */
export const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  llama: { modelType: 'llama', className: 'LlamaForCausalLM', pairs: true, names: SHARED },
  qwen2: { modelType: 'qwen2', className: 'Qwen2ForCausalLM', names: SHARED },
  qwen3: { modelType: 'qwen3', className: 'Qwen3ForCausalLM', names: SHARED },
  smollm3: { modelType: 'smollm3', className: 'SmolLM3ForCausalLM', pairs: true, names: SHARED },
  gemma: { modelType: 'gemma', className: 'GemmaForCausalLM', plusOne: true, names: SHARED },
  gemma2: { modelType: 'gemma2', className: 'Gemma2ForCausalLM', plusOne: true, names: AROUND },
  gemma3: { modelType: 'gemma3_text', className: 'Gemma3ForCausalLM', plusOne: true, names: AROUND },
  olmo: { modelType: 'olmo', className: 'OlmoForCausalLM', pairs: true, names: BARE },
  olmo2: {
    modelType: 'olmo2',
    className: 'Olmo2ForCausalLM',
    names: {
      ...BARE,
      'blk.#.post_attention_norm': `${LAYER}post_attention_layernorm`,
      'blk.#.post_ffw_norm': `${LAYER}post_feedforward_layernorm`,
    },
  },
  phi3: {
    modelType: 'phi3',
    className: 'Phi3ForCausalLM',
    names: {
      ...SHARED,
      'blk.#.attn_qkv': `${LAYER}self_attn.qkv_proj`,
      'blk.#.ffn_up': `${LAYER}mlp.gate_up_proj`,
    },
  },
  gpt2: {
    modelType: 'gpt2',
    className: 'GPT2LMHeadModel',
    transposed: true,
    names: {
      token_embd: 'transformer.wte',
      position_embd: 'transformer.wpe',
      output_norm: 'transformer.ln_f',
      output: 'lm_head',
      'blk.#.attn_norm': 'transformer.h.#.ln_1',
      'blk.#.attn_qkv': 'transformer.h.#.attn.c_attn',
      'blk.#.attn_output': 'transformer.h.#.attn.c_proj',
      'blk.#.ffn_norm': 'transformer.h.#.ln_2',
      'blk.#.ffn_up': 'transformer.h.#.mlp.c_fc',
      'blk.#.ffn_down': 'transformer.h.#.mlp.c_proj',
    },
  },
};

/** A name with its layer's number apart. */
function numbered(name: string): { readonly shape: string; readonly layer: string; readonly part: string } {
  const [, stem = name, part = ''] = /^(.*)\.(weight|bias)$/.exec(name) ?? [];
  const layer = /(?<=\.)\d+(?=\.)/.exec(stem)?.[0] ?? '';
  return { shape: layer === '' ? stem : stem.replace(`.${layer}.`, '.#.'), layer, part };
}

/** Hugging Face's name of a tensor; undefined where the architecture has none. */
export function fromGguf({ names }: Architecture, name: string): string | undefined {
  const { shape, layer, part } = numbered(name);
  const found = Object.hasOwn(names, shape) ? names[shape] : undefined;
  return found && `${found.replace('#', layer)}.${part}`;
}

/** llama.cpp's name of a weight; undefined where it has none. */
export function toGguf({ names }: Architecture, name: string): string | undefined {
  const { shape, layer, part } = numbered(name);
  const found = Object.keys(names).find((key) => names[key] === shape);
  return found && `${found.replace('#', layer)}.${part}`;
}

/** Whether a weight is queries' or keys', and of how many heads. */
export const isTurned = (name: string): 'query' | 'key' | undefined =>
  /\.q_proj\./.test(name) ? 'query' : /\.k_proj\./.test(name) ? 'key' : undefined;

/**
 * Rows of each head in another order: halves behind one another, as Hugging Face turns them, or pair by pair, as llama.cpp does.
 * @param rows of a head
 * @param to which of the two is wanted
 */
export function reordered(
  values: Float32Array,
  heads: number,
  rows: number,
  to: 'halves' | 'pairs',
): Float32Array<ArrayBuffer> {
  const width = values.length / (heads * rows);
  const out = new Float32Array(values.length);
  for (let head = 0; head < heads; head++) {
    for (let pair = 0; pair < rows / 2; pair++) {
      for (let side = 0; side < 2; side++) {
        const half = head * rows + side * (rows / 2) + pair;
        const paired = head * rows + 2 * pair + side;
        const [from, into] = to === 'halves' ? [paired, half] : [half, paired];
        out.set(values.subarray(from * width, (from + 1) * width), into * width);
      }
    }
  }
  return out;
}
