/** Models that make vectors of texts or tell their classes, large and small alike. */

import { UserError } from '@gradus/base';
import { Embedder, type EmbedderOptions, type Embeddings, type EmbedOptions } from '../embed/embed.ts';
import { isOnnxEncoder, OnnxEmbedder } from '../embed/onnx-embedder.ts';
import { Classifier, type ClassifierOptions } from '../texts/classifier.ts';
import { isStaticModel, StaticModel } from './static-model.ts';

/** What Embedder and static embeddings have in common. */
export interface AnyEmbedder {
  readonly pooling: string;
  readonly normalize: boolean;
  embed(texts: readonly string[], options?: EmbedOptions): Promise<Embeddings>;
  close(): Promise<void>;
}

/** @throws UserError naming the file and the field that is missing or wrong */
export async function openEmbedder(path: string, options: EmbedderOptions = {}): Promise<AnyEmbedder> {
  if (isOnnxEncoder(path)) return OnnxEmbedder.open(path, options);
  if (!isStaticModel(path)) return Embedder.open(path, options);
  const model = StaticModel.open(path);
  return {
    pooling: 'mean',
    normalize: true,
    embed: async (texts, { prompt = '' } = {}) => ({
      ...model.embed(texts.map((text) => prompt + text)),
      cut: 0,
    }),
    close: async () => undefined,
  };
}

/** What Classifier and a small one have in common. */
export interface AnyClassifier {
  readonly classes: readonly string[];
  probabilities(
    texts: readonly string[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<readonly ArrayLike<number>[]>;
  close(): Promise<void>;
}

/** @throws UserError naming the file and the field that is missing or wrong */
export async function openClassifier(path: string, options: ClassifierOptions = {}): Promise<AnyClassifier> {
  if (!isStaticModel(path)) return Classifier.open(path, options);
  const model = StaticModel.open(path);
  const { head } = model;
  if (!head) {
    throw new UserError({
      en: `${path} has static embeddings and no head: it tells no classes`,
      zh: `${path} 是没有分类头的静态嵌入，不能分类`,
    });
  }
  return {
    classes: head.classes,
    probabilities: async (texts) => texts.map((text) => model.probabilities(text)),
    close: async () => undefined,
  };
}
