/** A Llama of any shape with small random weights and a token for each byte, as a folder of Hugging Face. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import { type HostTensor, writeSafetensors } from '@gradus/engine';

export interface RandomModelShape {
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly num_key_value_heads: number;
  readonly max_position_embeddings: number;
  /** A chat template, in Jinja. */
  readonly template?: string;
}

/** Small enough for tests; it knows all bytes. */
export const SMALL_SHAPE: RandomModelShape = {
  vocab_size: 260,
  hidden_size: 32,
  intermediate_size: 64,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  max_position_embeddings: 2048,
};

export function writeRandomModel(folder: string, { template, ...shape }: RandomModelShape): void {
  const { hidden_size: hidden, intermediate_size: inner, num_hidden_layers: layers } = shape;
  const keys = (hidden / shape.num_attention_heads) * shape.num_key_value_heads;
  const random = new Random('weights');
  const tensors: Record<string, HostTensor> = {};
  const ONE = 0x3c00;
  const add = (name: string, dims: readonly number[]) => {
    const data = new Uint16Array(dims.reduce((a, b) => a * b, 1));
    // Norms begin at one; all else lies about 2^-6 to either side of zero, in half precision.
    if (dims.length === 1) data.fill(ONE);
    else for (let i = 0; i < data.length; i++) data[i] = (random.uint32() & 0x83ff) | (9 << 10);
    tensors[name] = { dtype: 'float16', dims, data };
  };
  add('model.embed_tokens.weight', [shape.vocab_size, hidden]);
  for (let i = 0; i < layers; i++) {
    const of = (name: string) => `model.layers.${i}.${name}.weight`;
    add(of('input_layernorm'), [hidden]);
    add(of('post_attention_layernorm'), [hidden]);
    for (const [name, outputs] of [
      ['q', hidden],
      ['k', keys],
      ['v', keys],
      ['o', hidden],
    ] as const)
      add(of(`self_attn.${name}_proj`), [outputs, hidden]);
    for (const name of ['gate', 'up']) add(of(`mlp.${name}_proj`), [inner, hidden]);
    add(of('mlp.down_proj'), [hidden, inner]);
  }
  add('model.norm.weight', [hidden]);
  writeFileSync(join(folder, 'model.safetensors'), writeSafetensors(tensors, { format: 'pt' }));
  const config = {
    model_type: 'llama',
    architectures: ['LlamaForCausalLM'],
    rms_norm_eps: 1e-5,
    rope_theta: 100_000,
    tie_word_embeddings: true,
    bos_token_id: 1,
    eos_token_id: 2,
    dtype: 'float16',
    ...shape,
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  const special = ['<unk>', '<s>', '</s>'];
  const vocab = Object.fromEntries(special.map((token, id) => [token, id]));
  for (let byte = 0; byte < 256; byte++)
    vocab[`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`] = byte + 3;
  const tokenizer = {
    added_tokens: special.map((content, id) => ({ id, content, special: true })),
    decoder: { type: 'Sequence', decoders: [{ type: 'ByteFallback' }, { type: 'Fuse' }] },
    model: { type: 'BPE', vocab, merges: [], unk_token: '<unk>', byte_fallback: true },
  };
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  if (template !== undefined)
    writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify({ chat_template: template }));
}
