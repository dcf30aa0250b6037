/** The loss of distillation: a student follows the probabilities of a teacher. */
import type { Tensor } from '@gradus/engine';
import { mean } from './mean.ts';

/**
 * How far predicted probabilities are from target ones, in nats (Kullback and Leibler, 1951), both softened by a
 * temperature as in distillation (Hinton, Vinyals and Dean, 2015), whose gradients it then keeps at one size.
 *
 * @param logits [.., classes] @param targets logits of the target, the same shape
 */
export function klDivergence(logits: Tensor, targets: Tensor, temperature = 1, weights?: Tensor): Tensor {
  const predicted = logits.div(temperature).logSoftmax();
  const target = targets.div(temperature).logSoftmax();
  const losses = target.exp().mul(target.sub(predicted)).sum([-1]);
  return mean(losses, weights).mul(temperature * temperature);
}
