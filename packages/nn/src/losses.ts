/**
 * Losses: traced scalars, the mean over the batch, or the weighted mean where `weights` [batch] are given.
 */
import { apply, int64, scalar, type Tensor } from '@gradus/engine';

/**
 * Cross-entropy of classes, from logits.
 *
 * @param logits [batch, classes]
 * @param labels int64 [batch], the index of each row's class
 */
export function crossEntropy(logits: Tensor, labels: Tensor, weights?: Tensor): Tensor {
  const classes = logits.shape.at(-1) as number;
  const truth = apply('OneHot', [
    labels,
    scalar(classes, 'int64'),
    apply('Cast', [int64([0, 1])], { to: 1 }),
  ]);
  return mean(logits.logSoftmax().mul(truth).sum([1]).neg(), weights);
}

/**
 * Binary cross-entropy from logits, in the form that does not overflow: max(z, 0) − z y + ln(1 + e^−|z|).
 *
 * @param logits any shape
 * @param labels float32, the same shape; 0 or 1, or a probability between
 */
export function bceWithLogits(logits: Tensor, labels: Tensor, weights?: Tensor): Tensor {
  return mean(logits.relu().sub(logits.mul(labels)).add(logits.abs().neg().softplus()), weights);
}

/** Mean squared error. */
export function mse(predictions: Tensor, targets: Tensor, weights?: Tensor): Tensor {
  return mean(predictions.sub(targets).square(), weights);
}

function mean(losses: Tensor, weights: Tensor | undefined): Tensor {
  return weights ? losses.mul(weights).sum().div(weights.sum()) : losses.mean();
}
