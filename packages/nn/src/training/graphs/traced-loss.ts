/** The loss of a phase as a graph in training mode, for analyses before it is differentiated. */
import { input, type Tensor, type TracedLoss, trainingMode, type Value } from '@gradus/engine';
import type { Phase } from '../phase.ts';

export function tracedLoss({ loss, parameters }: Phase, batch: Readonly<Record<string, Tensor>>): TracedLoss {
  const noise: Tensor[] = [];
  const own = new Set<Value>(parameters.values());
  const { outputs } = trainingMode([loss(batch)], {
    noise: (shape) => {
      noise.push(input(`noise:${noise.length}`, shape));
      return noise.at(-1)!;
    },
    trains: (runningMean) => own.has(runningMean),
  });
  return { loss: outputs[0]!, batch: Object.values(batch), noise };
}
