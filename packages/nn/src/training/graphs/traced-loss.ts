/** The loss of a phase as a graph in training mode, for analyses before it is differentiated. */
import { input, type Tensor, type TracedLoss, trainingMode, type Value } from '@gradus/engine';
import type { Parameter } from '../../parameter.ts';
import type { Phase } from '../phase.ts';
import { traceLoss } from '../trace-loss.ts';

export interface LossWithNoise extends TracedLoss {
  /** What each of the random numbers is used on, in the order of `noise`. */
  readonly masked: readonly Value[];
}

export function tracedLoss(phase: Phase, batch: Readonly<Record<string, Tensor>>): LossWithNoise {
  const noise: Tensor[] = [];
  const masked: Value[] = [];
  const own = new Set<Value>(phase.parameters.values());
  const { outputs } = trainingMode([traceLoss(phase, batch)], {
    noise: (shape, of) => {
      noise.push(input(`noise:${noise.length}`, shape));
      masked.push(of);
      return noise.at(-1)!;
    },
    trains: (runningMean) => own.has(runningMean) && !(runningMean as Parameter).frozen,
  });
  return { loss: outputs[0]!, batch: Object.values(batch), noise, masked };
}
