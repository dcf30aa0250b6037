/** The interface of optimizers: how a parameter and its state change in one step, as part of the training graph. */
import { UserError } from '@gradus/base';
import type { Tensor } from '@gradus/engine';
import { checkNumber } from '../check-number.ts';

type Arrays = Readonly<Record<string, Tensor>>;

export interface Optimizer {
  /** Names of the arrays kept beside each parameter, in its shape; they start at zero. */
  readonly state: readonly string[];
  /** Numbers that change from batch to batch, computed outside the graph. Batches count from 1. */
  scalars(batch: number): Readonly<Record<string, number>>;
  /** How many steps it has taken after so many batches. Default: one a batch. */
  taken?(batches: number): number;
  /** Where the values after so many batches are, if not in the parameters: a slot of the state, and the factor to multiply it by. */
  result?(batches: number): { readonly slot: string; readonly scale: number } | undefined;
  /**
   * The gradient that the step is taken on, where it is not that of the batch, and the state that this changes. It comes before
   * clipping, which needs the gradients of all parameters, and those before `update`.
   */
  gradient?(
    gradient: Tensor,
    state: Arrays,
    scalars: Arrays,
  ): { readonly gradient: Tensor; readonly state: Arrays };
  /** @returns the next value of the parameter, and of all of the state that `gradient` does not change */
  update(
    parameter: Tensor,
    gradient: Tensor,
    state: Arrays,
    scalars: Arrays,
  ): { readonly parameter: Tensor; readonly state: Arrays };
  /** The parameters' groups, each with an optimizer of its own (parameter-groups.ts), which this one then stands for. */
  readonly groups?: readonly ParameterGroup[];
}

export interface ParameterGroup {
  /** Whether the group takes the parameter of this name, such as `layers.0.bias`. */
  where(name: string, shape: readonly number[]): boolean;
  readonly optimizer: Optimizer;
}

/** A learning rate: fixed, or by step (counted from 1). */
export type LearningRate = number | ((step: number) => number);

/** @throws UserError where it is neither a number from 0 nor a schedule */
export function checkRate(where: string, rate: LearningRate): void {
  if (typeof rate !== 'function') checkNumber(where, 'learningRate', rate, { least: 0 });
}

/** @throws UserError where a schedule gives no rate */
export function rateAt(rate: LearningRate, step: number): number {
  if (typeof rate === 'number') return rate;
  const now = rate(step);
  if (Number.isFinite(now) && now >= 0) return now;
  throw new UserError({
    en: `the learning rate of step ${step} is ${now}; a schedule gives a number from 0 for every step, counted from 1`,
    zh: `第 ${step} 步的学习率为 ${now}；学习率计划应对每一步（从 1 数起）给出不小于 0 的数`,
  });
}
