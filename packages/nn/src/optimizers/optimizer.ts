/** The interface of optimizers: how a parameter and its state change in one step, as part of the training graph. */
import type { Tensor } from '@gradus/engine';

export interface Optimizer {
  /** Names of the arrays kept beside each parameter, in its shape; they start at zero. */
  readonly state: readonly string[];
  /** Numbers that change from step to step, computed outside the graph. Steps count from 1. */
  scalars(step: number): Readonly<Record<string, number>>;
  /** Where the final values are, if not in the parameters: a slot of the state, and the factor to multiply it by. */
  result?(step: number): { readonly slot: string; readonly scale: number };
  update(
    parameter: Tensor,
    gradient: Tensor,
    state: Readonly<Record<string, Tensor>>,
    scalars: Readonly<Record<string, Tensor>>,
  ): { readonly parameter: Tensor; readonly state: Readonly<Record<string, Tensor>> };
}

/** A learning rate: fixed, or by step (counted from 1). */
export type LearningRate = number | ((step: number) => number);

export const rateAt = (rate: LearningRate, step: number): number =>
  typeof rate === 'number' ? rate : rate(step);
