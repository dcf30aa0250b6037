/**
 * Optimizers that wrap another one. They go together in any order, and with clipping: gradients are accumulated, then clipped once,
 * then the step is taken, and averages are taken of steps, as a loop in PyTorch does it.
 */
import type { Tensor } from '@gradus/engine';
import { checkNumber, checkWhole } from '../check-number.ts';
import { checkOptimizer } from './check-optimizer.ts';
import type { Optimizer } from './optimizer.ts';
import { eachGroup } from './parameter-groups.ts';

/**
 * Uses the exponential average of the parameters in the end, which wanders less than they do (Polyak and Juditsky, 1992;
 * with `decay` near 1, as in Tarvainen and Valpola, 2017). Averages are taken after steps, not after batches that only accumulate.
 *
 * @param decay how much of the average a step keeps: from 0 to below 1. Default 0.999.
 */
export function averaged(optimizer: Optimizer, decay = 0.999): Optimizer {
  checkOptimizer('averaged', optimizer);
  checkNumber('averaged', 'decay', decay, { least: 0, below: 1 });
  return eachGroup(optimizer, (own) => averagedOne(own, decay));
}

function averagedOne(optimizer: Optimizer, decay: number): Optimizer {
  const slot = unused('average', optimizer.state);
  const names = Object.keys(optimizer.scalars(1));
  const [keep, add] = [unused('averageKeep', names), unused('averageAdd', names)];
  const taken = (batches: number) => takenBy(optimizer, batches);
  return {
    ...inherited(optimizer),
    state: [...optimizer.state, slot],
    scalars: (batch) => {
      const kept = taken(batch) > taken(batch - 1) ? decay : 1;
      return { ...optimizer.scalars(batch), [keep]: kept, [add]: 1 - kept };
    },
    // The average begins at 0; as in Adam its shortfall is known.
    result: (batches) => {
      const steps = taken(batches);
      return steps > 0 ? { slot, scale: 1 / (1 - decay ** steps) } : undefined;
    },
    update: (parameter, gradient, state, scalars) => {
      const next = optimizer.update(parameter, gradient, state, scalars);
      const average = state[slot]!.mul(scalars[keep]!).add(next.parameter.mul(scalars[add]!));
      return { parameter: next.parameter, state: { ...next.state, [slot]: average } };
    },
  };
}

/**
 * Takes a step on the mean gradient of every `count` batches: as if batches were that much larger, clipping included. Batches that
 * are left over at the end of an epoch count for the next one; at the end of training they are not used. Schedules count steps.
 */
export function accumulated(optimizer: Optimizer, count: number): Optimizer {
  checkOptimizer('accumulated', optimizer);
  checkWhole('accumulated', 'count', count, { least: 1 });
  return eachGroup(optimizer, (own) => accumulatedOne(own, count));
}

function accumulatedOne(optimizer: Optimizer, count: number): Optimizer {
  const slot = unused('accumulated', optimizer.state);
  const due = unused('due', Object.keys(optimizer.scalars(1)));
  return {
    ...inherited(optimizer),
    state: [...optimizer.state, slot],
    scalars: (batch) => ({
      ...optimizer.scalars(Math.ceil(batch / count)),
      [due]: batch % count === 0 ? 1 : 0,
    }),
    taken: (batches) => takenBy(optimizer, Math.floor(batches / count)),
    ...(optimizer.result && { result: (batches) => optimizer.result!(Math.floor(batches / count)) }),
    gradient: (gradient, state, scalars) => {
      const isDue = scalars[due]!.greater(0);
      const sum = state[slot]!.add(gradient.mul(1 / count));
      const inner = optimizer.gradient?.(sum, state, scalars) ?? { gradient: sum, state: {} };
      return {
        gradient: inner.gradient,
        state: { ...whereDue(isDue, inner.state, state), [slot]: isDue.where(sum.mul(0), sum) },
      };
    },
    update: (parameter, gradient, state, scalars) => {
      const isDue = scalars[due]!.greater(0);
      const next = optimizer.update(parameter, gradient, state, scalars);
      return {
        parameter: isDue.where(next.parameter, parameter),
        state: whereDue(isDue, next.state, state),
      };
    },
  };
}

/** What a wrapper leaves to the optimizer inside. */
const inherited = (optimizer: Optimizer): Pick<Optimizer, 'taken' | 'gradient'> => ({
  ...(optimizer.taken && { taken: (batches) => optimizer.taken!(batches) }),
  ...(optimizer.gradient && { gradient: (...all) => optimizer.gradient!(...all) }),
});

type Arrays = Readonly<Record<string, Tensor>>;

const whereDue = (isDue: Tensor, next: Arrays, state: Arrays): Arrays =>
  Object.fromEntries(Object.entries(next).map(([slot, value]) => [slot, isDue.where(value, state[slot]!)]));

const takenBy = (optimizer: Optimizer, batches: number): number => optimizer.taken?.(batches) ?? batches;

/** The name, or with a number where a wrapper inside has it already. */
function unused(name: string, names: readonly string[]): string {
  let free = name;
  for (let i = 2; names.includes(free); i++) free = `${name}${i}`;
  return free;
}
