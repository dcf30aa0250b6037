/** A model of 1.2 billion random weights as a GGUF file of 4 bits: how long it takes to open, and the memory that it takes then. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { bytes, Random } from '@gradus/base';
import { convert, type LanguageModel, load } from '@gradus/lm';
import { SMALL_SHAPE, writeRandomModel } from '@gradus/lm/testing';
import type { Measurement } from '../measurement.ts';

/** That of Llama 3.2. */
const SHAPE = {
  vocab_size: 128_256,
  hidden_size: 2048,
  intermediate_size: 8192,
  num_hidden_layers: 16,
  num_attention_heads: 32,
  num_key_value_heads: 8,
};
/** Numbers that all matrices are made of, over and over. */
const NOISE = 1 << 20;

export async function* opening(_: LanguageModel, folder: string): AsyncGenerator<Measurement> {
  const own = join(folder, 'large');
  mkdirSync(own);
  const file = join(own, 'large.gguf');
  await writeLarge(own, file);
  const threads = process.argv.includes('--cpu') ? 1 : availableParallelism();
  const given = [join(import.meta.dirname, 'open-memory.ts'), file, String(threads)];
  const { status, stdout, stderr } = spawnSync(process.execPath, given, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const { seconds, cpu, memory, most } = JSON.parse(stdout.trim().split('\n').at(-1)!);
  const { size } = statSync(file);
  rmSync(own, { recursive: true });
  yield {
    what: `1.2 billion weights in 4 bits with rounding opened, a GGUF file of ${bytes(size)}, up to ${threads} threads`,
    gradus: `${seconds.toFixed(1)} s (${cpu.toFixed(1)} s of processor time); ${bytes(memory)} then, ${(memory / size).toFixed(2)} times the file, Node included; ${bytes(most)} at most on the way`,
  };
}

/** In 32 or 16 bits they would be larger than what is written at once: they are made as they are asked for. */
async function writeLarge(folder: string, file: string): Promise<void> {
  writeRandomModel(folder, SMALL_SHAPE);
  const config = join(folder, 'config.json');
  writeFileSync(config, JSON.stringify({ ...JSON.parse(readFileSync(config, 'utf8')), ...SHAPE }));
  const model = await load(folder);
  const random = new Random('noise');
  const noise = Float32Array.from({ length: NOISE }, () => 0.03 * random.normal());
  const shapes = shapesOf();
  const read = (name: string) => {
    const dims = shapes.get(name)!;
    const values = new Float32Array(dims.reduce((a, b) => a * b, 1));
    if (dims.length === 1) return values.fill(1);
    for (let at = 0; at < values.length; at += NOISE)
      values.set(noise.subarray(0, Math.min(NOISE, values.length - at)), at);
    return values;
  };
  const weights = { path: folder, shapes, read, close: () => undefined };
  convert({ ...model, weights }, { to: 'gguf', bits: 4, out: file });
  model.close();
}

function shapesOf(): Map<string, readonly number[]> {
  const { hidden_size: hidden, intermediate_size: inner } = SHAPE;
  const keys = (hidden / SHAPE.num_attention_heads) * SHAPE.num_key_value_heads;
  const shapes = new Map<string, readonly number[]>([
    ['model.embed_tokens.weight', [SHAPE.vocab_size, hidden]],
    ['model.norm.weight', [hidden]],
  ]);
  for (let i = 0; i < SHAPE.num_hidden_layers; i++) {
    for (const [name, dims] of Object.entries({
      input_layernorm: [hidden],
      post_attention_layernorm: [hidden],
      'self_attn.q_proj': [hidden, hidden],
      'self_attn.k_proj': [keys, hidden],
      'self_attn.v_proj': [keys, hidden],
      'self_attn.o_proj': [hidden, hidden],
      'mlp.gate_proj': [inner, hidden],
      'mlp.up_proj': [inner, hidden],
      'mlp.down_proj': [hidden, inner],
    }))
      shapes.set(`model.layers.${i}.${name}.weight`, dims);
  }
  return shapes;
}
