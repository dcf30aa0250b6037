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
  /** Of mixtures of experts: whether the weights of those that are chosen are brought to a sum of 1, for which files have no field. */
  readonly normalized?: boolean;
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

/** Matrices of all experts lie in one tensor, which is read as one for each of them (read.ts). */
const EXPERTS = {
  'blk.#.ffn_gate_inp': `${LAYER}mlp.gate`,
  'blk.#.ffn_gate_exps.#': `${LAYER}mlp.experts.#.gate_proj`,
  'blk.#.ffn_up_exps.#': `${LAYER}mlp.experts.#.up_proj`,
  'blk.#.ffn_down_exps.#': `${LAYER}mlp.experts.#.down_proj`,
  'blk.#.ffn_gate_inp_shexp': `${LAYER}mlp.shared_expert_gate`,
  'blk.#.ffn_gate_shexp': `${LAYER}mlp.shared_expert.gate_proj`,
  'blk.#.ffn_up_shexp': `${LAYER}mlp.shared_expert.up_proj`,
  'blk.#.ffn_down_shexp': `${LAYER}mlp.shared_expert.down_proj`,
};

/** Mixtral is a Llama with experts to llama.cpp, under the same name. */
const MIXTRAL: Architecture = {
  modelType: 'mixtral',
  className: 'MixtralForCausalLM',
  pairs: true,
  normalized: true,
  names: {
    ...SHARED,
    'blk.#.ffn_gate_inp': `${LAYER}block_sparse_moe.gate`,
    'blk.#.ffn_gate_exps.#': `${LAYER}block_sparse_moe.experts.#.w1`,
    'blk.#.ffn_down_exps.#': `${LAYER}block_sparse_moe.experts.#.w2`,
    'blk.#.ffn_up_exps.#': `${LAYER}block_sparse_moe.experts.#.w3`,
  },
};

/** By `general.architecture`. */
export const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  llama: { modelType: 'llama', className: 'LlamaForCausalLM', pairs: true, names: SHARED },
  qwen2: { modelType: 'qwen2', className: 'Qwen2ForCausalLM', names: SHARED },
  qwen3: { modelType: 'qwen3', className: 'Qwen3ForCausalLM', names: SHARED },
  qwen2moe: {
    modelType: 'qwen2_moe',
    className: 'Qwen2MoeForCausalLM',
    normalized: false,
    names: { ...SHARED, ...EXPERTS },
  },
  qwen3moe: {
    modelType: 'qwen3_moe',
    className: 'Qwen3MoeForCausalLM',
    normalized: true,
    names: { ...SHARED, ...EXPERTS },
  },
  olmoe: {
    modelType: 'olmoe',
    className: 'OlmoeForCausalLM',
    normalized: false,
    names: { ...SHARED, ...EXPERTS },
  },
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

/** What llama.cpp calls an architecture, and what it is. @param hasExperts whether a Llama is one of experts */
export function architectureCalled(name: string, hasExperts: boolean): Architecture | undefined {
  if (name === 'llama' && hasExperts) return MIXTRAL;
  return Object.hasOwn(ARCHITECTURES, name) ? ARCHITECTURES[name] : undefined;
}

/** What llama.cpp calls models of a type; undefined where it has no name for them that is known here. */
export function architectureOf(
  modelType: string,
): { readonly name: string; readonly architecture: Architecture } | undefined {
  if (modelType === MIXTRAL.modelType) return { name: 'llama', architecture: MIXTRAL };
  const wished = modelType === 'mistral' ? 'llama' : modelType;
  const found = Object.entries(ARCHITECTURES).find(([, { modelType: own }]) => own === wished);
  return found && { name: found[0], architecture: found[1] };
}

const NUMBER = /(?<=\.)\d+(?=\.|$)/g;

/** A name with its numbers apart: of the layer, and of the expert. */
function numbered(name: string): {
  readonly shape: string;
  readonly numbers: readonly string[];
  readonly part: string;
} {
  const [, stem = name, part = ''] = /^(.*)\.(weight|bias)$/.exec(name) ?? [];
  return { shape: stem.replace(NUMBER, '#'), numbers: stem.match(NUMBER) ?? [], part };
}

const withNumbers = (shape: string, numbers: readonly string[]): string =>
  numbers.reduce((name, number) => name.replace('#', number), shape);

/** Hugging Face's name of a tensor; undefined where the architecture has none. */
export function fromGguf({ names }: Architecture, name: string): string | undefined {
  const { shape, numbers, part } = numbered(name);
  const found = Object.hasOwn(names, shape) ? names[shape] : undefined;
  return found && `${withNumbers(found, numbers)}.${part}`;
}

/** llama.cpp's name of a weight; undefined where it has none. */
export function toGguf({ names }: Architecture, name: string): string | undefined {
  const { shape, numbers, part } = numbered(name);
  const found = Object.keys(names).find((key) => names[key] === shape);
  return found && `${withNumbers(found, numbers)}.${part}`;
}

/** Of one expert among those of a tensor: the tensor's name, and the expert's number. */
export function expertIn(name: string): { readonly stack: string; readonly expert: number } | undefined {
  const [, stack, expert] = /^(.*_exps)\.(\d+)\.weight$/.exec(name) ?? [];
  return stack === undefined ? undefined : { stack: `${stack}.weight`, expert: Number(expert) };
}

/** Whether a weight is queries' or keys', and of how many heads. */
export const isTurned = (name: string): 'query' | 'key' | undefined =>
  /\.q_proj\./.test(name) ? 'query' : /\.k_proj\./.test(name) ? 'key' : undefined;

/**
 * Rows of each head in another order: halves behind one another, as Hugging Face turns them, or pair by pair, as llama.cpp does.
 * @param rows of a head
 * @param to which of the two is wanted
 */
export function reordered<T extends Float32Array | Uint8Array>(
  values: T,
  heads: number,
  rows: number,
  to: 'halves' | 'pairs',
): T {
  const width = values.length / (heads * rows);
  const out = values.slice() as T;
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
