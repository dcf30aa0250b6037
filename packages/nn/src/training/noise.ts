/** Where the random numbers of a step come from. */

import { Random } from '@gradus/base';
import {
  apply,
  applyMany,
  type Graph,
  type HostTensor,
  input,
  int64,
  rebuild,
  type Tensor,
} from '@gradus/engine';
import { type Allocate, floats } from './parameter-arrays.ts';
import { NOISE_POOL, NOISE_START, type TrainingStep } from './phase.ts';

/**
 * Random numbers for a step, as stretches of one fixed pool that is fed: cutting a stretch out costs a copy, where
 * drawing the numbers anew would cost more than the layers they are for.
 */
export class Noise {
  readonly #pool = input(NOISE_POOL, ['pool']);
  readonly #start = input(NOISE_START, [1], 'int64');
  readonly #wanted: { readonly handle: Tensor; readonly shape: readonly number[]; readonly size: number }[] =
    [];

  /** A placeholder for uniform numbers of `shape`, until `settled` says where they come from. */
  take(shape: readonly number[]): Tensor {
    const handle = input(`noise:${this.#wanted.length}`, shape);
    this.#wanted.push({ handle, shape, size: shape.reduce((a, b) => a * b, 1) });
    return handle;
  }

  /** A graph in which the placeholders have become stretches of the pool, which it is fed. */
  settled(graph: Graph<Tensor>): TrainingStep {
    if (this.#wanted.length === 0) return { graph, noise: 0 };
    const sizes = this.#wanted.map(({ size }) => size);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const stretch = apply('Slice', [this.#pool, this.#start, this.#start.add(int64([total]))]).reshape([
      total,
    ]);
    const parts = sizes.length === 1 ? [stretch] : applyMany('Split', [stretch, int64(sizes)], { axis: 0 });
    const values = new Map(this.#wanted.map(({ handle, shape }, i) => [handle, parts[i]!.reshape(shape)]));
    const outputs = rebuild(Object.values(graph.outputs), { values });
    return {
      graph: {
        ...graph,
        inputs: { ...graph.inputs, [NOISE_POOL]: this.#pool, [NOISE_START]: this.#start },
        outputs: Object.fromEntries(Object.keys(graph.outputs).map((name, i) => [name, outputs[i]!])),
      },
      noise: total,
    };
  }
}

/** Enough that two steps rarely share a stretch. */
const SMALLEST = 1 << 20;

/** Random numbers drawn once; every step takes stretches of them, wherever chance says. */
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
