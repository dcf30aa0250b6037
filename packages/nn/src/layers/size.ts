import { GraphError, showShape, type Tensor } from '@gradus/engine';

/** The size of an axis that a layer must know to make its parameters. */
export function sizeAt(x: Tensor, axis: number): number {
  const size = x.shape.at(axis);
  if (typeof size === 'number') return size;
  throw new GraphError(`axis ${axis} of ${showShape(x.shape)} must have a known size`);
}
