/** Inputs and attributes that name sizes and axes, as several families of ops take them. */
import { GraphError } from '../errors.ts';
import { type Attributes, intAttribute, type Value } from '../graph.ts';
import { knownShape } from '../known.ts';
import { fresh, normalizeAxes, type Shape } from '../shape.ts';
import { required } from './rules.ts';

/** More outputs than any node has: a file may ask for any number. */
export const MAX_COUNT = 100_000;

export const freshShape = (rank: number): Shape => Array.from({ length: rank }, fresh);

/** The number of elements of a vector that has one for each axis or output. */
export function countOf({ shape }: Value): number {
  const [count = 1] = shape;
  if (typeof count === 'number' && count <= MAX_COUNT) return count;
  throw new GraphError(`the number of elements must be known, and ${MAX_COUNT} at most`);
}

export function axisOf(attributes: Attributes, rank: number, fallback?: number): number {
  if (rank === 0) throw new GraphError('a scalar has no axis');
  return normalizeAxes([intAttribute(attributes, 'axis', fallback)], rank)[0]!;
}

/** The sizes that a shape input stands for. */
export function shapeInput(inputs: readonly (Value | null)[], index: number): Shape {
  const shape = knownShape(required(inputs, index));
  if (!shape) throw new GraphError('the rank of the shape must be known');
  return shape;
}
