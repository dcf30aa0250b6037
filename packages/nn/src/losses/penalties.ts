/** Penalties on parameters, to be added to a loss. */
import { GraphError, sumOf, type Tensor } from '@gradus/engine';

/** Tensors; or by name, as `parametersOf` gives them. */
export type Penalized = Iterable<Tensor> | ReadonlyMap<string, Tensor>;

/** The sum of absolute values, which drives small ones to 0 (Tibshirani, 1996). @throws GraphError where there are none */
export const l1Penalty = (parameters: Penalized, weight: number): Tensor =>
  total(parameters, (x) => x.abs().sum()).mul(weight);

/** Half the sum of squares, whose gradient is the parameter itself (Hoerl and Kennard, 1970). @throws GraphError where there are none */
export const l2Penalty = (parameters: Penalized, weight: number): Tensor =>
  total(parameters, (x) => x.mul(x).sum()).mul(weight / 2);

function total(parameters: Penalized, of: (x: Tensor) => Tensor): Tensor {
  const tensors = [...(parameters instanceof Map ? parameters.values() : (parameters as Iterable<Tensor>))];
  if (tensors.length === 0) {
    throw new GraphError('a penalty needs parameters, and a model has none before its first forward()');
  }
  return sumOf(tensors.map(of));
}
