/** The trust ratio of layer-wise optimizers (LARS, LAMB): how large a parameter is against its step. */
import { scalar, type Tensor } from '@gradus/engine';

export const norm = (x: Tensor): Tensor => x.mul(x).sum().sqrt();

/** Of the two norms; 1 where either is 0. */
export function trustRatio(parameter: Tensor, step: Tensor): Tensor {
  const known = parameter.greater(0).cast('float32').mul(step.greater(0).cast('float32')).greater(0);
  return known.where(parameter.div(step.max(1e-30)), scalar(1));
}
