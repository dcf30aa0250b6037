/**
 * A random stream per row and epoch: what happens to a row depends on the seed, the row and the epoch alone, never on the rows
 * before it. So any number of threads may prepare batches in any order, and a resumed run sees the same.
 */
import type { Random } from '@gradus/base';

export const randomOf = (random: Random, epoch: number, row: number): Random =>
  random.fork(`${epoch}/${row}`);
