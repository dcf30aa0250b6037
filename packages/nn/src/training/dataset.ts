/** Data sets, and their division into batches. */

import type { Random } from '@gradus/base';
import { checkWhole } from '../check-number.ts';
import type { ArrayLikeTensor } from './host-batch.ts';

/** Arrays by the names that a loss gets them by. */
export type Batch = Readonly<Record<string, ArrayLikeTensor>>;

export interface Dataset {
  readonly size: number;
  /** The named arrays of some rows; the first axis is the batch. The same rows give the same arrays. */
  batch(rows: Int32Array): Batch;
  /** The length of a row, where rows differ in length: batches then hold rows of similar length, which saves padding. */
  length?(row: number): number;
}

/** A data set that prepares its batches elsewhere, ahead of the steps that use them. */
export interface PreparedDataset extends Pick<Dataset, 'size' | 'length'> {
  /** Announces the batches of an epoch, in the order in which they will be requested. */
  ahead(batches: readonly Int32Array[], epoch: number): void;
  batch(rows: Int32Array): Promise<Batch>;
}

/** Batches that are sorted by length together: enough to save most padding, few enough to stay well mixed. */
const BATCHES_SORTED_TOGETHER = 40;

/** All rows, in order or shuffled, cut into batches; the last may be smaller. */
export function batchesOf(
  dataset: Pick<Dataset, 'size' | 'length'>,
  batchSize: number,
  random?: Random,
): Int32Array[] {
  checkWhole('batchesOf', 'batchSize', batchSize, { least: 1 });
  const rows = random?.permutation(dataset.size) ?? Int32Array.from({ length: dataset.size }, (_, i) => i);
  const { length } = dataset;
  const batches: Int32Array[] = [];
  const chunk = batchSize * BATCHES_SORTED_TOGETHER;
  for (let from = 0; from < rows.length; from += chunk) {
    const rowsOfChunk = rows.slice(from, from + chunk);
    if (length) rowsOfChunk.sort((a, b) => length.call(dataset, a) - length.call(dataset, b));
    for (let i = 0; i < rowsOfChunk.length; i += batchSize) batches.push(rowsOfChunk.slice(i, i + batchSize));
  }
  return random ? random.shuffle(batches) : batches;
}
