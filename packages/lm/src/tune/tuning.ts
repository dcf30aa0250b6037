/**
 * The training of a language model: the next token's cross-entropy, over the tokens that are to be learnt from. Rows hold several
 * texts, each seen by itself (`segments`).
 */
import { constant, type HostTensor, input, sizeOf, type Tensor } from '@gradus/engine';
import { crossEntropy, type Trainer, type TrainerState } from '@gradus/nn';
import type { DecoderConfig } from '../families/decoder-config.ts';
import { decoderLogits, sequenceHidden } from '../graph/decoder.ts';
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

/** Tokens of a row whose logits are made at once, where all of them would be more than so many numbers. */
const STRETCH = 128;
const MOST_LOGITS = 2 ** 23;

export interface NextTokenLossOptions {
  readonly onLayer?: OnLayer | undefined;
  /**
   * Logits are made for so many tokens of a row at a time. The runtime follows each stretch to what flows back from it before it begins the
   * next, so that the memory of one serves all. Default: all at once.
   */
  readonly stretch?: number | undefined;
}

export function nextTokenLoss(
  config: DecoderConfig,
  weights: LayerWeights,
  batch: Readonly<Record<string, Tensor>>,
  { onLayer, stretch }: NextTokenLossOptions = {},
): Tensor {
  const { ids, labels, positions, segments } = batch as Record<keyof TokenBatch, Tensor>;
  const hidden = sequenceHidden(config, weights, { ids, positions, segments, ...(onLayer && { onLayer }) });
  const lossOf = (hidden: Tensor, labels: Tensor) =>
    crossEntropy(decoderLogits(config, weights, hidden), labels, { ignored: IGNORED });
  const length = ids.shape[1] as number;
  if (stretch === undefined || stretch >= length) return lossOf(hidden, labels);
  const countOf = (labels: Tensor) => labels.equal(int64(IGNORED)).where(0, 1).sum();
  const losses = Array.from({ length: Math.ceil(length / stretch) }, (_, i) => {
    const part = (x: Tensor) => x.slice([i * stretch], [Math.min(length, (i + 1) * stretch)], [1]);
    const own = part(labels);
    return lossOf(part(hidden), own).mul(countOf(own));
  });
  return losses.reduce((sum, loss) => sum.add(loss)).div(countOf(labels).max(1));
}

/**
 * How many tokens of a batch of rows have their logits made at once. Where the weights train that logits are made by, all have: what flows
 * back to those would be made once for each stretch.
 */
export function stretchOf(
  { tied, embedding, vocabulary }: DecoderConfig,
  parameters: TrainedWeights['parameters'],
  ids: Tensor,
): number | undefined {
  const trains = [...parameters.keys()].some((name) =>
    name === embedding ? tied : name.startsWith('lm_head.'),
  );
  return trains || (sizeOf(ids.shape) as number) * vocabulary <= MOST_LOGITS ? undefined : STRETCH;
}

const int64 = (value: number): Tensor =>
  constant({ dtype: 'int64', dims: [], data: BigInt64Array.of(BigInt(value)) });

/** A trainer that takes TokenBatches of one shape. */
export const tokenTrainer = (
  config: DecoderConfig,
  { weights, parameters }: TrainedWeights,
  options: TrainingOptions,
  from?: TrainerState,
): Trainer =>
  trainerOf(
    (batch, onLayer) =>
      nextTokenLoss(config, weights, batch, { onLayer, stretch: stretchOf(config, parameters, batch.ids!) }),
    parameters,
    options,
    from,
  );

/** Placeholders of a batch of rows. */
export const batchInputs = (rows: number, length: number): Record<keyof TokenBatch, Tensor> => ({
  ids: input('ids', [rows, length], 'int64'),
  labels: input('labels', [rows, length], 'int64'),
  positions: input('positions', [rows, length], 'int64'),
  segments: input('segments', [rows, length], 'int64'),
});
