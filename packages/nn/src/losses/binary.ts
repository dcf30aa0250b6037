/** Losses of binary classification. */
import { apply, int64, scalar, type Tensor } from '@gradus/engine';
import { mean } from './mean.ts';

/**
 * Binary cross-entropy from logits, in the form that does not overflow: max(z, 0) − z y + ln(1 + e^−|z|).
 *
 * @param logits any shape
 * @param labels float32, the same shape; 0 or 1, or a probability between
 */
export function bceWithLogits(logits: Tensor, labels: Tensor, weights?: Tensor): Tensor {
  return mean(logits.relu().sub(logits.mul(labels)).add(logits.abs().neg().softplus()), weights);
}

/** max(0, 1 − z y) for labels of −1 or 1 (Cortes and Vapnik, 1995). */
export function hinge(scores: Tensor, labels: Tensor, weights?: Tensor): Tensor {
  return mean(scores.mul(labels).neg().add(1).relu(), weights);
}

/**
 * How far any other class comes within 1 of the right one (Crammer and Singer, 2001, summed over classes as in PyTorch's
 * MultiMarginLoss).
 *
 * @param scores [batch, classes] @param labels int64 [batch]
 */
export function multiClassHinge(scores: Tensor, labels: Tensor, weights?: Tensor): Tensor {
  const classes = scores.shape.at(-1) as number;
  const right = scores.gatherElements(labels.unsqueeze(1), 1);
  const others = apply('OneHot', [
    labels,
    scalar(classes, 'int64'),
    apply('Cast', [int64([1, 0])], { to: 1 }),
  ]);
  return mean(scores.sub(right).add(1).relu().mul(others).sum([1]).div(classes), weights);
}
