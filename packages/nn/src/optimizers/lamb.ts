/**
 * LAMB (You et al., "Large Batch Optimization for Deep Learning", 2020): Adam's step, in each layer in proportion to the
 * layer's weights.
 */
import { checkOptions } from '@gradus/base';
import { adamMoments, checkMoments, MOMENT_OPTIONS, type MomentOptions } from './adam-moments.ts';
import { type Optimizer, rateAt } from './optimizer.ts';
import { norm, trustRatio } from './trust-ratio.ts';

export interface LambOptions extends MomentOptions {
  /** Default 1e-6. */
  readonly epsilon?: number;
  /** Default 0. */
  readonly weightDecay?: number;
}

export function lamb(options: LambOptions = {}): Optimizer {
  checkOptions('lamb', options, MOMENT_OPTIONS);
  checkMoments('lamb', options);
  const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-6, weightDecay = 0 } = options;
  const moments = adamMoments({ beta1, beta2, epsilon });
  return {
    state: moments.state,
    scalars: (step) => {
      const { rate: unit, epsilon } = moments.scalars(step, 1);
      return { rate: rateAt(learningRate, step), unit, epsilon };
    },
    update: (parameter, gradient, state, { rate, unit, epsilon }) => {
      const next = moments.next(gradient, state);
      const adam = moments.direction(next, unit!, epsilon!);
      const step = weightDecay > 0 ? adam.add(parameter.mul(weightDecay)) : adam;
      const scaled = step.mul(trustRatio(norm(parameter), norm(step)).mul(rate!));
      return { parameter: parameter.sub(scaled), state: next };
    },
  };
}
