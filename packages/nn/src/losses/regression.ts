/** Losses of numbers. */
import type { Tensor } from '@gradus/engine';
import { mean } from './mean.ts';

/** Mean squared error. */
export function mse(predictions: Tensor, targets: Tensor, weights?: Tensor): Tensor {
  return mean(predictions.sub(targets).square(), weights);
}

/** Mean absolute error. */
export function mae(predictions: Tensor, targets: Tensor, weights?: Tensor): Tensor {
  return mean(predictions.sub(targets).abs(), weights);
}

/** Squares up to `delta`, lines beyond it (Huber, 1964): ½ e², then delta (|e| − ½ delta). */
export function huber(predictions: Tensor, targets: Tensor, delta = 1, weights?: Tensor): Tensor {
  const error = predictions.sub(targets).abs();
  const near = error.min(delta);
  return mean(near.mul(error.sub(near.mul(0.5))), weights);
}

/**
 * The loss whose best constant is a quantile (Koenker and Bassett, 1978): what lies above the prediction costs `quantile`, what
 * lies below 1 − `quantile` of its distance.
 *
 * @param predictions [.., quantiles], one column for each of `quantiles` @param targets [..]
 */
export function quantileLoss(
  predictions: Tensor,
  targets: Tensor,
  quantiles: readonly number[],
  weights?: Tensor,
): Tensor {
  const error = targets.unsqueeze(-1).sub(predictions);
  const columns = error.split(
    quantiles.map(() => 1),
    predictions.rank - 1,
  );
  const losses = columns.map((column, i) => column.mul(quantiles[i]!).max(column.mul(quantiles[i]! - 1)));
  return mean(losses.reduce((sum, column) => sum.add(column)).div(quantiles.length), weights);
}
