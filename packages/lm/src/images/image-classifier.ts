/** A model that tells classes of images, as transformers saves one: ViT with a head, and `id2label` in its config.json. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { input } from '@gradus/engine';
import type { CompiledGraph } from '@gradus/engine/node';
import { z } from 'zod';
import { vit } from '../families/image-config.ts';
import { classState } from '../graph/image.ts';
import { type RunBits, weightsIn } from '../graph/quantized-weights.ts';
import { checkedFields, readJson } from '../json.ts';
import { openGraph } from '../run/open-graph.ts';
import { safetensorsFolder } from '../weights/safetensors.ts';
import { type ImageInput, type ImageRunOptions, runImages } from './batches.ts';
import { ImageProcessor } from './image-processor.ts';

export interface ImageModelOptions {
  readonly threads?: number | undefined;
  /** Bits of a weight. Default 32. */
  readonly bits?: RunBits | undefined;
}

const CONFIG = z.looseObject({
  model_type: z.literal('vit'),
  architectures: z.array(z.string()).default([]),
  id2label: z.record(z.string().regex(/^\d+$/), z.string()).optional(),
});

/** Whether a folder holds a model that tells classes of images. */
export function isImageClassifier(path: string): boolean {
  const file = join(path, 'config.json');
  return existsSync(file) && readJson(file, z.looseObject({ model_type: z.unknown() })).model_type === 'vit';
}

export class ImageClassifier {
  readonly classes: readonly string[];
  readonly #compiled: CompiledGraph;
  readonly #processor: ImageProcessor;

  /** @throws UserError naming the file and the field that is missing or wrong */
  static async open(path: string, { threads, bits }: ImageModelOptions = {}): Promise<ImageClassifier> {
    const file = join(path, 'config.json');
    const json = readJson(file, z.record(z.string(), z.unknown()));
    const { architectures, id2label } = checkedFields(file, json, CONFIG);
    if (!id2label || !architectures.includes('ViTForImageClassification')) {
      throw new UserError({
        en: `${file}: architectures does not name ViTForImageClassification, or id2label is missing: the model tells no classes`,
        zh: `${file}：architectures 中没有 ViTForImageClassification，或缺少 id2label：该模型不能分类`,
      });
    }
    const classes = Object.keys(id2label)
      .sort((a, b) => Number(a) - Number(b))
      .map((id) => id2label[id]!);
    const config = vit(file, json);
    const processor = new ImageProcessor(path, 'vit', config);
    const weights = safetensorsFolder(path);
    try {
      const pixels = input('pixels', ['batch', config.channels, config.height, config.width]);
      const held = weightsIn(weights, bits);
      const head = { name: 'classifier', inputs: config.hidden, outputs: classes.length, bias: true };
      const output = held.linear(classState(config, held, pixels), head).softmax();
      const graph = { name: 'images', inputs: { pixels }, outputs: { output } };
      return new ImageClassifier(classes, await openGraph(graph, { threads }), processor);
    } finally {
      weights.close();
    }
  }

  private constructor(classes: readonly string[], compiled: CompiledGraph, processor: ImageProcessor) {
    this.classes = classes;
    this.#compiled = compiled;
    this.#processor = processor;
  }

  /** Of each image, the probability of each class. @throws UserError naming the file that is no image */
  async probabilities(images: readonly ImageInput[], options: ImageRunOptions = {}): Promise<Float32Array[]> {
    const size = this.classes.length;
    const all = await runImages(this.#compiled, this.#processor, images, size, options);
    return images.map((_, i) => all.slice(i * size, (i + 1) * size));
  }

  close(): Promise<void> {
    return this.#compiled.close();
  }
}
