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
 * What is the same for all parameters is worked out once outside the graph: the bias corrections of both moments, and the
 * shares (1 − β) that new gradients enter with. The moments are kept without those shares, and the learning rate and
 * epsilon make up for both, which saves four passes over every parameter.
 */
export function adam(options: AdamOptions = {}): Optimizer {
  const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = options;
  return {
    state: ['mean', 'square'],
    scalars: (step) => {
      const correction = Math.sqrt((1 - beta2 ** step) / (1 - beta2));
      const rate = rateAt(learningRate, step);
      return {
        rate: (rate * correction * (1 - beta1)) / (1 - beta1 ** step),
        epsilon: epsilon * correction,
        keep: 1 - rate * weightDecay,
      };
    },
    update: (parameter, gradient, state, { rate, epsilon, keep }) => {
      const mean = state.mean!.mul(beta1).add(gradient);
      const square = state.square!.mul(beta2).add(gradient.mul(gradient));
      const step = mean.mul(rate!).div(square.sqrt().add(epsilon!));
      const decayed = weightDecay > 0 ? parameter.mul(keep!) : parameter;
      return { parameter: decayed.sub(step), state: { mean, square } };
    },
  };
}
