/**
 * Chance by row and epoch: what happens to a row depends on the seed, the row and the epoch alone, never on the rows before it; so
 * batches may be prepared in any order, by any number of threads, and a run that goes on where it stopped sees the same.
 */
import type { Random } from '@gradus/base';

export const randomOf = (random: Random, epoch: number, row: number): Random =>
  random.fork(`${epoch}/${row}`);
