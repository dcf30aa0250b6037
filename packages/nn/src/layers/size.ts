/** Sizes as layers take them. */
import { GraphError, showShape, type Tensor } from '@gradus/engine';

/** The size of an axis that a layer must know to make its parameters. */
export function sizeAt(x: Tensor, axis: number): number {
  const size = x.shape.at(axis);
  if (typeof size === 'number') return size;
  throw new GraphError(`axis ${axis} of ${showShape(x.shape)} must have a known size`);
}

/** One number for both sides, or one for height and one for width. */
export type Pair = number | readonly [height: number, width: number];

export const pair = (value: Pair): readonly [height: number, width: number] =>
  typeof value === 'number' ? [value, value] : value;
