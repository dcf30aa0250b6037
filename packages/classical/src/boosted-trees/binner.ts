/** Writes the bins of a column's values into memory. */
import type { SharedMemory } from '@gradus/base';
import { THRESHOLD_BINS_BYTES, ThresholdBins } from '@gradus/engine';
import { type Bins, binOf } from './bins.ts';
import { type TreeColumn, valuesOf } from './columns.ts';

/** What a binner takes of the memory. */
export const BINNER_BYTES = THRESHOLD_BINS_BYTES;

export class Binner {
  readonly #memory: SharedMemory;
  readonly #numbers: ThresholdBins;

  /** @param place of BINNER_BYTES */
  constructor(memory: SharedMemory, place: number) {
    this.#memory = memory;
    this.#numbers = new ThresholdBins(memory, place);
  }

  /** Writes a byte for each of `count` values of a column, from the row `from` on. @param into place of the bytes */
  fill(column: TreeColumn, bins: Bins, from: number, count: number, into: number): void {
    const values = valuesOf(column);
    if (bins.kind === 'number') {
      this.#numbers.write(values, from, 1, count, bins.thresholds, bins.missing, into);
      return;
    }
    const bytes = new Uint8Array(this.#memory.buffer, into, count);
    for (let i = 0; i < count; i++) bytes[i] = binOf(bins, values[from + i]!);
  }
}
