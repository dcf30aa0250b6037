/**
 * Puts a graph into training mode: what lets everything through in use and is random in training (dropout) becomes
 * arithmetic on noise that is fed in. The noise is an input, not drawn by the runtime, so that a resumed training
 * run sees the same masks as an unbroken one.
 */

import type { Shape } from '../shape.ts';
import { constantNumbers, type Tensor } from '../tensor.ts';
import { rebuild } from './rebuild.ts';

/**
 * @param noise Gives numbers uniform in [0, 1) in the asked shape, different for every call.
 * @returns The `outputs` as they are in training.
 */
export function trainingMode(outputs: readonly Tensor[], noise: (shape: Shape) => Tensor): Tensor[] {
  return rebuild(outputs, {
    node: (node, [x, ratio]) => {
      if (node.op !== 'Dropout') return undefined;
      const drop = constantNumbers(ratio)?.[0] ?? 0.5;
      const kept = noise(x!.shape).greater(drop);
      // Survivors are scaled up, so that the expected sum is the same with and without dropout.
      return [x!.mul(kept.cast(x!.dtype).mul(1 / (1 - drop))), kept];
    },
  });
}
