/**
 * A model that puts images and texts into one space: CLIP, SigLIP, Chinese-CLIP. Both become vectors of length 1, whose cosine says
 * how well they fit; so images are found by words, and told apart by classes that are only named.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { readTokenizer, type Tokenizer } from '@gradus/data';
import { type Graph, type HostTensor, input, type Tensor } from '@gradus/engine';
import type { CompiledGraph } from '@gradus/engine/node';
import { z } from 'zod';
import { encodedTexts, inBatches } from '../embed/text-batches.ts';
import { IMAGE_TEXT_FAMILIES, type ImageTextConfig } from '../families/image-text-config.ts';
import { encoderHidden, positionsOf } from '../graph/encoder.ts';
import { first, imageVectors } from '../graph/image.ts';
import type { LayerWeights } from '../graph/layer-weights.ts';
import { weightsIn } from '../graph/quantized-weights.ts';
import { checkedFields, readJson } from '../json.ts';
import { requireFit } from '../model/language-model.ts';
import { openGraph } from '../run/open-graph.ts';
import { safetensorsFolder } from '../weights/safetensors.ts';
import { type ImageInput, type ImageRunOptions, runImages } from './batches.ts';
import type { ImageModelOptions } from './image-classifier.ts';
import { ImageProcessor } from './image-processor.ts';

const MODEL_TYPE = z.looseObject({ model_type: z.unknown() });

/** Whether a folder holds a model of images and texts. */
export function isImageTextModel(path: string): boolean {
  const file = join(path, 'config.json');
  if (!existsSync(file)) return false;
  const { model_type: type } = readJson(file, MODEL_TYPE);
  return typeof type === 'string' && Object.hasOwn(IMAGE_TEXT_FAMILIES, type);
}

/** @throws UserError naming the architecture that is not known, or the field that is wrong */
export function imageTextConfig(path: string, json: unknown): ImageTextConfig {
  const { model_type: type } = checkedFields(path, json, z.looseObject({ model_type: z.string() }));
  if (Object.hasOwn(IMAGE_TEXT_FAMILIES, type)) return IMAGE_TEXT_FAMILIES[type]!(path, json);
  const known = Object.keys(IMAGE_TEXT_FAMILIES);
  throw new UserError({
    en: `${path}: models of images and texts of type "${type}" are not known; known are ${known.join(', ')}`,
    zh: `${path}：不支持类型为“${type}”的图文模型；支持 ${known.join('、')}`,
  });
}

const lengthOne = (x: Tensor): Tensor => x.div(x.square().sum([1], true).sqrt().max(1e-12));

/** (pixels) -> (output), vectors of length 1. */
export function imageGraph(config: ImageTextConfig, weights: LayerWeights): Graph<Tensor> {
  const { channels, height, width } = config.image;
  const pixels = input('pixels', ['batch', channels, height, width]);
  const output = lengthOne(imageVectors(config, weights, pixels));
  return { name: 'images', inputs: { pixels }, outputs: { output } };
}

/** (ids, mask, positions, end) -> (output), vectors of length 1. `end`: the place of the token that stands for the text. */
export function textGraph(config: ImageTextConfig, weights: LayerWeights): Graph<Tensor> {
  const { text, textPooling, textProjection } = config;
  const whole = (name: string) => input(name, ['batch', 'time'], 'int64');
  const inputs = { ids: whole('ids'), mask: whole('mask'), positions: whole('positions') };
  const hidden = encoderHidden(text, weights, inputs);
  const end = input('end', ['batch', 1], 'int64');
  const vector =
    textPooling === 'first'
      ? first(hidden)
      : hidden.mul(inputs.positions.equal(end).cast('float32').unsqueeze(-1)).sum([1]);
  const output = lengthOne(textProjection ? weights.linear(vector, textProjection) : vector);
  return {
    name: 'texts',
    inputs: { ...inputs, ...(textPooling !== 'first' && { end }) },
    outputs: { output },
  };
}

export class ImageTextModel {
  readonly path: string;
  readonly dimensions: number;
  readonly #config: ImageTextConfig;
  readonly #tokenizer: Tokenizer;
  readonly #processor: ImageProcessor;
  readonly #images: CompiledGraph;
  readonly #texts: CompiledGraph;
  /** Cosine × scale + bias: the logit of a pair. */
  readonly scale: number;
  readonly bias: number;

