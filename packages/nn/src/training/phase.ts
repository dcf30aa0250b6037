/** A phase of a training step: one loss, and the parameters that are changed to make it smaller. */
import type { Graph, Tensor } from '@gradus/engine';
import type { Optimizer } from '../optimizers/optimizer.ts';
import type { Parameter } from '../parameter.ts';

export interface Phase {
  /** The name of the loss among the graph's outputs. */
  readonly name: string;
  /** Traces the loss of a batch. */
  loss(batch: Readonly<Record<string, Tensor>>): Tensor;
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly optimizer: Optimizer;
  /** Gradients whose norm over all parameters is larger are scaled down to this norm (Pascanu, Mikolov and Bengio, 2013). */
  readonly clipNorm?: number;
}

export interface TrainingStep {
  readonly graph: Graph<Tensor>;
  /** How many random numbers a step takes from the noise pool; 0: the model uses none. */
  readonly noise: number;
}

type Shapes = Map<string, readonly number[]>;

function shapesOf({ parameters }: Phase, trainable: boolean): Shapes {
  const chosen = [...parameters].filter(([, parameter]) => parameter.trainable === trainable);
  return new Map(chosen.map(([name, { shape }]) => [name, shape as readonly number[]]));
}

/** Shapes of the parameters that the phase trains. */
export const trainedShapes = (phase: Phase): Shapes => shapesOf(phase, true);

/** Shapes of its other parameters: running statistics. */
export const untrainedShapes = (phase: Phase): Shapes => shapesOf(phase, false);
