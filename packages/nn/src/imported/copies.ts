/**
 * A parameter that an exporter folded with what repeats it (a class token for each example) or looks it up (the position biases of a
 * window's cells) stands in the file with copies of its elements. Trained as they stand, the copies would part; so the parameter is
 * the list of the different elements, and the constant a lookup in it.
 */
import { type HostTensor, int64, type Tensor } from '@gradus/engine';

export interface Copies {
  /** The different elements, in the order in which they first stand. */
  readonly elements: HostTensor;
  /** For each element of the constant, which of them it is. */
  readonly places: readonly number[];
}

/**
 * The elements and their copies, or undefined where there are none to speak of: among many random numbers a few are equal by chance,
 * and where all are equal, nothing tells which are copies.
 */
export function copiesIn({ dtype, data }: HostTensor): Copies | undefined {
  const found = new Map<number, number>();
  const places = Array.from(data as Float32Array, (element) => {
    if (!found.has(element)) found.set(element, found.size);
    return found.get(element)!;
  });
  if (found.size === 1 || 2 * found.size > places.length) return undefined;
  return { elements: { dtype, dims: [found.size], data: Float32Array.from(found.keys()) }, places };
}

/** The constant of `dims` that the elements make. */
export const spread = (elements: Tensor, places: readonly number[], dims: readonly number[]): Tensor =>
  elements.gather(int64(places)).reshape(dims);
