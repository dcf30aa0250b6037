/** The mean over a batch that all losses end in. */
import type { Tensor } from '@gradus/engine';

/** The mean of `losses`, weighted where `weights`, which broadcast against them, are given. A weight of 0 masks. */
export function mean(losses: Tensor, weights: Tensor | undefined): Tensor {
  if (!weights) return losses.mean();
  const broadcast = weights.rank === losses.rank ? weights : weights.unsqueeze(...trailing(weights, losses));
  const weighted = losses.mul(broadcast);
  // Each weight counts as often as there are losses under it.
  const counted = broadcast.add(losses.mul(0));
  return weighted.sum().div(counted.sum());
}

const trailing = (weights: Tensor, losses: Tensor): number[] =>
  Array.from({ length: losses.rank - weights.rank }, (_, i) => weights.rank + i);
