/** Batch shards: consecutive examples of a batch, whose gradients are computed apart and then added up. */
import { flopsOf, GraphError, isMeanOverExamples } from '@gradus/engine';
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

/** Examples of a shard at least: products with fewer rows take longer for each of them. */
const SMALLEST_SHARD = 8;
/** Operations of a loss from which on several threads pay for themselves. */
const WORTHWHILE = 1e7;

/**
 * Shards for as many workers as `workers` says there are; a single one where the batch must, or had better, stay whole.
 *
 * @param workers the number of workers, given the most that can share the work
 */
export function shardsOf(
  batch: Arrays,
  phases: readonly Phase[],
  workers: (most: number) => number,
  allocate: Allocate,
): BatchShard[] {
  const examples = Object.values(batch)[0]?.dims[0] ?? 0;
  const most = workers(Math.floor(examples / SMALLEST_SHARD));
  const count = most > 1 && isShardable(batch, phases, Math.ceil(examples / most)) ? most : 1;
  const copy = (arrays: Arrays) => mapped(arrays, (value) => newLike(value, allocate));
  if (count === 1) return [{ first: 0, end: examples, arrays: copy(batch) }];
  return Array.from({ length: count }, (_, k) => {
    const [first, end] = [Math.floor((examples * k) / count), Math.floor((examples * (k + 1)) / count)];
    return { first, end, arrays: copy(examplesOf(batch, first, end)) };
  });
}

/** Whether the gradients of shards add up to the batch's, and are worth it. */
function isShardable(batch: Arrays, phases: readonly Phase[], size: number): boolean {
  const [examples] = Object.values(batch)[0]!.dims;
  const [phase, ...others] = phases;
  if (!phase || others.length > 0 || Object.values(batch).some(({ dims }) => dims[0] !== examples))
    return false;
  const whole = tracedLoss(phase, placeholders(batch));
  if (flopsOf([whole.loss]) < WORTHWHILE) return false;
  try {
    return isMeanOverExamples(whole, tracedLoss(phase, placeholders(examplesOf(batch, 0, size))));
  } catch (error) {
    // A loss that was written for batches of one size.
    if (error instanceof GraphError) return false;
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
