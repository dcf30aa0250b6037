import { scalar, type Tensor } from '@gradus/engine';
import type { LearningRate, Optimizer } from './optimizer.ts';
import { rateAt } from './optimizer.ts';

export interface LarsOptions {
  readonly learningRate: LearningRate;
  /** Default 0.9. */
  readonly momentum?: number;
  /** Default 0. */
  readonly weightDecay?: number;
  /** The size of a step in shares of the parameter's own. Default 0.001. */
  readonly trust?: number;
}

/**
 * Layer-wise adaptive rate scaling (You, Gitman and Ginsburg, "Large Batch Training of Convolutional Networks", 2017):
 * momentum SGD whose step in each layer is in proportion to the layer's weights. Biases and other vectors take plain steps.
 */
export function lars({
  learningRate,
  momentum = 0.9,
  weightDecay = 0,
  trust = 0.001,
}: LarsOptions): Optimizer {
  return {
    state: ['momentum'],
    scalars: (step) => ({ rate: rateAt(learningRate, step) }),
    update: (parameter, gradient, state, { rate }) => {
      const plain = parameter.rank < 2;
      const decayed = weightDecay > 0 && !plain ? gradient.add(parameter.mul(weightDecay)) : gradient;
      const share = () =>
        trustRatio(norm(parameter), norm(gradient).add(norm(parameter).mul(weightDecay))).mul(trust);
      const scaled = plain ? decayed.mul(rate!) : decayed.mul(share().mul(rate!));
      const velocity = state.momentum!.mul(momentum).add(scaled);
      return { parameter: parameter.sub(velocity), state: { momentum: velocity } };
    },
  };
}

const norm = (x: Tensor): Tensor => x.mul(x).sum().sqrt();

/** How large a parameter is against its step; 1 where either is 0. */
export function trustRatio(parameter: Tensor, step: Tensor): Tensor {
  const one = scalar(1);
  const known = parameter.greater(0).cast('float32').mul(step.greater(0).cast('float32')).greater(0);
  return known.where(parameter.div(step.max(1e-30)), one);
}
