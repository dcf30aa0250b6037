/** Random numbers drawn once. Every step takes slices of them that begin at random places. */
import { Random } from '@gradus/base';
import type { HostTensor } from '@gradus/engine';
import { NOISE_POOL, NOISE_START } from '../graphs/names.ts';
import { type Allocate, newFloats } from './arrays.ts';

/** The inputs of a graph that takes noise. */
export type NoiseFeeds = Readonly<Record<typeof NOISE_POOL | typeof NOISE_START, HostTensor>>;

/** Enough that two steps rarely take the same slice. */
const SMALLEST = 1 << 20;

export class NoisePool {
  readonly #allocate: Allocate;
  #numbers: Float32Array;

  constructor(allocate: Allocate) {
    this.#allocate = allocate;
    this.#numbers = newFloats(0, allocate);
  }

  /** Inputs for a graph that takes `count` numbers, with a place of its own to begin at, which `place` chooses for each step. */
  feeds(count: number): NoiseFeeds {
    const { buffer, offset } = this.#allocate(8);
    return {
      [NOISE_POOL]: this.#atLeast(2 * count),
      [NOISE_START]: { dtype: 'int64', dims: [1], data: new BigInt64Array(buffer, offset, 1) },
    };
  }

  /** The size depends on the request alone, so that a resumed run sees the same numbers. */
  #atLeast(count: number): HostTensor {
    const size = Math.max(SMALLEST, count);
    if (this.#numbers.length < size) {
      const random = new Random('noise pool');
      this.#numbers = newFloats(size, this.#allocate);
      for (let i = 0; i < size; i++) this.#numbers[i] = random.uniform();
    }
    return { dtype: 'float32', dims: [size], data: this.#numbers.subarray(0, size) };
  }
}

/** Chooses where the next step's `count` numbers begin. */
export function place(feeds: NoiseFeeds, count: number, random: Random): void {
  const start = random.below(feeds[NOISE_POOL].data.length - count + 1);
  (feeds[NOISE_START].data as BigInt64Array)[0] = BigInt(start);
}

/** The stream that chooses the noise of step `n`. */
export const noiseOf = (random: Random, n: number): Random => random.fork(`noise ${n}`);
