/** Which weights of a model train, by the options of a training. */
import { createHash } from 'node:crypto';
import { UserError } from '@gradus/base';
import type { LayerWeights } from '../graph/layer-weights.ts';
import { weightsIn } from '../graph/quantized-weights.ts';
import type { AnyModel } from '../model/load-any.ts';
import type { CheckedOptions } from './options.ts';
import { adaptedWeights, allWeights, type TrainedWeights } from './trained-weights.ts';

const alphaOf = ({ alpha, lora }: CheckedOptions): number => alpha ?? 2 * lora;

/** The options of a training as those of its result have them. */
export const resultOptions = (options: CheckedOptions) => ({
  ...options,
  rank: options.lora,
  alpha: alphaOf(options),
});

/** @param graphOf traces the model, so that all of its weights are known */
export function trainedOf(
  { config, weights }: AnyModel,
  options: CheckedOptions,
  graphOf: (weights: LayerWeights) => unknown,
): TrainedWeights {
  if (options.full && options.bits !== 32) {
    throw new UserError({
      en: '--full trains all weights, which then have 32 bits; --bits is for adapters',
      zh: '--full 训练全部权重，权重须为 32 位；--bits 用于适配器',
    });
  }
  if (options.full) return allWeights(weights, graphOf);
  const lora = {
    rank: options.lora,
    alpha: alphaOf(options),
    dropout: options.dropout,
    ...(options.targets && { targets: options.targets }),
  };
  return adaptedWeights(config, weightsIn(weights, options.bits), lora, options.seed);
}

/** What a checkpoint must be of: model, options and examples. */
export function fingerprintOf(model: AnyModel, options: object, examples: Iterable<unknown>): string {
  const hash = createHash('sha256').update(JSON.stringify([model.json, options]));
  for (const example of examples) hash.update(JSON.stringify(example));
  return hash.digest('hex');
}
