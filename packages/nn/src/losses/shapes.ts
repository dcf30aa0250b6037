/**
 * The shapes that losses take. Broadcasting would spread targets [n] over predictions [n, 1] to all n² pairs, in silence: here
 * an axis of size 1 that one of them lacks at the end is added, and every other difference is refused.
 */
import {
  asTensor,
  type Dim,
  GraphError,
  type Shape,
  showShape,
  type Tensor,
  type TensorLike,
} from '@gradus/engine';

/**
 * A target for each of the predictions, in their shape and dtype; a single number stands for all.
 *
 * @throws GraphError where there are others than predictions
 */
export function beside(where: string, predictions: Tensor, targets: TensorLike, called = 'targets'): Tensor {
  const given = asTensor(targets, predictions.dtype);
  const aligned = given.rank === 0 ? given : inShape(given, predictions.shape);
  if (aligned) return aligned.cast(predictions.dtype);
  throw new GraphError(
    `${where}: ${called} of shape ${showShape(given.shape)} do not fit predictions of ${showShape(predictions.shape)}; ` +
      `expected one for each, ${showShape(predictions.shape)}`,
  );
}

/** `x` in `shape`, where no more than an axis of size 1 is to be added or left out at its end; else undefined. */
export function inShape(x: Tensor, shape: Shape): Tensor | undefined {
  if (fits(x.shape, shape)) return x;
  if (fits([...x.shape, 1], shape)) return x.unsqueeze(-1);
  if (x.shape.at(-1) === 1 && fits(x.shape.slice(0, -1), shape)) return x.squeeze(-1);
  return undefined;
}

/**
 * Weights, in their own dtype, as often as there are losses under them.
 *
 * @param weights One for each loss, or one for all losses of an example: [batch], [batch, time], ..
 * @throws GraphError where they fit neither
 */
export function weightOfEach(weights: TensorLike, losses: Tensor): Tensor {
  const given = asTensor(weights, 'float32');
  const missing = losses.shape.slice(given.rank).map((_, i) => given.rank + i);
  const aligned = missing.length > 0 ? given.unsqueeze(...missing) : (inShape(given, losses.shape) ?? given);
  const broadcasts =
    aligned.rank === losses.rank &&
    aligned.shape.every((dim, i) => dim === 1 || mayBeEqual(dim, losses.shape[i]!));
  if (broadcasts) return aligned.expand(losses.shapeTensor());
  throw new GraphError(
    `weights of shape ${showShape(given.shape)} do not fit losses of ${showShape(losses.shape)}; ` +
      `expected one for each, or one for each example, ${showShape(losses.shape.slice(0, 1))}`,
  );
}

const fits = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((dim, i) => mayBeEqual(dim, b[i]!));

/** Names are sizes known only when the graph runs; none is meant to be 1. */
const mayBeEqual = (a: Dim, b: Dim): boolean =>
  a === b || (typeof a === 'string' && b !== 1) || (typeof b === 'string' && a !== 1);
