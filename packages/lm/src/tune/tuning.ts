/**
 * The training of a language model: the next token's cross-entropy, over the tokens that are to be learnt from. Rows hold several
 * texts, each seen by itself (`segments`).
 */
import { type HostTensor, input, type Tensor } from '@gradus/engine';
import { crossEntropy, type Trainer, type TrainerState } from '@gradus/nn';
import type { DecoderConfig } from '../families/decoder-config.ts';
import { sequenceLogits } from '../graph/decoder.ts';
import type { LayerWeights } from '../graph/layer-weights.ts';
import type { TrainedWeights } from './trained-weights.ts';
import { type OnLayer, type TrainingOptions, trainerOf } from './trainer.ts';

/** The label of what is not learnt from, as in PyTorch. */
export const IGNORED = -100;

/** Rows of tokens, [rows, length] each, in whole numbers. */
export interface TokenBatch {
  readonly ids: HostTensor;
  /** The token that follows each, or IGNORED. */
  readonly labels: HostTensor;
  readonly positions: HostTensor;
  /** Which text of its row a token is of. */
  readonly segments: HostTensor;
}

export function nextTokenLoss(
  config: DecoderConfig,
  weights: LayerWeights,
  batch: Readonly<Record<string, Tensor>>,
  onLayer?: OnLayer,
): Tensor {
  const { ids, labels, positions, segments } = batch as Record<keyof TokenBatch, Tensor>;
  const logits = sequenceLogits(config, weights, { ids, positions, segments, ...(onLayer && { onLayer }) });
  return crossEntropy(logits, labels, { ignored: IGNORED });
}

/** A trainer that takes TokenBatches of one shape. */
export const tokenTrainer = (
  config: DecoderConfig,
  { weights, parameters }: TrainedWeights,
  options: TrainingOptions,
  from?: TrainerState,
): Trainer =>
  trainerOf((batch, onLayer) => nextTokenLoss(config, weights, batch, onLayer), parameters, options, from);

/** Placeholders of a batch of rows. */
export const batchInputs = (rows: number, length: number): Record<keyof TokenBatch, Tensor> => ({
  ids: input('ids', [rows, length], 'int64'),
  labels: input('labels', [rows, length], 'int64'),
  positions: input('positions', [rows, length], 'int64'),
  segments: input('segments', [rows, length], 'int64'),
});