  /** @throws UserError naming the file and the field that is missing or wrong */
  static async open(path: string, { threads, bits }: ImageModelOptions = {}): Promise<ImageTextModel> {
    const file = join(path, 'config.json');
    const config = imageTextConfig(file, readJson(file, z.record(z.string(), z.unknown())));
    const tokenizer = readTokenizer(join(path, 'tokenizer.json'));
    requireFit(path, tokenizer, config.text);
    const processor = new ImageProcessor(path, config.modelType, config.image);
    const weights = safetensorsFolder(path);
    try {
      const held = weightsIn(weights, bits);
      const scale = Math.exp(weights.read('logit_scale')[0]!);
      const bias = config.hasBias ? weights.read('logit_bias')[0]! : 0;
      const images = await openGraph(imageGraph(config, held), { threads });
      const texts = await openGraph(textGraph(config, held), { threads });
      return new ImageTextModel(path, config, tokenizer, processor, { images, texts }, { scale, bias });
    } finally {
      weights.close();
    }
  }

  private constructor(
    path: string,
    config: ImageTextConfig,
    tokenizer: Tokenizer,
    processor: ImageProcessor,
    { images, texts }: { readonly images: CompiledGraph; readonly texts: CompiledGraph },
    { scale, bias }: { readonly scale: number; readonly bias: number },
  ) {
    this.path = path;
    this.dimensions = config.textProjection?.outputs ?? config.text.hidden;
    this.scale = scale;
    this.bias = bias;
    this.#config = config;
    this.#tokenizer = tokenizer;
    this.#processor = processor;
    this.#images = images;
    this.#texts = texts;
  }

  /** [images, dimensions], vectors of length 1. @throws UserError naming the file that is no image */
  embedImages(images: readonly ImageInput[], options: ImageRunOptions = {}): Promise<Float32Array> {
    return runImages(this.#images, this.#processor, images, this.dimensions, options);
  }

  /** [texts, dimensions], vectors of length 1, and how many texts were too long and lost their end. */
  async embedTexts(
    texts: readonly string[],
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<{ readonly data: Float32Array; readonly cut: number }> {
    const { context } = this.#config.text;
    const { rows, cut } = encodedTexts(this.#tokenizer, texts, {
      prompts: {},
      defaultPrompt: undefined,
      length: context,
    });
    const size = this.dimensions;
    const vectors = await inBatches(
      rows,
      async (batch) => {
        const { output } = await this.#texts.run(textFeeds(this.#config, batch));
        const found = output!.data as Float32Array;
        return batch.map((_, i) => found.subarray(i * size, (i + 1) * size));
      },
      options,
    );
    const data = new Float32Array(texts.length * size);
    for (const [i, vector] of vectors.entries()) data.set(vector, i * size);
    return { data, cut };
  }

  /**
   * Which of some texts fits each image best, such as `a photo of a cat`: of each image, how probable each is. With CLIP they add up to
   * 1; with SigLIP each stands by itself.
   */
  async probabilities(
    images: readonly ImageInput[],
    texts: readonly string[],
    options: ImageRunOptions = {},
  ): Promise<Float32Array[]> {
    const { data } = await this.embedTexts(texts, options);
    const seen = await this.embedImages(images, options);
    const size = this.dimensions;
    return images.map((_, i) => {
      const logits = Float32Array.from(texts, (_, t) => {
        let cosine = 0;
        for (let d = 0; d < size; d++) cosine += seen[i * size + d]! * data[t * size + d]!;
        return cosine * this.scale + this.bias;
      });
      if (this.#config.probabilities === 'sigmoid') return logits.map((logit) => 1 / (1 + Math.exp(-logit)));
      const most = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
      const shares = logits.map((logit) => Math.exp(logit - most));
      const sum = shares.reduce((a, b) => a + b, 0);
      return shares.map((share) => share / sum);
    });
  }

  async close(): Promise<void> {
    await this.#images.close();
    await this.#texts.close();
  }
}

/** Texts as the graph takes them. Where the last place stands for a text, all are filled up to the length that the model was made for. */
export function textFeeds(
  { text, textPooling, end }: ImageTextConfig,
  rows: readonly ArrayLike<number>[],
): Record<string, HostTensor> {
  const isLast = textPooling === 'last';
  const time = isLast ? text.context : rows.reduce((most, { length }) => Math.max(most, length), 1);
  const dims = [rows.length, time];
  // What fills up is seen where the last place stands for the text: so the model was trained.
  const mask = rows.flatMap(({ length }) =>
    Array.from({ length: time }, (_, i) => (isLast || i < length ? 1 : 0)),
  );
  const ids = rows.flatMap((row) => Array.from({ length: time }, (_, i) => row[i] ?? text.pad));
  const ends = rows.map((row) => (isLast ? time - 1 : Math.max(0, Array.from(row).indexOf(end))));
  const whole = (data: BigInt64Array, dims: readonly number[]): HostTensor => ({
    dtype: 'int64',
    dims,
    data,
  });
  return {
    ids: whole(BigInt64Array.from(ids, BigInt), dims),
    mask: whole(BigInt64Array.from(mask, BigInt), dims),
    positions: whole(positionsOf(text, mask, time), dims),
    ...(textPooling !== 'first' && { end: whole(BigInt64Array.from(ends, BigInt), [rows.length, 1]) }),
  };
}
