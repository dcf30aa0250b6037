/** Losses of binary classification, and hinges of any number of classes. */
import { asTensor, scalar, type Tensor, type TensorLike } from '@gradus/engine';
import { requireRange } from '../index-ranges.ts';
import { sizeAt } from '../layers/size.ts';
import { classLabels, isRightClass } from './class-labels.ts';
import { elementwiseMean, mean } from './mean.ts';

/**
 * Binary cross-entropy from logits, as ln(1 + eᶻ) − z y: it does not overflow, and has the right slope everywhere. (A form of
 * max(z, 0) and |z| has none at a logit of exactly 0, where every model with a head of zeros begins.)
 *
 * @param logits any shape
 * @param labels the same shape; 0 or 1, or a probability between
 * @throws GraphError where labels have another shape
 */
export function bceWithLogits(logits: Tensor, labels: TensorLike, weights?: TensorLike): Tensor {
  const given = asTensor(labels, logits.dtype);
  if (weights === undefined) {
    requireRange(given, { where: 'bceWithLogits', what: 'probability', from: 0, to: 1 });
  }
  return elementwiseMean('bceWithLogits', [logits, given], weights, (z, y) => z.softplus().sub(z.mul(y)));
}

/** max(0, 1 − z y) for labels of −1 or 1 (Cortes and Vapnik, 1995). @throws GraphError where labels have another shape */
export function hinge(scores: Tensor, labels: TensorLike, weights?: TensorLike): Tensor {
  const given = asTensor(labels, scores.dtype);
  if (weights === undefined) requireRange(given, { where: 'hinge', what: 'sign', from: -1, to: 1 });
  return elementwiseMean('hinge', [scores, given], weights, (z, y) => z.mul(y).neg().add(1).relu());
}

/**
 * How far any other class comes within 1 of the right one (Crammer and Singer, 2001, summed over classes as in PyTorch's
 * MultiMarginLoss).
 *
 * @param scores [batch, classes] @param labels [batch], the index of the class
 * @throws GraphError where labels have another shape
 */
export function multiClassHinge(scores: Tensor, labels: TensorLike, weights?: TensorLike): Tensor {
  const classes = sizeAt(scores, -1);
  const shape = scores.shape.slice(0, -1);
  const { index } = classLabels('multiClassHinge', labels, { shape, classes, weights });
  const right = scores.gatherElements(index.unsqueeze(-1), -1);
  const each = scores.sub(right).add(1).relu();
  const ofOthers = isRightClass(index, classes).where(scalar(0, scores.dtype), each);
  return mean(ofOthers.sum([-1]).div(classes), weights);
}
