/** Writes the bins of values into memory. */
import type { SharedMemory } from '@gradus/base';
import { type Bins, binOf } from './bins.ts';
import { type TreeColumn, valuesOf } from './columns.ts';
import { type Kernels, kernels, PADDED_THRESHOLDS, THRESHOLD_GROUP } from './kernels.ts';

/** Values that are sorted into bins at a time. */
const CHUNK = 4096;
const THRESHOLDS = 4 * CHUNK;
/** What a binner takes of the memory. */
export const BINNER_BYTES = THRESHOLDS + 4 * (PADDED_THRESHOLDS + PADDED_THRESHOLDS / THRESHOLD_GROUP);

export class Binner {
  readonly #memory: SharedMemory;
  readonly #place: number;
  readonly #kernels: Kernels;
  readonly #chunk: Float32Array;
  readonly #thresholds: Float32Array;
  readonly #sixteenths: Float32Array;

  /** @param place of BINNER_BYTES */
  constructor(memory: SharedMemory, place: number) {
    this.#memory = memory;
    this.#place = place;
    this.#kernels = kernels(memory);
    this.#chunk = new Float32Array(memory.buffer, place, CHUNK);
    const thresholds = place + THRESHOLDS;
    this.#thresholds = new Float32Array(memory.buffer, thresholds, PADDED_THRESHOLDS);
    this.#sixteenths = new Float32Array(
      memory.buffer,
      thresholds + 4 * PADDED_THRESHOLDS,
      PADDED_THRESHOLDS / THRESHOLD_GROUP,
    );
  }

  /** Writes a byte for each of `count` values of a column, from the row `from` on. @param into place of the bytes */
  fill(column: TreeColumn, bins: Bins, from: number, count: number, into: number): void {
    const values = valuesOf(column);
    if (bins.kind === 'category') {
      const bytes = new Uint8Array(this.#memory.buffer, into, count);
      for (let i = 0; i < count; i++) bytes[i] = binOf(bins, values[from + i]!);
      return;
    }
    this.#thresholds.fill(Number.POSITIVE_INFINITY).set(bins.thresholds);
    for (let i = 0; i < this.#sixteenths.length; i++) {
      this.#sixteenths[i] = this.#thresholds[(i + 1) * THRESHOLD_GROUP - 1]!;
    }
    for (let at = 0; at < count; at += CHUNK) {
      const size = Math.min(CHUNK, count - at);
      if (values instanceof Float32Array) this.#chunk.set(values.subarray(from + at, from + at + size));
      else for (let i = 0; i < size; i++) this.#chunk[i] = values[from + at + i]!;
      this.#kernels.bin(this.#place, size, this.#place + THRESHOLDS, bins.missing, into + at);
    }
  }
}
