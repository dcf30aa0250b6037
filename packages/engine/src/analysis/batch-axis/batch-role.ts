/** How values depend on the batch: what the rules of this folder tell one another. */
import type { Attributes, Value } from '../../graph.ts';

/** The axis has length `outer` × examples × `inner`; the example is the middle one of the three indices. */
export interface BatchAxis {
  readonly axis: number;
  readonly outer: number;
  readonly inner: number;
}

/**
 * How a value depends on the batch: along which axis its examples lie, or
 *
 * - `mean`: it is the mean, over the examples, of what it is for each one;
 * - `noise`: random numbers;
 * - `uniform`: one number throughout, in a shape that depends on the batch size;
 * - `sizes`: whole numbers that depend on the batch size;
 * - `independent`: the batch does not change it.
 *
 * Undefined: it mixes examples, or the analysis cannot tell.
 */
export type BatchRole = BatchAxis | 'mean' | 'noise' | 'uniform' | 'sizes' | 'independent' | undefined;

/** A node as the rules see it. */
export interface NodeView {
  readonly inputs: readonly (Value | null)[];
  readonly outputs: readonly Value[];
  readonly attributes: Attributes;
  /** Of the inputs; those left out are independent. */
  readonly roles: readonly BatchRole[];
  readonly examples: number;
  /** Axes of the first output whose length depends on the batch size. */
  readonly batchSized: readonly number[];
}

export const hasAxis = (role: BatchRole): role is BatchAxis => typeof role === 'object';
