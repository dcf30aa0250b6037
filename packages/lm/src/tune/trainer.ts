/** What takes the steps of a training: one loss, by AdamW (Loshchilov and Hutter, 2019), as one graph. */
import { Random } from '@gradus/base';
import {
  accumulated,
  adamW,
  type LearningRate,
  oneGraph,
  type Parameter,
  type Phase,
  Trainer,
  type TrainerState,
} from '@gradus/nn';
import { openGraph } from '../run/open-graph.ts';

export interface TrainingOptions {
  readonly learningRate: LearningRate;
  readonly weightDecay: number;
  /** Batches that make up one step. */
  readonly accumulate: number;
  readonly clipNorm?: number;
  readonly seed: number | string;
  readonly threads?: number | undefined;
}

/** A trainer of one loss, by AdamW. */
export function trainerOf(
  loss: Phase['loss'],
  parameters: ReadonlyMap<string, Parameter>,
  { learningRate, weightDecay, accumulate, clipNorm, seed, threads }: TrainingOptions,
  from?: TrainerState,
): Trainer {
  const own = adamW({ learningRate, weightDecay });
  const phase: Phase = {
    name: 'loss',
    loss,
    parameters,
    optimizer: accumulate > 1 ? accumulated(own, accumulate) : own,
    ...(clipNorm !== undefined && { clipNorm }),
  };
  return new Trainer([phase], { random: new Random(seed), strategy: oneGraph(openGraph), threads }, from);
}
