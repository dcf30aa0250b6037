/** RMSprop (Hinton, lecture 6e of "Neural Networks for Machine Learning", 2012): gradients over the root of their mean square. As in PyTorch. */
import { checkOptions } from '@gradus/base';
import { checkNumber } from '../check-number.ts';
import { checkRate, type LearningRate, type Optimizer, rateAt } from './optimizer.ts';

export interface RmspropOptions {
  /** Default 0.01. */
  readonly learningRate?: LearningRate;
  /** How much of the mean square a step keeps. Default 0.99. */
  readonly decay?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** Default 0: none. */
  readonly momentum?: number;
  /** L2 penalty, added to the gradient. */
  readonly weightDecay?: number;
}

export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const known = { learningRate: true, decay: true, epsilon: true, momentum: true, weightDecay: true };
  checkOptions('rmsprop', options, known);
  const { learningRate = 0.01, decay = 0.99, epsilon = 1e-8, momentum = 0, weightDecay = 0 } = options;
  checkRate('rmsprop', learningRate);
  checkNumber('rmsprop', 'decay', decay, { least: 0, below: 1 });
  checkNumber('rmsprop', 'epsilon', epsilon, { least: 0 });
  checkNumber('rmsprop', 'momentum', momentum, { least: 0 });
  checkNumber('rmsprop', 'weightDecay', weightDecay, { least: 0 });
  return {
    state: momentum > 0 ? ['square', 'momentum'] : ['square'],
    scalars: (step) => ({ rate: rateAt(learningRate, step) }),
    update: (parameter, gradient, state, { rate }) => {
      const g = weightDecay > 0 ? gradient.add(parameter.mul(weightDecay)) : gradient;
      const square = state.square!.mul(decay).add(g.mul(g).mul(1 - decay));
      const step = g.div(square.sqrt().add(epsilon));
      if (momentum === 0) return { parameter: parameter.sub(step.mul(rate!)), state: { square } };
      const velocity = state.momentum!.mul(momentum).add(step);
      return { parameter: parameter.sub(velocity.mul(rate!)), state: { square, momentum: velocity } };
    },
  };
}
