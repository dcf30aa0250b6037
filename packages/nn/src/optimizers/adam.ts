/** Adam (Kingma and Ba, 2015), and with weight decay apart from the gradient AdamW. */
import { checkOptions } from '@gradus/base';
import { adamMoments, checkMoments, MOMENT_OPTIONS, type MomentOptions } from './adam-moments.ts';
import { type Optimizer, rateAt } from './optimizer.ts';

export interface AdamOptions extends MomentOptions {
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** Decay apart from the gradient (AdamW: Loshchilov and Hutter, 2019). Default 0. */
  readonly weightDecay?: number;
}

export const adam = (options: AdamOptions = {}): Optimizer => decayingAdam('adam', options);

/** @param where what the user called */
export function decayingAdam(where: string, options: AdamOptions): Optimizer {
  checkOptions(where, options, MOMENT_OPTIONS);
  checkMoments(where, options);
  const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = options;
  const moments = adamMoments({ beta1, beta2, epsilon });
  return {
    state: moments.state,
    scalars: (step) => {
      const rate = rateAt(learningRate, step);
      return { ...moments.scalars(step, rate), keep: 1 - rate * weightDecay };
    },
    update: (parameter, gradient, state, { rate, epsilon, keep }) => {
      const next = moments.next(gradient, state);
      const step = moments.direction(next, rate!, epsilon!);
      const decayed = weightDecay > 0 ? parameter.mul(keep!) : parameter;
      return { parameter: decayed.sub(step), state: next };
    },
  };
}
