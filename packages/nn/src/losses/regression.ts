/**
 * Losses of numbers. Predictions and targets have one shape ([batch, 1] and [batch] count as one); weights are those of each,
 * or of each example.
 */
import { GraphError, showShape, type Tensor, type TensorLike } from '@gradus/engine';
import { elementwiseMean, mean } from './mean.ts';
import { beside } from './shapes.ts';

/** Mean squared error. @throws GraphError where targets have another shape */
export function mse(predictions: Tensor, targets: TensorLike, weights?: TensorLike): Tensor {
  return elementwiseMean('mse', [predictions, targets], weights, (x, y) => x.sub(y).square());
}

/** Mean absolute error. @throws GraphError where targets have another shape */
export function mae(predictions: Tensor, targets: TensorLike, weights?: TensorLike): Tensor {
  return elementwiseMean('mae', [predictions, targets], weights, (x, y) => x.sub(y).abs());
}

/**
 * Squares up to `delta`, lines beyond it (Huber, 1964): ½ e², then delta (|e| − ½ delta).
 *
 * @throws GraphError where targets have another shape
 */
export function huber(predictions: Tensor, targets: TensorLike, delta = 1, weights?: TensorLike): Tensor {
  return elementwiseMean('huber', [predictions, targets], weights, (x, y) => {
    const error = x.sub(y).abs();
    const near = error.min(delta);
    return near.mul(error.sub(near.mul(0.5)));
  });
}

/**
 * The loss whose best constant is a quantile (Koenker and Bassett, 1978): what lies above the prediction costs `quantile`, what
 * lies below 1 − `quantile` of its distance.
 *
 * @param predictions [.., quantiles], one column for each of `quantiles` @param targets [..]
 * @throws GraphError where there are other columns than quantiles, or targets have another shape
 */
export function quantileLoss(
  predictions: Tensor,
  targets: TensorLike,
  quantiles: readonly number[],
  weights?: TensorLike,
): Tensor {
  if (predictions.shape.at(-1) !== quantiles.length) {
    throw new GraphError(
      `quantileLoss: ${quantiles.length} quantiles need predictions [.., ${quantiles.length}], not ${showShape(predictions.shape)}`,
    );
  }
  const columns = predictions.split(
    quantiles.map(() => 1),
    predictions.rank - 1,
  );
  const losses = columns.map((column, i) => {
    const predicted = column.squeeze(-1);
    const error = beside('quantileLoss', predicted, targets).sub(predicted);
    return error.mul(quantiles[i]!).max(error.mul(quantiles[i]! - 1));
  });
  return mean(losses.reduce((sum, column) => sum.add(column)).div(quantiles.length), weights);
}
