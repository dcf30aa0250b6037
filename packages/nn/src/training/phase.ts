/** A phase of a training step: one loss, and the parameters that are changed to make it smaller. */
import type { Graph, Tensor } from '@gradus/engine';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { optimizerOf } from '../optimizers/parameter-groups.ts';
import type { Parameter } from '../parameter.ts';

export interface Phase {
  /** The name of the loss among the graph's outputs. */
  readonly name: string;
  /** Traces the loss of a batch: one number. */
  loss(batch: Readonly<Record<string, Tensor>>): Tensor;
  /**
   * Values between the layers of the loss that was traced last, in order: what lies between two is computed a second time on the way
   * back, and not kept until then (gradient checkpointing). Default: everything is kept.
   */
  checkpoints?(): readonly Tensor[];
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly optimizer: Optimizer;
  /** Gradients whose norm over all parameters is larger are scaled down to this norm (Pascanu, Mikolov and Bengio, 2013). */
  readonly clipNorm?: number;
}

/** The numbers of one use of noise. */
export interface NoisePart {
  /** Where they begin in the step's stretch. */
  readonly from: number;
  /** How many there are for the whole batch. */
  readonly size: number;
  /** How many an example has, where those of consecutive examples lie together; else the graph picks them out itself. */
  readonly perExample?: number;
}

export interface TrainingStep {
  readonly graph: Graph<Tensor>;
  /** The random numbers that a step takes from the noise pool; none where the model uses none. */
  readonly noise: readonly NoisePart[];
}

export type Shapes = ReadonlyMap<string, readonly number[]>;

function shapesOf({ parameters }: Phase, trainable: boolean): Shapes {
  const chosen = [...parameters].filter(([, parameter]) => parameter.trainable === trainable);
  return new Map(chosen.map(([name, { shape }]) => [name, shape as readonly number[]]));
}

/** Shapes of the parameters that the phase trains. */
export const trainedShapes = (phase: Phase): Shapes => shapesOf(phase, true);

/** Shapes of its other parameters: running statistics, and what is frozen. */
export const untrainedShapes = (phase: Phase): Shapes => shapesOf(phase, false);

/** Trained parameters that have an optimizer in common. */
export interface TrainedGroup {
  readonly optimizer: Optimizer;
  readonly shapes: Shapes;
}

/** The trained parameters of a phase by group; one group where the optimizer has none. */
export function trainedGroups(phase: Phase): TrainedGroup[] {
  const groups = new Map<Optimizer, Map<string, readonly number[]>>();
  for (const [name, shape] of trainedShapes(phase)) {
    const optimizer = optimizerOf(phase.optimizer, name, shape);
    groups.set(optimizer, (groups.get(optimizer) ?? new Map()).set(name, shape));
  }
  return [...groups].map(([optimizer, shapes]) => ({ optimizer, shapes }));
}
