/** Sizes as layers take them. */
import { GraphError, showShape, type Tensor } from '@gradus/engine';
import { checkWhole } from '../check-number.ts';

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

/** @throws UserError where it is neither a whole number from `least` on, nor two of them */
export function checkPair(where: string, name: string, value: Pair, least: number): void {
  const both: readonly unknown[] = Array.isArray(value) && value.length === 2 ? value : [value];
  for (const size of both) checkWhole(where, name, size as number, { least });
}
