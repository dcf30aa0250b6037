/**
 * Latent diffusion from a folder that optimum has exported as ONNX (Rombach et al., 2022): words become states of a text encoder, noise is taken
 * away step by step with those states as the guide, and a decoder makes pixels of what is left. Steps are those of DDIM (Song, Meng and Ermon,
 * 2021), which suits every model that was trained with the noise of its scheduler_config.json.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Random, UserError } from '@gradus/base';
import { encodePng, readTokenizer, Tokenizer, type TokenizerFile } from '@gradus/data';
import type { HostTensor } from '@gradus/engine';
import { type CompiledGraph, compileFile } from '@gradus/engine/node';
import { z } from 'zod';
import { ChatError } from '../client/chat-client.ts';
import { COUNT } from '../families/common.ts';
import { readJson } from '../json.ts';
import type { ImageGenerator, ImageGeneratorOptions } from './image-generator.ts';

const SCHEDULER = z.looseObject({
  num_train_timesteps: COUNT.default(1000),
  beta_start: z.number().positive().default(0.00085),
  beta_end: z.number().positive().default(0.012),
  beta_schedule: z.enum(['linear', 'scaled_linear']).default('scaled_linear'),
  prediction_type: z.enum(['epsilon', 'v_prediction', 'sample']).default('epsilon'),
  steps_offset: z.int().min(0).default(1),
});
type Scheduler = z.infer<typeof SCHEDULER>;
const UNET = z.looseObject({ sample_size: COUNT.default(64), in_channels: COUNT.default(4) });
const DECODER = z.looseObject({ scaling_factor: z.number().positive().default(0.18215) });
const TOKENIZER = z.looseObject({ model_max_length: COUNT.max(1024).default(77) });

const STEPS = 20;
/** How much further the words pull than they would by themselves (Ho and Salimans, 2022). */
const GUIDANCE = 7.5;

