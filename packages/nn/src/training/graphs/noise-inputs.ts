/**
 * The random numbers of a graph in training mode (dropout), as slices of one fixed pool that is fed: to slice costs a copy, where
 * drawing the numbers anew would cost more than the layers that use them.
 *
 * A step has one stretch of the pool, and each use of noise its own part of that, laid out for the whole batch. The graph of a shard
 * cuts the numbers of its examples out of these: the masks are the same whatever the shards, as in PyTorch and Keras whatever the
 * number of threads.
 */
import {
  apply,
  type BatchAxis,
  type Graph,
  input,
  int64,
  rebuild,
  type Tensor,
  withOutputs,
} from '@gradus/engine';
import type { NoisePart } from '../phase.ts';
import { NOISE_FIRST, NOISE_POOL, NOISE_START } from './names.ts';

/** What a shard's graph must know of the batch: its examples, and where they lie in each value that noise is used on. */
export interface ShardNoise {
  readonly examples: number;
  readonly axes: readonly BatchAxis[];
}

interface Request {
  readonly placeholder: Tensor;
  readonly shape: readonly number[];
  readonly layout: Layout;
}

/** The elements of a value as [blocks, examples, width]. */
interface Layout {
  readonly blocks: number;
  readonly examples: number;
  readonly width: number;
}

export class NoiseInputs {
  readonly #pool = input(NOISE_POOL, ['pool']);
  readonly #shard: ShardNoise | undefined;
  readonly #requests: Request[] = [];

  /** @param shard default: the graph is that of a whole batch */
  constructor(shard?: ShardNoise) {
    this.#shard = shard;
  }

  /** A placeholder for uniform numbers of `shape`, until `resolved` makes it a slice of the pool. */
  placeholder(shape: readonly number[]): Tensor {
    const i = this.#requests.length;
    const placeholder = input(`noise:${i}`, shape);
    this.#requests.push({ placeholder, shape, layout: layoutOf(shape, this.#shard?.axes[i]) });
    return placeholder;
  }

  /** The graph with slices of the pool in place of the placeholders; the pool is one of its inputs. */
  resolved(graph: Graph<Tensor>): { readonly graph: Graph<Tensor>; readonly noise: readonly NoisePart[] } {
    const count = this.#requests.length;
    if (count === 0) return { graph, noise: [] };
    const start = input(NOISE_START, [count], 'int64');
    const first = input(NOISE_FIRST, [1], 'int64');
    const noise: NoisePart[] = [];
    const values = new Map<Tensor, Tensor>();
    let from = 0;
    for (const [i, { placeholder, shape, layout }] of this.#requests.entries()) {
      const { blocks, examples, width } = layout;
      const all = this.#shard?.examples ?? examples;
      const size = blocks * all * width;
      const together = blocks === 1;
      const at = count === 1 ? start : start.slice([i], [i + 1]);
      const numbers = this.#slice(this.#pool, at, together ? examples * width : size);
      const own = together ? numbers : this.#slice(numbers.reshape([blocks, all, width]), first, examples, 1);
      values.set(placeholder, own.reshape(shape));
      noise.push({ from, size, ...(together && { perExample: width }) });
      from += size;
    }
    const isPicked = noise.some(({ perExample }) => perExample === undefined);
    const fed = {
      ...graph,
      inputs: {
        ...graph.inputs,
        [NOISE_POOL]: this.#pool,
        [NOISE_START]: start,
        ...(isPicked && { [NOISE_FIRST]: first }),
      },
    };
    return { graph: withOutputs(fed, rebuild(Object.values(graph.outputs), { values })), noise };
  }

  #slice(x: Tensor, from: Tensor, length: number, axis = 0): Tensor {
    const sliced = apply('Slice', [x, from, from.add(int64([length])), int64([axis])]);
    return sliced.reshape(x.shape.map((dim, i) => (i === axis ? length : dim)));
  }
}

/** A whole batch is one block, in which nothing needs to be picked. */
function layoutOf(shape: readonly number[], axis: BatchAxis | undefined): Layout {
  const size = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1);
  if (!axis) return { blocks: 1, examples: 1, width: size(shape) };
  const blocks = size(shape.slice(0, axis.axis)) * axis.outer;
  const width = size(shape.slice(axis.axis + 1)) * axis.inner;
  return { blocks, examples: size(shape) / blocks / width, width };
}
