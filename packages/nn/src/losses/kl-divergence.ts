/** The loss of distillation: a student follows the probabilities of a teacher. */
import { scalar, type Tensor, type TensorLike } from '@gradus/engine';
import { mean } from './mean.ts';
import { beside } from './shapes.ts';

/**
 * How far predicted probabilities are from target ones, in nats (Kullback and Leibler, 1951), both softened by a
 * temperature as in distillation (Hinton, Vinyals and Dean, 2015), whose gradients it then keeps at one size.
 *
 * @param logits [.., classes] @param targets logits of the target, the same shape
 * @throws GraphError where targets have another shape
 */
export function klDivergence(
  logits: Tensor,
  targets: TensorLike,
  temperature = 1,
  weights?: TensorLike,
): Tensor {
  const predicted = logits.div(temperature).logSoftmax();
  const target = beside('klDivergence', logits, targets).div(temperature).logSoftmax();
  const probability = target.exp();
  // A class that the target bars (a logit of −∞) adds nothing: 0 ln 0 is 0.
  const difference = probability.greater(0).where(target.sub(predicted), scalar(0, logits.dtype));
  return mean(probability.mul(difference).sum([-1]), weights).mul(temperature * temperature);
}
