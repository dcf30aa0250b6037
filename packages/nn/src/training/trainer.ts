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
import { type HostTensor, Random, UserError } from '@gradus/engine';
import type { Parameter } from '../parameter.ts';
import { GraphsByShape, type GraphsOptions } from './graphs-by-shape.ts';
import {
  NOISE_POOL,
  NOISE_START,
  nextName,
  type Phase,
  parameterName,
  scalarName,
  stateName,
  type TrainingStep,
  trainingPhases,
} from './step.ts';

/** `alone`: default true; false where the shapes of batches differ. */
export interface TrainerOptions extends GraphsOptions {
  /** Where dropout's masks come from, by step. */
  readonly random: Random;
}

/** What training has come to: plain data, to be kept and gone on from. */
export interface TrainerState {
  readonly step: number;
  readonly arrays: Readonly<Record<string, HostTensor>>;
}

/** Numbers in the pool of noise: enough that two steps rarely share a stretch of it. */
const SMALLEST_POOL = 1 << 20;

export class Trainer {
  readonly #phases: readonly Phase[];
  readonly #random: Random;
  readonly #graphs: GraphsByShape<TrainingStep>;
  #arrays: Record<string, HostTensor>;
  #spare: Record<string, HostTensor>;
  #step: number;
  #pool = new Float32Array(0);

  /** @param from What an earlier trainer's `state` was, to go on from. Default: the model's parameters as they are. */
  constructor(phases: readonly Phase[], { random, ...options }: TrainerOptions, from?: TrainerState) {
    this.#phases = phases;
    this.#random = random;
    this.#arrays = copied(from?.arrays ?? firstArrays(phases));
    this.#spare = copied(this.#arrays);
    this.#step = from?.step ?? 0;
    this.#graphs = new GraphsByShape((batch) => trainingPhases(phases, batch), { alone: true, ...options });
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
    const { compiled, noise } = await this.#graphs.for(batch);
    const step = this.#step + 1;
    const feeds: Record<string, HostTensor> = { ...batch, ...this.#arrays };
    for (const { optimizer, name } of this.#phases) {
      for (const [key, value] of Object.entries(optimizer.scalars(step))) {
        feeds[scalarName(name, key)] = { dtype: 'float32', dims: [], data: Float32Array.of(value) };
      }
    }
    if (noise > 0) {
      const pool = this.#noisePool(noise);
      const start = this.#random.fork(`noise ${step}`).below(pool.length - noise + 1);
      feeds[NOISE_POOL] = { dtype: 'float32', dims: [pool.length], data: pool };
      feeds[NOISE_START] = { dtype: 'int64', dims: [1], data: BigInt64Array.of(BigInt(start)) };
    }
    const into: Record<string, HostTensor> = {};
    for (const { name } of this.#phases)
      into[name] = { dtype: 'float32', dims: [], data: new Float32Array(1) };
    for (const [name, value] of Object.entries(this.#spare)) into[nextName(name)] = value;
    await compiled.run(feeds, into);
    const losses = Object.fromEntries(this.#phases.map(({ name }) => [name, into[name]!.data[0] as number]));
    for (const [name, loss] of Object.entries(losses)) {
      if (!Number.isFinite(loss)) throw diverged(name, loss, step);
    }
    [this.#arrays, this.#spare] = [this.#spare, this.#arrays];
    this.#step = step;
    return losses;
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

  /** A pool twice as large as what a step takes, or larger; how large depends on that alone, so that a resumed run sees the same. */
  #noisePool(taken: number): Float32Array {
    const size = Math.max(SMALLEST_POOL, 2 * taken);
    if (this.#pool.length < size) {
      const random = new Random('noise pool');
      this.#pool = Float32Array.from({ length: size }, () => random.uniform());
    }
    return this.#pool.subarray(0, size);
  }

  close(): Promise<void> {
    return this.#graphs.close();
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
