/** What takes the steps of a training: one loss, by AdamW (Loshchilov and Hutter, 2019), as one graph. */
import { Random } from '@gradus/base';
import type { Tensor } from '@gradus/engine';
import {
  accumulated,
  adamW,
  cosine,
  type LearningRate,
  oneGraph,
  type Parameter,
  type Phase,
  Trainer,
  type TrainerState,
  warmUp,
} from '@gradus/nn';
import { openTraining } from '../run/open-graph.ts';

export interface TrainingOptions {
  readonly learningRate: LearningRate;
  readonly weightDecay: number;
  /** Batches that make up one step. */
  readonly accumulate: number;
  readonly clipNorm?: number;
  readonly seed: number | string;
  readonly threads?: number | undefined;
  /** Layers are computed a second time on the way back, and what they compute is not kept until then. Default false. */
  readonly recompute?: boolean | undefined;
}

/** Of the steps so many are taken to warm up. */
const WARM = 0.03;

/** Warmed up to a rate, and from there down along a cosine to the last step. */
export function scheduled(learningRate: number, steps: number): LearningRate {
  const warm = Math.min(Math.ceil(steps * WARM), steps - 1);
  return warmUp(warm, cosine(learningRate, steps - warm));
}

/** Gets the hidden states between layers. */
export type OnLayer = (hidden: Tensor) => void;
/** Traces the loss of a batch. */
export type TracedLoss = (batch: Readonly<Record<string, Tensor>>, onLayer?: OnLayer) => Tensor;

/** A trainer of one loss, by AdamW. */
export function trainerOf(
  loss: TracedLoss,
  parameters: ReadonlyMap<string, Parameter>,
  { learningRate, weightDecay, accumulate, clipNorm, seed, threads, recompute }: TrainingOptions,
  from?: TrainerState,
): Trainer {
  const own = adamW({ learningRate, weightDecay });
  let between: Tensor[] = [];
  const phase: Phase = {
    name: 'loss',
    loss(batch) {
      between = [];
      return loss(batch, recompute ? (hidden) => between.push(hidden) : undefined);
    },
    checkpoints: () => between,
    parameters,
    optimizer: accumulate > 1 ? accumulated(own, accumulate) : own,
    ...(clipNorm !== undefined && { clipNorm }),
  };
  return new Trainer([phase], { random: new Random(seed), strategy: oneGraph(openTraining), threads }, from);
}
