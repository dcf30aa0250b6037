/** Stochastic gradient descent (Robbins and Monro, 1951), with momentum (Polyak, 1964). As in PyTorch. */
import { checkOptions, UserError } from '@gradus/base';
import { checkNumber } from '../check-number.ts';
import { checkRate, type LearningRate, type Optimizer, rateAt } from './optimizer.ts';

export interface SgdOptions {
  readonly learningRate: LearningRate;
  /** Default 0: none. */
  readonly momentum?: number;
  /** Looks ahead along the momentum (Nesterov, 1983, as in Sutskever et al., 2013). */
  readonly nesterov?: boolean;
  /** L2 penalty, added to the gradient. */
  readonly weightDecay?: number;
}

export function sgd(options: SgdOptions): Optimizer {
  checkOptions('sgd', options ?? {}, {
    learningRate: true,
    momentum: true,
    nesterov: true,
    weightDecay: true,
  });
  const { learningRate, momentum = 0, nesterov = false, weightDecay = 0 } = options ?? {};
  checkRate('sgd', learningRate);
  checkNumber('sgd', 'momentum', momentum, { least: 0 });
  checkNumber('sgd', 'weightDecay', weightDecay, { least: 0 });
  if (nesterov && momentum === 0) {
    throw new UserError({
      en: 'sgd: "nesterov" looks ahead along the momentum, and "momentum" is 0; set it, such as momentum: 0.9',
      zh: 'sgd 的“nesterov”沿动量方向前瞻，而“momentum”为 0；请设置动量，例如 momentum: 0.9',
    });
  }
  return {
    state: momentum > 0 ? ['momentum'] : [],
    scalars: (step) => ({ rate: rateAt(learningRate, step) }),
    update: (parameter, gradient, state, { rate }) => {
      const g = weightDecay > 0 ? gradient.add(parameter.mul(weightDecay)) : gradient;
      if (momentum === 0) return { parameter: parameter.sub(g.mul(rate!)), state: {} };
      const velocity = state.momentum!.mul(momentum).add(g);
      const direction = nesterov ? g.add(velocity.mul(momentum)) : velocity;
      return { parameter: parameter.sub(direction.mul(rate!)), state: { momentum: velocity } };
    },
  };
}
