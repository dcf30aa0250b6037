/**
 * The random numbers of a graph in training mode (dropout), as slices of one fixed pool that is fed: to slice costs a copy, where
 * drawing the numbers anew would cost more than the layers that use them.
 */
import {
  apply,
  applyMany,
  type Graph,
  input,
  int64,
  rebuild,
  type Tensor,
  withOutputs,
} from '@gradus/engine';
import type { TrainingStep } from '../phase.ts';
import { NOISE_POOL, NOISE_START } from './names.ts';

export class NoiseInputs {
  readonly #pool = input(NOISE_POOL, ['pool']);
  readonly #start = input(NOISE_START, [1], 'int64');
  readonly #requests: {
    readonly placeholder: Tensor;
    readonly shape: readonly number[];
    readonly size: number;
  }[] = [];

  /** A placeholder for uniform numbers of `shape`, until `resolved` makes it a slice of the pool. */
  placeholder(shape: readonly number[]): Tensor {
    const placeholder = input(`noise:${this.#requests.length}`, shape);
    this.#requests.push({ placeholder, shape, size: shape.reduce((a, b) => a * b, 1) });
    return placeholder;
  }

  /** The graph with slices of the pool in place of the placeholders; the pool is one of its inputs. */
  resolved(graph: Graph<Tensor>): TrainingStep {
    if (this.#requests.length === 0) return { graph, noise: 0 };
    const sizes = this.#requests.map(({ size }) => size);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const numbers = apply('Slice', [this.#pool, this.#start, this.#start.add(int64([total]))]).reshape([
      total,
    ]);
    const slices = sizes.length === 1 ? [numbers] : applyMany('Split', [numbers, int64(sizes)], { axis: 0 });
    const values = new Map(
      this.#requests.map(({ placeholder, shape }, i) => [placeholder, slices[i]!.reshape(shape)]),
    );
    const fed = {
      ...graph,
      inputs: { ...graph.inputs, [NOISE_POOL]: this.#pool, [NOISE_START]: this.#start },
    };
    return { graph: withOutputs(fed, rebuild(Object.values(graph.outputs), { values })), noise: total };
  }
}
