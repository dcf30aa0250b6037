/** The mean over a batch that all losses end in. */
import { scalar, type Tensor, type TensorLike, topologicalOrder, type Value } from '@gradus/engine';
import { beside, weightOfEach } from './shapes.ts';

/**
 * The mean of `losses`, weighted where `weights` are given. A weight of 0 masks, whatever stands there; where all are 0, the mean
 * is 0 and nothing is learnt.
 */
export function mean(losses: Tensor, weights?: TensorLike): Tensor {
  if (weights === undefined) return losses.mean();
  const each = weightOfEach(weights, losses).cast(losses.dtype);
  return ratio(masked(losses, each).mul(each).sum(), each.sum());
}

/**
 * The mean of a loss of each element by itself.
 *
 * @param of The losses of predictions and targets of one shape.
 * @throws GraphError where targets or weights have another shape
 */
export function elementwiseMean(
  where: string,
  [predictions, targets]: readonly [Tensor, TensorLike],
  weights: TensorLike | undefined,
  of: (predictions: Tensor, targets: Tensor) => Tensor,
): Tensor {
  const aligned = beside(where, predictions, targets);
  if (weights === undefined) return of(predictions, aligned).mean();
  const each = weightOfEach(weights, predictions).cast(predictions.dtype);
  // Masked before the loss: a target that is not known, NaN, would spoil the slopes of the others.
  const losses = of(masked(predictions, each), masked(aligned, each));
  return ratio(losses.mul(each).sum(), each.sum());
}

/** What means were divided by: how many elements, or weights, counted. */
const COUNTS = new WeakSet<Value>();

/** How much counts in each of the means that a loss is made of; none where they are plain means. */
export const countsIn = (loss: Tensor): Tensor[] =>
  topologicalOrder([loss]).flatMap(({ outputs }) => outputs.filter((value) => COUNTS.has(value))) as Tensor[];

/** a / b, the mean of what counts, and 0 where nothing does. */
export function ratio(a: Tensor, b: Tensor): Tensor {
  COUNTS.add(b);
  const empty = b.equal(0);
  return empty.where(scalar(0, a.dtype), a).div(empty.where(scalar(1, b.dtype), b));
}

/** x, and 0 where the weight is 0: chosen, since 0 × ∞ is no number. */
export const masked = (x: Tensor, weights: Tensor): Tensor => weights.equal(0).where(scalar(0, x.dtype), x);
