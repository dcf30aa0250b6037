import type { LearningRate, Optimizer } from './optimizer.ts';
import { rateAt } from './optimizer.ts';

export interface AdamOptions {
  /** Default 0.001. */
  readonly learningRate?: LearningRate;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  /** Decay apart from the gradient (AdamW: Loshchilov and Hutter, 2019). Default 0. */
  readonly weightDecay?: number;
}

/**
 * Adam (Kingma and Ba, 2015).
 *
 * The bias corrections of both moments are numbers of the step; they are worked out once outside the graph and
 * folded into the learning rate and epsilon, which saves two passes over every parameter.
 */
export function adam(options: AdamOptions = {}): Optimizer {
  const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = options;
  return {
    state: ['mean', 'square'],
    scalars: (step) => {
      const correction = Math.sqrt(1 - beta2 ** step);
      const rate = rateAt(learningRate, step);
      return {
        rate: (rate * correction) / (1 - beta1 ** step),
        epsilon: epsilon * correction,
        keep: 1 - rate * weightDecay,
      };
    },
    update: (parameter, gradient, state, { rate, epsilon, keep }) => {
      const mean = state.mean!.mul(beta1).add(gradient.mul(1 - beta1));
      const square = state.square!.mul(beta2).add(gradient.mul(gradient).mul(1 - beta2));
      const step = mean.mul(rate!).div(square.sqrt().add(epsilon!));
      const decayed = weightDecay > 0 ? parameter.mul(keep!) : parameter;
      return { parameter: decayed.sub(step), state: { mean, square } };
    },
  };
}