/** @throws UserError naming the file that is missing or wrong */
export async function openDiffusion(
  path: string,
  { threads }: ImageGeneratorOptions,
): Promise<ImageGenerator> {
  if (existsSync(join(path, 'text_encoder_2'))) {
    throw new UserError({
      en: `${path} has two text encoders (SDXL); models with one are run here (Stable Diffusion 1 and 2). Others can be served and named by their URL`,
      zh: `${path} 有两个文本编码器（SDXL）；此处只能运行带一个的模型（Stable Diffusion 1 和 2）。其他模型可部署为服务后用 URL 指定`,
    });
  }
  const scheduler = readJson(join(path, 'scheduler/scheduler_config.json'), SCHEDULER);
  const unetConfig = readJson(join(path, 'unet/config.json'), UNET);
  const { scaling_factor: scale } = readJson(join(path, 'vae_decoder/config.json'), DECODER);
  const { model_max_length: longest } = readJson(join(path, 'tokenizer/tokenizer_config.json'), TOKENIZER);
  const tokenizer = tokenizerIn(join(path, 'tokenizer'));
  const graphs: CompiledGraph[] = [];
  const open = async (part: string): Promise<CompiledGraph> => {
    const graph = await compileFile(join(path, part, 'model.onnx'), { ...(threads && { threads }) });
    graphs.push(graph);
    return graph;
  };
  const close = async () => {
    for (const graph of graphs) await graph.close();
  };
  try {
    const encoder = await open('text_encoder');
    const unet = await open('unet');
    const decoder = await open('vae_decoder');
    const { in_channels: channels, sample_size: side } = unetConfig;
    const end = tokenizer.encode('').ids.at(-1) ?? 0;
    const idsOf = (text: string): number[] => {
      const ids = [...tokenizer.encode(text).ids];
      const cut = ids.length > longest ? [...ids.slice(0, longest - 1), ids.at(-1)!] : ids;
      return [...cut, ...new Array<number>(longest - cut.length).fill(end)];
    };

    async function draw(prompt: string, seed: number, signal: AbortSignal): Promise<Uint8Array> {
      const states = await statesOf(encoder, [...idsOf(''), ...idsOf(prompt)], longest);
      const random = new Random(seed);
      const area = channels * side * side;
      let latent = Float32Array.from({ length: area }, () => random.normal());
      for (const { t, now, next } of ddimSteps(scheduler)) {
        signal.throwIfAborted();
        const sample = float32([2, channels, side, side], [...latent, ...latent]);
        const both = await withTime(unet, { sample, encoder_hidden_states: states }, t);
        const foretold = latent.map((_, i) => both[i]! + GUIDANCE * (both[area + i]! - both[i]!));
        latent = ddimStep(latent, foretold, now, next, scheduler.prediction_type);
      }
      const input = float32(
        [1, channels, side, side],
        latent.map((value) => value / scale),
      );
      const out = await decoder.run({ latent_sample: input });
      const { dims, data } = Object.values(out)[0]!;
      const [, , height, width] = dims as [number, number, number, number];
      return encodePng({ width, height, data: pixelsOf(data as Float32Array, width * height) });
    }
    return { model: basename(path), host: null, draw, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const VOCABULARY = z.record(z.string(), z.int().min(0));
const [BEGIN, END] = ['<|startoftext|>', '<|endoftext|>'];

/** CLIP's tokenizer: in one file, or as the two that it has been kept in since 2021, read as transformers reads them. */
function tokenizerIn(folder: string): Tokenizer {
  const whole = join(folder, 'tokenizer.json');
  if (existsSync(whole)) return readTokenizer(whole);
  const vocab = readJson(join(folder, 'vocab.json'), VOCABULARY);
  const merges = readFileSync(join(folder, 'merges.txt'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#version'));
  const special = (content: string) => ({
    id: vocab[content]!,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  return new Tokenizer({
    added_tokens: [special(BEGIN), special(END)],
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFC' },
        { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
        { type: 'Lowercase' },
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        {
          type: 'Split',
          pattern: { Regex: "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+" },
          behavior: 'Removed',
          invert: true,
        },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
      ],
    },
    post_processor: {
      type: 'RobertaProcessing',
      sep: [END, vocab[END]!],
      cls: [BEGIN, vocab[BEGIN]!],
      trim_offsets: false,
      add_prefix_space: false,
    },
    model: { type: 'BPE', vocab, merges, unk_token: END, end_of_word_suffix: '</w>' },
  } as TokenizerFile);
}

/** The states of both texts; exports want their tokens as one of two integers. */
async function statesOf(encoder: CompiledGraph, ids: readonly number[], length: number): Promise<HostTensor> {
  const dims = [ids.length / length, length];
  const run = (input_ids: HostTensor) => encoder.run({ input_ids });
  const out = await firstThatRuns([
    () => run({ dtype: 'int32', dims, data: Int32Array.from(ids) }),
    () => run({ dtype: 'int64', dims, data: BigInt64Array.from(ids, BigInt) }),
  ]);
  return out.last_hidden_state ?? Object.values(out)[0]!;
}

async function withTime(
  unet: CompiledGraph,
  inputs: Readonly<Record<string, HostTensor>>,
  t: number,
): Promise<Float32Array> {
  const dims = [1];
  const run = (timestep: HostTensor) => unet.run({ ...inputs, timestep });
  const out = await firstThatRuns([
    () => run({ dtype: 'int64', dims, data: BigInt64Array.of(BigInt(t)) }),
    () => run({ dtype: 'float32', dims, data: Float32Array.of(t) }),
  ]);
  return Object.values(out)[0]!.data as Float32Array;
}

async function firstThatRuns<T>(ways: readonly (() => Promise<T>)[]): Promise<T> {
  let failed: unknown;
  for (const way of ways) {
    try {
      return await way();
    } catch (error) {
      failed ??= error;
    }
  }
  throw new ChatError((failed as Error).message.slice(0, 200), { cause: failed });
}

/** The share of the image that is left at each step, now and after it. */
function ddimSteps(of: Scheduler): { t: number; now: number; next: number }[] {
  const count = of.num_train_timesteps;
  const root = (value: number) => (of.beta_schedule === 'scaled_linear' ? Math.sqrt(value) : value);
  const [from, to] = [root(of.beta_start), root(of.beta_end)];
  let left = 1;
  const kept = Array.from({ length: count }, (_, i) => {
    const beta =
      (from + ((to - from) * i) / Math.max(1, count - 1)) ** (of.beta_schedule === 'linear' ? 1 : 2);
    left *= 1 - beta;
    return left;
  });
  const steps = Math.min(STEPS, count);
  const apart = Math.floor(count / steps);
  return Array.from({ length: steps }, (_, i) => {
    const t = Math.min(count - 1, (steps - 1 - i) * apart + of.steps_offset);
    return { t, now: kept[t]!, next: kept[t - apart] ?? kept[0]! };
  });
}

function ddimStep(
  latent: Float32Array,
  foretold: Float32Array,
  now: number,
  next: number,
  kind: Scheduler['prediction_type'],
): Float32Array<ArrayBuffer> {
  const [a, b] = [Math.sqrt(now), Math.sqrt(1 - now)];
  return Float32Array.from(latent, (x, i) => {
    const f = foretold[i]!;
    const image = kind === 'epsilon' ? (x - b * f) / a : kind === 'sample' ? f : a * x - b * f;
    const noise = kind === 'epsilon' ? f : (x - a * image) / b;
    return Math.sqrt(next) * image + Math.sqrt(1 - next) * noise;
  });
}

/** Planes from −1 to 1 as pixels. */
function pixelsOf(planes: Float32Array, area: number): Uint8Array {
  const data = new Uint8Array(4 * area).fill(255);
  for (let i = 0; i < area; i++) {
    for (let k = 0; k < 3; k++)
      data[4 * i + k] = Math.max(0, Math.min(255, Math.round((planes[k * area + i]! + 1) * 127.5)));
  }
  return data;
}

const float32 = (dims: readonly number[], data: ArrayLike<number>): HostTensor => ({
  dtype: 'float32',
  dims,
  data: Float32Array.from(data),
});
