/** Optimizers that wrap another one. */
import type { Tensor } from '@gradus/engine';
import type { Optimizer } from './optimizer.ts';

/**
 * Uses the exponential average of the parameters in the end, which wanders less than they do (Polyak and Juditsky, 1992;
 * with `decay` near 1, as in Tarvainen and Valpola, 2017). Default decay 0.999.
 */
export function averaged(optimizer: Optimizer, decay = 0.999): Optimizer {
  return {
    state: [...optimizer.state, 'average'],
    scalars: optimizer.scalars,
    // The average begins at 0; as in Adam its shortfall is known.
    result: (step) => ({ slot: 'average', scale: step > 0 ? 1 / (1 - decay ** step) : 1 }),
    update: (parameter, gradient, state, scalars) => {
      const next = optimizer.update(parameter, gradient, state, scalars);
      const average = state.average!.mul(decay).add(next.parameter.mul(1 - decay));
      return { parameter: next.parameter, state: { ...next.state, average } };
    },
  };
}

/** Takes a step on the mean gradient of every `count` batches: as if batches were that much larger. */
export function accumulated(optimizer: Optimizer, count: number): Optimizer {
  return {
    state: [...optimizer.state, 'accumulated'],
    scalars: (step) => ({ ...optimizer.scalars(Math.ceil(step / count)), due: step % count === 0 ? 1 : 0 }),
    update: (parameter, gradient, state, { due, ...scalars }) => {
      const sum = state.accumulated!.add(gradient.mul(1 / count));
      const next = optimizer.update(parameter, sum, state, scalars);
      const isDue = due!.greater(0);
      const chosen = (now: Tensor, before: Tensor) => isDue.where(now, before);
      const inner = Object.fromEntries(
        optimizer.state.map((slot) => [slot, chosen(next.state[slot]!, state[slot]!)]),
      );
      return {
        parameter: chosen(next.parameter, parameter),
        state: { ...inner, accumulated: chosen(sum.mul(0), sum) },
      };
    },
  };
}
