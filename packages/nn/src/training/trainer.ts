/**
 * The plain training loop, for those who write their own (GANs do):
 *
 *     const trainer = new Trainer([{ name: 'loss', loss, parameters: parametersOf(model), optimizer }], { random });
 *     for (const batch of batches) console.log(await trainer.step(batch));
 *     trainer.sync();
 *
 * It holds the parameters while it trains, in two sets of arrays that take turns being read and written; `sync` puts them
 * back into the model.
 */

import { type Random, UserError } from '@gradus/base';
import type { HostTensor } from '@gradus/engine';
import { workerPool } from '@gradus/engine/runtime';
import type { Parameter } from '../parameter.ts';
import { GraphsByShape, type GraphsOptions } from './graphs-by-shape.ts';
import { NoisePool } from './noise.ts';
import { type Allocate, Side } from './parameter-arrays.ts';
import {
  NOISE_POOL,
  NOISE_START,
  nextName,
  type Phase,
  parameterName,
  scalarName,
  stateName,
  type TrainingStep,
} from './phase.ts';
import { StagedSteps } from './staged-steps.ts';
import { trainingPhases } from './step.ts';

/**
 * On the processor a step is done in halves, and parts of the batch on several threads (staged-steps.ts); elsewhere it is one graph.
 *
 * `alone`: default true; false where the shapes of batches differ.
 */
export interface TrainerOptions extends GraphsOptions {
  /** Where dropout's masks come from, by step. */
  readonly random: Random;
}

/** What training has come to: plain data, to be kept and gone on from. */
export interface TrainerState {
  readonly step: number;
  readonly arrays: Readonly<Record<string, HostTensor>>;
}

export class Trainer {
  readonly #phases: readonly Phase[];
  readonly #random: Random;
  readonly #graphs: GraphsByShape<TrainingStep>;
  /** Undefined where a step is one graph. */
  readonly #staged: StagedSteps | undefined;
  readonly #noise: NoisePool;
  readonly #sides: readonly [Side, Side];
  /** The side that has the parameters as they are now. */
  #current: 0 | 1 = 0;
  #step: number;

  /** @param from What an earlier trainer's `state` was, to go on from. Default: the model's parameters as they are. */
  constructor(phases: readonly Phase[], { random, ...options }: TrainerOptions, from?: TrainerState) {
    this.#phases = phases;
    this.#random = random;
    const values = from?.arrays ?? firstArrays(phases);
    const { device = 'cpu', threads = 0 } = options;
    const pool = device === 'cpu' ? workerPool(threads) : undefined;
    const allocate: Allocate = (bytes) =>
      pool?.heap.allocate(bytes) ?? { buffer: new ArrayBuffer(bytes), offset: 0 };
    this.#sides = [new Side(phases, values, allocate), new Side(phases, values, allocate)];
    this.#noise = new NoisePool(allocate);
    this.#step = from?.step ?? 0;
    this.#graphs = new GraphsByShape((batch) => trainingPhases(phases, batch), { alone: true, ...options });
    if (pool) {
      this.#staged = new StagedSteps(phases, this.#sides, pool, { ...options, random, noise: this.#noise });
    }
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.#step;
  }

  /**
   * One step of every phase.
   *
   * @returns each phase's loss before its step
   * @throws UserError where a loss is not a number any more; the parameters are then those before the step
   */
  async step(batch: Readonly<Record<string, HostTensor>>): Promise<Record<string, number>> {
    const step = this.#step + 1;
    const staged = await this.#staged?.for(batch);
    const losses = await (staged ? staged(batch, step, this.#current) : this.#whole(batch, step));
    for (const [name, loss] of Object.entries(losses)) {
      if (!Number.isFinite(loss)) throw diverged(name, loss, step);
    }
    this.#current = this.#current === 0 ? 1 : 0;
    this.#step = step;
    return losses;
  }

  /** A step as one graph. */
  async #whole(batch: Readonly<Record<string, HostTensor>>, step: number): Promise<Record<string, number>> {
    const { compiled, noise } = await this.#graphs.for(batch);
    const feeds: Record<string, HostTensor> = { ...batch, ...this.#arrays };
    for (const { optimizer, name } of this.#phases) {
      for (const [key, value] of Object.entries(optimizer.scalars(step))) {
        feeds[scalarName(name, key)] = { dtype: 'float32', dims: [], data: Float32Array.of(value) };
      }
    }
    if (noise > 0) {
      const pool = this.#noise.for(noise);
      const start = this.#random.fork(`noise ${step}`).below(pool.data.length - noise + 1);
      feeds[NOISE_POOL] = pool;
      feeds[NOISE_START] = { dtype: 'int64', dims: [1], data: BigInt64Array.of(BigInt(start)) };
    }
    const into: Record<string, HostTensor> = {};
    for (const { name } of this.#phases)
      into[name] = { dtype: 'float32', dims: [], data: new Float32Array(1) };
    const next = this.#sides[1 - this.#current]!;
    for (const [name, value] of Object.entries(next.arrays)) into[nextName(name)] = value;
    await compiled.run(feeds, into);
    return Object.fromEntries(this.#phases.map(({ name }) => [name, into[name]!.data[0] as number]));
  }

  get #arrays(): Readonly<Record<string, HostTensor>> {
    return this.#sides[this.#current].arrays;
  }

  /** A copy of everything that the next step depends on. */
  state(): TrainerState {
    return { step: this.#step, arrays: copied(this.#arrays) };
  }

  /** The parameters as they are now, or their averages where the optimizer keeps them. Valid until the next step. */
  parameters(): Map<Parameter, HostTensor> {
    return new Map(
      this.#phases.flatMap(({ parameters, optimizer }) =>
        [...parameters].map(([name, parameter]) => {
          const average = parameter.trainable && optimizer.result?.(this.#step);
          const value = this.#arrays[average ? stateName(average.slot, name) : parameterName(name)]!;
          if (!average) return [parameter, value] as const;
          const data = (value.data as Float32Array).map((x) => x * average.scale);
          return [parameter, { ...value, data }] as const;
        }),
      ),
    );
  }

  /** Puts the parameters back into their model. */
  sync(): void {
    for (const [parameter, value] of this.parameters()) {
      parameter.value = { ...value, data: (value.data as Float32Array).slice() };
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#graphs.close(), this.#staged?.close()]);
  }
}

function firstArrays(phases: readonly Phase[]): Record<string, HostTensor> {
  const arrays: Record<string, HostTensor> = {};
  for (const { parameters, optimizer } of phases) {
    for (const [name, { source, trainable }] of parameters) {
      const value = (source as { data: HostTensor }).data;
      arrays[parameterName(name)] = value;
      for (const slot of trainable ? optimizer.state : []) {
        arrays[stateName(slot, name)] = { ...value, data: new Float32Array(value.data.length) };
      }
    }
  }
  return arrays;
}

const copied = (arrays: Readonly<Record<string, HostTensor>>): Record<string, HostTensor> =>
  Object.fromEntries(
    Object.entries(arrays).map(([name, value]) => [
      name,
      { ...value, data: (value.data as Float32Array).slice() },
    ]),
  );

function diverged(name: string, loss: number, step: number): UserError {
  return new UserError(
    `the ${name === 'loss' ? '' : `${name}'s `}loss became ${loss} at step ${step}. Usual causes: a learning rate that is too ` +
      'high (try a tenth), gradients that explode (try clipNorm: 1), or inputs that are not numbers or not scaled',
  );
}
