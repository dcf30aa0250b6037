/** Penalties on parameters, to be added to a loss. */
import type { Tensor } from '@gradus/engine';

/** The sum of absolute values, which drives small ones to 0 (Tibshirani, 1996). */
export const l1Penalty = (parameters: Iterable<Tensor>, weight: number): Tensor =>
  total(parameters, (x) => x.abs().sum()).mul(weight);

/** Half the sum of squares, whose gradient is the parameter itself (Hoerl and Kennard, 1970). */
export const l2Penalty = (parameters: Iterable<Tensor>, weight: number): Tensor =>
  total(parameters, (x) => x.mul(x).sum()).mul(weight / 2);

const total = (parameters: Iterable<Tensor>, of: (x: Tensor) => Tensor): Tensor =>
  [...parameters].map(of).reduce((sum, term) => sum.add(term));
