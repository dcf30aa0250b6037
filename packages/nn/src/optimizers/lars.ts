/**
 * Layer-wise adaptive rate scaling (You, Gitman and Ginsburg, "Large Batch Training of Convolutional Networks", 2017):
 * momentum SGD whose step in each layer is in proportion to the layer's weights. Biases and other vectors take plain steps.
 */
import { checkOptions } from '@gradus/base';
import { checkNumber } from '../check-number.ts';
import { checkRate, type LearningRate, type Optimizer, rateAt } from './optimizer.ts';
import { norm, trustRatio } from './trust-ratio.ts';

export interface LarsOptions {
  readonly learningRate: LearningRate;
  /** Default 0.9. */
  readonly momentum?: number;
  /** Default 0. */
  readonly weightDecay?: number;
  /** The size of a step as a fraction of the parameter's own. Default 0.001. */
  readonly trust?: number;
}

export function lars(options: LarsOptions): Optimizer {
  checkOptions('lars', options ?? {}, { learningRate: true, momentum: true, weightDecay: true, trust: true });
  const { learningRate, momentum = 0.9, weightDecay = 0, trust = 0.001 } = options ?? {};
  checkRate('lars', learningRate);
  checkNumber('lars', 'momentum', momentum, { least: 0 });
  checkNumber('lars', 'weightDecay', weightDecay, { least: 0 });
  checkNumber('lars', 'trust', trust, { above: 0 });
  return {
    state: ['momentum'],
    scalars: (step) => ({ rate: rateAt(learningRate, step) }),
    update: (parameter, gradient, state, { rate }) => {
      const plain = parameter.rank < 2;
      const decayed = weightDecay > 0 && !plain ? gradient.add(parameter.mul(weightDecay)) : gradient;
      const ratio = () =>
        trustRatio(norm(parameter), norm(gradient).add(norm(parameter).mul(weightDecay))).mul(trust);
      const scaled = plain ? decayed.mul(rate!) : decayed.mul(ratio().mul(rate!));
      const velocity = state.momentum!.mul(momentum).add(scaled);
      return { parameter: parameter.sub(velocity), state: { momentum: velocity } };
    },
  };
}
