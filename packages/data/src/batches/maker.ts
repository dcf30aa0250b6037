/**
 * A batch maker: a module with a function `open`, which runs in every worker thread of a loader. It takes plain data (arrays on
 * shared memory are not copied) and returns an object that makes the batch of some rows.
 *
 *     export const open: OpenBatches<{ pixels: Uint8Array }> = ({ pixels }) => ({
 *       batch: (rows, { random, epoch }) => ({ x: … }),
 *     });
 */

import type { Random } from '@gradus/base';
import type { Batch } from '../batch.ts';

export type OpenBatches<D> = (data: D) => BatchMaker | Promise<BatchMaker>;

export interface BatchMaker {
  /** The named arrays of some rows, with the batch axis first; the same for the same rows, seed and epoch. */
  batch(rows: Int32Array, chance: Chance): Batch | Promise<Batch>;
}

export interface Chance {
  readonly random: Random;
  /** From 1; 0 for a batch outside of an epoch. */
  readonly epoch: number;
}
