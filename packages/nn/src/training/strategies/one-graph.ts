/** The strategy that computes a whole training step as one graph: one call of the runtime, on any device. */
import type { Random } from '@gradus/base';
import type { HostTensor } from '@gradus/engine';
import { nextName, scalarName } from '../graphs/names.ts';
import { trainingPhases } from '../graphs/training-step.ts';
import { type CompiledHow, GraphsByShape } from '../graphs-by-shape.ts';
import type { Phase, TrainingStep } from '../phase.ts';
import { allocatePrivate, newScalar } from './arrays.ts';
import { DoubleBuffer } from './double-buffer.ts';
import { countOf, NoisePool, noiseOf, place } from './noise-pool.ts';
import type { Arrays, MakeStrategy, Strategy, StrategyOptions } from './strategy.ts';

/**
 * For a Trainer whose frozen weights are large: the step holds them once, not once for each worker.
 * @param compile what makes the step's graph ready to run: with its weights in a file, where they are many
 */
export const oneGraph =
  (compile?: CompiledHow['compile']): MakeStrategy =>
  (phases, state, options) =>
    new OneGraph(phases, state, { ...options, ...(compile && { compile }) });

export class OneGraph implements Strategy {
  readonly #phases: readonly Phase[];
  readonly #random: Random;
  readonly #graphs: GraphsByShape<TrainingStep>;
  readonly #noise = new NoisePool(allocatePrivate);
  readonly #buffers: DoubleBuffer;

  constructor(
    phases: readonly Phase[],
    state: Arrays,
    { random, ...options }: StrategyOptions & CompiledHow,
  ) {
    this.#phases = phases;
    this.#random = random;
    this.#buffers = new DoubleBuffer(phases, state, allocatePrivate);
    this.#graphs = new GraphsByShape((batch) => trainingPhases(phases, batch), { alone: true, ...options });
  }

  get state(): Arrays {
    return this.#buffers.buffers[this.#buffers.front].arrays;
  }

  async step(batch: Arrays, n: number): Promise<Record<string, number>> {
    const { compiled, noise: parts } = await this.#graphs.for(batch);
    const feeds: Record<string, HostTensor> = { ...batch, ...this.state };
    for (const { optimizer, name } of this.#phases) {
      for (const [key, value] of Object.entries(optimizer.scalars(n))) {
        feeds[scalarName(name, key)] = { dtype: 'float32', dims: [], data: Float32Array.of(value) };
      }
    }
    const count = countOf(parts);
    const noise = this.#noise.feeds(parts, count);
    place(noise, parts, this.#noise.startOf(count, noiseOf(this.#random, n)));
    Object.assign(feeds, noise);
    const into: Record<string, HostTensor> = {};
    for (const { name } of this.#phases) into[name] = newScalar(allocatePrivate);
    const back = this.#buffers.buffers[1 - this.#buffers.front]!;
    for (const [name, value] of Object.entries(back.arrays)) into[nextName(name)] = value;
    await compiled.run(feeds, into);
    const losses = Object.fromEntries(this.#phases.map(({ name }) => [name, into[name]!.data[0] as number]));
    this.#buffers.commit(losses);
    return losses;
  }

  close(): Promise<void> {
    return this.#graphs.close();
  }
}
