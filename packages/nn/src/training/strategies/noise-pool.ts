/** Random numbers drawn once. Every step takes slices of them that begin at random places. */
import { Random } from '@gradus/base';
import type { HostTensor } from '@gradus/engine';
import { NOISE_FIRST, NOISE_POOL, NOISE_START } from '../graphs/names.ts';
import type { NoisePart } from '../phase.ts';
import { type Allocate, newFloats } from './arrays.ts';

/** The inputs of a graph that takes noise. */
export type NoiseFeeds = Readonly<Record<string, HostTensor>>;

/** Enough that two steps rarely take the same slice. */
const SMALLEST = 1 << 20;

export class NoisePool {
  readonly #allocate: Allocate;
  #numbers: Float32Array;

  constructor(allocate: Allocate) {
    this.#allocate = allocate;
    this.#numbers = newFloats(0, allocate);
  }

  /**
   * Inputs for a graph that takes noise, with places of its own to begin at, which `place` chooses for each step.
   *
   * @param count how many numbers the whole step takes
   */
  feeds(parts: readonly NoisePart[], count: number): NoiseFeeds {
    if (parts.length === 0) return {};
    const int64 = (size: number): HostTensor => {
      const { buffer, offset } = this.#allocate(8 * size);
      return { dtype: 'int64', dims: [size], data: new BigInt64Array(buffer, offset, size) };
    };
    const isPicked = parts.some(({ perExample }) => perExample === undefined);
    return {
      [NOISE_POOL]: this.#atLeast(2 * count),
      [NOISE_START]: int64(parts.length),
      ...(isPicked && { [NOISE_FIRST]: int64(1) }),
    };
  }

  /** Where a step's stretch of `count` numbers begins. The size depends on the count alone, so that a resumed run sees the same. */
  startOf(count: number, random: Random): number {
    return count > 0 ? random.below(sizeFor(2 * count) - count + 1) : 0;
  }

  #atLeast(count: number): HostTensor {
    const size = sizeFor(count);
    if (this.#numbers.length < size) {
      const random = new Random('noise pool');
      this.#numbers = newFloats(size, this.#allocate);
      for (let i = 0; i < size; i++) this.#numbers[i] = random.uniform();
    }
    return { dtype: 'float32', dims: [size], data: this.#numbers.subarray(0, size) };
  }
}

const sizeFor = (count: number): number => Math.max(SMALLEST, count);

/**
 * Sets where a graph's noise begins in the pool.
 *
 * @param start of its parts
 * @param first example of the shard
 */
export function place(feeds: NoiseFeeds, parts: readonly NoisePart[], start: number, first = 0): void {
  for (const [i, { from, perExample = 0 }] of parts.entries()) {
    (feeds[NOISE_START]!.data as BigInt64Array)[i] = BigInt(start + from + first * perExample);
  }
  const picked = feeds[NOISE_FIRST]?.data as BigInt64Array | undefined;
  if (picked) picked[0] = BigInt(first);
}

/** How many numbers these take. */
export const countOf = (parts: readonly NoisePart[]): number =>
  parts.reduce((sum, { size }) => sum + size, 0);

/** The stream that chooses the noise of step `n`. */
export const noiseOf = (random: Random, n: number): Random => random.fork(`noise ${n}`);
