/** What a training step is made of, and the names that its graphs' inputs and outputs have. */
import type { Graph, Tensor } from '@gradus/engine';
import type { Optimizer } from '../optimizers/optimizer.ts';
import type { Parameter } from '../parameter.ts';

export const parameterName = (name: string) => `parameter:${name}`;
export const stateName = (slot: string, name: string) => `${slot}:${name}`;
export const scalarName = (phase: string, name: string) => `scalar:${phase}:${name}`;
export const nextName = (name: string) => `next:${name}`;
export const gradientName = (name: string) => `gradient:${name}`;
export const NOISE_POOL = 'noise:pool';
export const NOISE_START = 'noise:start';

/** One loss and the parameters that are changed to make it smaller. */
export interface Phase {
  /** The name of the loss among the graph's outputs. */
  readonly name: string;
  /** Traces the loss of a batch. */
  loss(batch: Readonly<Record<string, Tensor>>): Tensor;
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly optimizer: Optimizer;
  /** Gradients whose norm over all parameters is larger are made this large (Pascanu, Mikolov and Bengio, 2013). */
  readonly clipNorm?: number;
}

export interface TrainingStep {
  readonly graph: Graph<Tensor>;
  /** How many random numbers a step takes from NOISE_POOL, beginning at NOISE_START; 0: the model uses none. */
  readonly noise: number;
}
