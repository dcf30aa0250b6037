import { trustRatio } from './lars.ts';
import type { LearningRate, Optimizer } from './optimizer.ts';
import { rateAt } from './optimizer.ts';

export interface LambOptions {
  /** Default 0.001. */
  readonly learningRate?: LearningRate;
  readonly beta1?: number;
  readonly beta2?: number;
  /** Default 1e-6. */
  readonly epsilon?: number;
  /** Default 0. */
  readonly weightDecay?: number;
}

/**
 * LAMB (You et al., "Large Batch Optimization for Deep Learning", 2020): Adam's step, in each layer in proportion to the
 * layer's weights.
 */
export function lamb(options: LambOptions = {}): Optimizer {
  const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-6, weightDecay = 0 } = options;
  return {
    state: ['mean', 'square'],
    scalars: (step) => ({
      rate: rateAt(learningRate, step),
      meanCorrection: 1 / (1 - beta1 ** step),
      squareCorrection: 1 / (1 - beta2 ** step),
    }),
    update: (parameter, gradient, state, { rate, meanCorrection, squareCorrection }) => {
      const mean = state.mean!.mul(beta1).add(gradient.mul(1 - beta1));
      const square = state.square!.mul(beta2).add(gradient.mul(gradient).mul(1 - beta2));
      const adam = mean.mul(meanCorrection!).div(square.mul(squareCorrection!).sqrt().add(epsilon));
      const step = weightDecay > 0 ? adam.add(parameter.mul(weightDecay)) : adam;
      const size = (x: typeof step) => x.mul(x).sum().sqrt();
      const scaled = step.mul(trustRatio(size(parameter), size(step)).mul(rate!));
      return { parameter: parameter.sub(scaled), state: { mean, square } };
    },
  };
}
