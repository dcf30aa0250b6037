/** Random numbers drawn once; every step takes stretches of them, wherever chance says. */
import { type HostTensor, Random } from '@gradus/engine';
import { type Allocate, floats } from './side.ts';

/** Enough that two steps rarely share a stretch. */
const SMALLEST = 1 << 20;

export class NoisePool {
  readonly #allocate: Allocate;
  #numbers: Float32Array;

  constructor(allocate: Allocate) {
    this.#allocate = allocate;
    this.#numbers = floats(0, allocate);
  }

  /** Twice as many as are taken at a time, or more; how many depends on that alone, so that a resumed run sees the same. */
  for(taken: number): HostTensor {
    const size = Math.max(SMALLEST, 2 * taken);
    if (this.#numbers.length < size) {
      const random = new Random('noise pool');
      this.#numbers = floats(size, this.#allocate);
      for (let i = 0; i < size; i++) this.#numbers[i] = random.uniform();
    }
    return { dtype: 'float32', dims: [size], data: this.#numbers.subarray(0, size) };
  }
}
