/** Batch shards: consecutive examples of a batch, whose gradients are computed apart and then added up. */
import { type BatchAxis, batchAxes, flopsOf, GraphError } from '@gradus/engine';
import { tracedLoss } from '../graphs/traced-loss.ts';
import { placeholders } from '../graphs-by-shape.ts';
import type { Phase } from '../phase.ts';
import { type Allocate, mapped, newLike } from './arrays.ts';
import type { Arrays } from './strategy.ts';

/** Examples `first` to `end` of a batch, and the arrays that they are copied into for the shard's graph. */
export interface BatchShard {
  readonly first: number;
  readonly end: number;
  readonly arrays: Arrays;
}

export interface Sharding {
  readonly shards: readonly BatchShard[];
  /** Where the examples lie in each value that noise is used on; none where the batch is whole. */
  readonly axes: readonly BatchAxis[] | undefined;
}

/** Examples of a shard at least: products with fewer rows take longer for each of them. */
const SMALLEST_SHARD = 8;
/** Operations of a loss from which on several threads pay for themselves. */
const WORTHWHILE = 1e7;

/**
 * Shards for as many workers as `workers` says there are; a single one where the batch must, or had better, stay whole.
 *
 * @param workers the number of workers, given the most that can share the work
 * @param worthwhile operations of a loss from which on it is cut
 */
export function shardsOf(
  batch: Arrays,
  phases: readonly Phase[],
  workers: (most: number) => number,
  allocate: Allocate,
  worthwhile = WORTHWHILE,
): Sharding {
  const examples = Object.values(batch)[0]?.dims[0] ?? 0;
  const most = workers(Math.floor(examples / SMALLEST_SHARD));
  const axes = most > 1 ? axesOf(batch, phases, Math.ceil(examples / most), worthwhile) : undefined;
  const copy = (arrays: Arrays) => mapped(arrays, (value) => newLike(value, allocate));
  if (!axes) return { shards: [{ first: 0, end: examples, arrays: copy(batch) }], axes };
  const shards = Array.from({ length: most }, (_, k) => {
    const [first, end] = [Math.floor((examples * k) / most), Math.floor((examples * (k + 1)) / most)];
    return { first, end, arrays: copy(examplesOf(batch, first, end)) };
  });
  return { shards, axes };
}

/**
 * Where the gradients of shards add up to the batch's, and are worth it: the axes of examples of what noise is used on. A value
 * without such an axis would have other masks in each shard.
 */
function axesOf(
  batch: Arrays,
  phases: readonly Phase[],
  size: number,
  worthwhile: number,
): readonly BatchAxis[] | undefined {
  const [examples] = Object.values(batch)[0]!.dims;
  const [phase, ...others] = phases;
  if (!phase || others.length > 0 || Object.values(batch).some(({ dims }) => dims[0] !== examples))
    return undefined;
  const whole = tracedLoss(phase, placeholders(batch));
  if (flopsOf([whole.loss]) < worthwhile) return undefined;
  try {
    const axes = batchAxes(whole, tracedLoss(phase, placeholders(examplesOf(batch, 0, size))), whole.masked);
    return axes?.every((axis) => axis !== undefined) ? axes : undefined;
  } catch (error) {
    // A loss that was written for batches of one size.
    if (error instanceof GraphError || (error as Error).cause instanceof GraphError) return undefined;
    throw error;
  }
}

/** Copies a shard's examples to where its graph reads them. */
export function copyExamples(batch: Arrays, { first, end, arrays }: BatchShard): void {
  for (const [name, { data }] of Object.entries(arrays)) {
    const all = batch[name]!.data as Float32Array;
    const width = data.length / (end - first);
    (data as Float32Array).set(
      first > 0 || data.length < all.length ? all.subarray(first * width, end * width) : all,
    );
  }
}

/** Examples `from` to `to` of a batch. */
const examplesOf = (batch: Arrays, from: number, to: number): Arrays =>
  mapped(batch, ({ dtype, dims, data }) => {
    const width = data.length / dims[0]!;
    const shard = (data as Float32Array).subarray(from * width, to * width);
    return { dtype, dims: [to - from, ...dims.slice(1)], data: shard };
  });
