/**
 * The two moments of Adam (Kingma and Ba, 2015), which LAMB keeps as well: decaying sums of gradients and of their squares.
 *
 * What is the same for all parameters is computed once, outside the graph: the bias corrections of both moments, and the factors
 * (1 − β) that new gradients enter with. The moments are kept without those factors; rate and epsilon make up for both, which
 * saves four passes over every parameter.
 */
import type { Tensor } from '@gradus/engine';
import { checkNumber } from '../check-number.ts';
import { checkRate, type LearningRate } from './optimizer.ts';

export interface MomentOptions {
  /** Default 0.001. */
  readonly learningRate?: LearningRate;
  /** How much of the mean a step keeps. Default 0.9. */
  readonly beta1?: number;
  /** How much of the mean square a step keeps. Default 0.999. */
  readonly beta2?: number;
  /** Added to the root of the mean square. */
  readonly epsilon?: number;
}

/** @throws UserError naming the option that makes no sense */
export function checkMoments(
  where: string,
  {
    learningRate = 0.001,
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 0,
    weightDecay = 0,
  }: MomentOptions & { weightDecay?: number },
): void {
  checkRate(where, learningRate);
  checkNumber(where, 'beta1', beta1, { least: 0, below: 1 });
  checkNumber(where, 'beta2', beta2, { least: 0, below: 1 });
  checkNumber(where, 'epsilon', epsilon, { least: 0 });
  checkNumber(where, 'weightDecay', weightDecay, { least: 0 });
}

export const MOMENT_OPTIONS = {
  learningRate: true,
  beta1: true,
  beta2: true,
  epsilon: true,
  weightDecay: true,
};

type Moments = Readonly<Record<'mean' | 'square', Tensor>>;

export function adamMoments({ beta1, beta2, epsilon }: Required<Omit<MomentOptions, 'learningRate'>>) {
  return {
    state: ['mean', 'square'],
    /** What `direction` takes so that a step has length `rate` where gradients are steady. */
    scalars: (step: number, rate: number) => {
      const correction = Math.sqrt((1 - beta2 ** step) / (1 - beta2));
      return {
        rate: (rate * correction * (1 - beta1)) / (1 - beta1 ** step),
        epsilon: epsilon * correction,
      };
    },
    next: (gradient: Tensor, state: Readonly<Record<string, Tensor>>): Moments => ({
      mean: state.mean!.mul(beta1).add(gradient),
      square: state.square!.mul(beta2).add(gradient.mul(gradient)),
    }),
    direction: ({ mean, square }: Moments, rate: Tensor, epsilon: Tensor): Tensor =>
      mean.mul(rate).div(square.sqrt().add(epsilon)),
  };
}
