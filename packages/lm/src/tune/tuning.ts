/**
 * The training of a language model: the next token's cross-entropy, over the tokens that are to be learnt from. Rows hold several
 * texts, each seen by itself (`segments`).
 */
import { Random } from '@gradus/base';
import { type HostTensor, input, type Tensor } from '@gradus/engine';
import {
  accumulated,
  adamW,
  crossEntropy,
  type LearningRate,
  oneGraph,
  type Phase,
  Trainer,
  type TrainerState,
} from '@gradus/nn';
import type { DecoderConfig } from '../families/decoder-config.ts';
import { sequenceLogits } from '../graph/decoder.ts';
import type { LayerWeights } from '../graph/layer-weights.ts';
import { openGraph } from '../run/open-graph.ts';
import type { TrainedWeights } from './trained-weights.ts';

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
): Tensor {
  const { ids, labels, positions, segments } = batch as Record<keyof TokenBatch, Tensor>;
  const logits = sequenceLogits(config, weights, { ids, positions, segments });
  return crossEntropy(logits, labels, { ignored: IGNORED });
}

export interface TrainingOptions {
  readonly learningRate: LearningRate;
  readonly weightDecay: number;
  /** Batches that make up one step. */
  readonly accumulate: number;
  readonly clipNorm?: number;
  readonly seed: number | string;
  readonly threads?: number | undefined;
}

/** A trainer that takes TokenBatches of one shape. */
export function tokenTrainer(
  config: DecoderConfig,
  { weights, parameters }: TrainedWeights,
  options: TrainingOptions,
  from?: TrainerState,
): Trainer {
  const { learningRate, weightDecay, accumulate, clipNorm, seed, threads } = options;
  const own = adamW({ learningRate, weightDecay });
  const phase: Phase = {
    name: 'loss',
    loss: (batch) => nextTokenLoss(config, weights, batch),
    parameters,
    optimizer: accumulate > 1 ? accumulated(own, accumulate) : own,
    ...(clipNorm !== undefined && { clipNorm }),
  };
  return new Trainer([phase], { random: new Random(seed), strategy: oneGraph(openGraph), threads }, from);
}

/** Placeholders of a batch of rows. */
export const batchInputs = (rows: number, length: number): Record<keyof TokenBatch, Tensor> => ({
  ids: input('ids', [rows, length], 'int64'),
  labels: input('labels', [rows, length], 'int64'),
  positions: input('positions', [rows, length], 'int64'),
  segments: input('segments', [rows, length], 'int64'),
});
