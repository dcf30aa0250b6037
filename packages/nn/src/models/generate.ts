/**
 * Autoregressive generation: a sequence is continued token by token, each drawn from the model's distribution of the next.
 *
 * A key-value cache holds the keys and values of earlier positions, so that a token costs one position, not all of them.
 */

import { checkOptions, type Random, UserError } from '@gradus/base';
import type { HostTensor } from '@gradus/engine';
import { type CompiledGraph, compile, type Device } from '@gradus/engine/runtime';
import type { Gpt } from './gpt.ts';

export interface SamplingOptions {
  /** Below 1 probable tokens become more probable; 0 always takes the most probable one. Default 1. */
  readonly temperature?: number;
  /** Draws from the k most probable tokens only (Fan et al., 2018). Default: all. */
  readonly topK?: number;
  /** Draws from the most probable tokens that together have this probability (Holtzman et al., 2020). Default 1: all. */
  readonly topP?: number;
}

const SAMPLING = { temperature: 1, topK: true, topP: 1 };

/** Draws the index of the next token from its logits. */
export function sampleToken(logits: Float32Array, random: Random, options: SamplingOptions = {}): number {
  checkOptions('sampleToken', options, SAMPLING);
  const { temperature = 1, topK = logits.length, topP = 1 } = options;
  const order = Array.from(logits, (_, i) => i).sort((a, b) => logits[b]! - logits[a]!);
  if (temperature === 0) return order[0]!;
  const best = logits[order[0]!]!;
  const candidates = order.slice(0, topK);
  const weights = candidates.map((token) => Math.exp((logits[token]! - best) / temperature));
  const total = weights.reduce((a, b) => a + b, 0);
  let mass = 0;
  const cut = weights.findIndex((weight) => {
    mass += weight / total;
    return mass >= topP;
  });
  const last = cut < 0 ? candidates.length - 1 : cut;
  let left = random.uniform() * weights.slice(0, last + 1).reduce((a, b) => a + b, 0);
  for (let i = 0; i <= last; i++) {
    left -= weights[i]!;
    if (left < 0) return candidates[i]!;
  }
  return candidates[last]!;
}

export interface GenerateOptions extends SamplingOptions {
  /** How many tokens to add at most. */
  readonly tokens: number;
  readonly random: Random;
  /** A token that ends the sequence; it is the last of the result. */
  readonly end?: number;
  readonly device?: Device | undefined;
  readonly threads?: number | undefined;
}

const GENERATE = { tokens: true, random: true, end: true, device: 'cpu', threads: 0, ...SAMPLING };

/**
 * The tokens that follow `prompt`.
 *
 * @throws UserError where the prompt is empty, or prompt and tokens do not fit into the model's length
 */
export async function generate(
  model: Gpt,
  prompt: readonly number[],
  options: GenerateOptions,
): Promise<number[]> {
  checkOptions('generate', options, GENERATE);
  const { tokens, random, end, device, threads, ...sampling } = options;
  if (prompt.length === 0) {
    throw new UserError({
      en: 'the prompt is empty; expected at least one token',
      zh: '提示为空；至少需要一个词元',
    });
  }
  if (prompt.length + tokens > model.length) {
    throw new UserError({
      en: `a prompt of ${prompt.length} and ${tokens} more tokens do not fit into a model of length ${model.length}`,
      zh: `提示有 ${prompt.length} 个词元，再加 ${tokens} 个，超出模型的长度 ${model.length}`,
    });
  }
  const decoder = await compile(model.decoder(), { device, threads });
  try {
    const decode = decoding(decoder, model.noPast());
    let logits = new Float32Array(0);
    for (const token of prompt) logits = await decode(token);
    const generated: number[] = [];
    while (generated.length < tokens) {
      const token = sampleToken(logits, random, sampling);
      generated.push(token);
      if (token === end) break;
      if (generated.length < tokens) logits = await decode(token);
    }
    return generated;
  } finally {
    await decoder.close();
  }
}

/** A function from each token to the logits of the next; it keeps the key-value cache. */
function decoding(decoder: CompiledGraph, noPast: Readonly<Record<string, HostTensor>>) {
  let past = noPast;
  let position = 0;
  const whole = (value: number, dims: readonly number[]): HostTensor => ({
    dtype: 'int64',
    dims,
    data: BigInt64Array.of(BigInt(value)),
  });
  return async (token: number): Promise<Float32Array<ArrayBuffer>> => {
    const results = await decoder.run({
      token: whole(token, [1, 1]),
      position: whole(position, [1]),
      ...past,
    });
    position += 1;
    past = Object.fromEntries(
      Object.keys(past).map((name) => [name, results[`next${name[0]!.toUpperCase()}${name.slice(1)}`]!]),
    );
    return results.logits!.data as Float32Array<ArrayBuffer>;
  };
}
