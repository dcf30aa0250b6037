/** A model that tells classes, as transformers saves one: `id2label` in its config.json, and a head beside the weights of the model. */
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { z } from 'zod';
import { constantWeights } from '../graph/layer-weights.ts';
import { type RunBits, weightsIn } from '../graph/quantized-weights.ts';
import { checkedFields } from '../json.ts';
import { type AnyModel, isEncoderModel, loadAny } from '../model/load-any.ts';
import { safetensorsFolder } from '../weights/safetensors.ts';
import type { Weights } from '../weights/weights.ts';
import { classHead, isClassifier } from './class-head.ts';
import { headedWeights } from './headed-weights.ts';
import { TextRunner } from './run-texts.ts';
import { hiddenOf, type TextBatch, tokensOfText } from './text-model.ts';

export interface ClassifierOptions {
  readonly threads?: number | undefined;
  /** Bits of a weight. Default 32. */
  readonly bits?: RunBits | undefined;
}

const LABELS = z.looseObject({ id2label: z.record(z.string().regex(/^\d+$/), z.string()) });
const LONGEST = 512;

export class Classifier {
  readonly classes: readonly string[];
  /** Tokens of a text that are seen. */
  readonly length: number;
  readonly #model: AnyModel;
  readonly #head: Weights;
  readonly #runner: TextRunner;

  /** @throws UserError naming the file and the field that is missing or wrong */
  static async open(path: string, options: ClassifierOptions = {}): Promise<Classifier> {
    const model = await loadAny(path);
    try {
      if (!isClassifier(model.json)) {
        throw new UserError({
          en: `${join(path, 'config.json')}: architectures names no …ForSequenceClassification: the model tells no classes. gradus tune makes one of texts and labels`,
          zh: `${join(path, 'config.json')}：architectures 中没有 …ForSequenceClassification：该模型不能分类。可用 gradus tune 由文本和标签训练`,
        });
      }
      const { id2label } = checkedFields(join(path, 'config.json'), model.json, LABELS);
      const classes = Object.keys(id2label)
        .sort((a, b) => Number(a) - Number(b))
        .map((id) => id2label[id]!);
      return new Classifier(model, classes, options);
    } catch (error) {
      model.close();
      throw error;
    }
  }

  private constructor(model: AnyModel, classes: readonly string[], { threads, bits }: ClassifierOptions) {
    const { config, json, path } = model;
    const head = classHead(config, json, classes.length);
    this.classes = classes;
    this.length = isEncoderModel(model) ? model.length : Math.min(LONGEST, config.context);
    this.#model = model;
    this.#head = safetensorsFolder(path);
    const weights = headedWeights(weightsIn(model.weights, bits), constantWeights(this.#head), (name) =>
      head.weights.has(name),
    );
    const output = (batch: TextBatch) =>
      head.logits(weights, hiddenOf(config, weights, batch), batch).softmax();
    this.#runner = new TextRunner(config, output, { longest: this.length, threads });
  }

  /** Of each text, the probability of each class. */
  probabilities(
    texts: readonly string[],
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<Float32Array[]> {
    const tokens = texts.map((text) => tokensOfText(this.#model, text, this.length));
    return this.#runner.run(tokens, signal);
  }

  async close(): Promise<void> {
    await this.#runner.close();
    this.#head.close();
    this.#model.close();
  }
}
