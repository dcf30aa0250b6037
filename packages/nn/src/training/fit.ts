/**
 * Trains a model: epochs of shuffled batches, watched on validation data, stopped early, the best parameters kept.
 *
 * Everything random comes from `random` by epoch and step, and the state after each epoch can be saved; so a
 * training run that was killed goes on to the same result.
 */
import { type Graph, type HostTensor, input, Random, type Tensor } from '@gradus/engine';
import { type CompiledGraph, compile } from '@gradus/engine/node';
import { initialize, loadState, type Module, parametersOf, stateOf } from '../module.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { batchesOf, type Dataset } from './dataset.ts';
import {
  NOISE_POOL,
  NOISE_START,
  nextName,
  parameterName,
  parametersAsInputs,
  scalarName,
  stateName,
  trainingStep,
} from './step.ts';

export interface FitOptions {
  /** Traces the mean loss of a batch with the model's layers; asked once for every shape of batch. */
  loss(batch: Readonly<Record<string, Tensor>>): Tensor;
  readonly optimizer: Optimizer;
  readonly epochs: number;
  readonly batchSize: number;
  /** Watched after each epoch; the parameters that do best on it are the result. Without it, the last ones are. */
  readonly validation?: Dataset;
  /** Epochs without a better validation loss before training stops. Default: never. */
  readonly patience?: number;
  readonly random: Random;
  readonly signal?: AbortSignal;
  /** Threads of the runtime; default 0: one a core. */
  readonly threads?: number;
  /** Told after every step. */
  onStep?(step: number, steps: number): void;
  /** Told after every epoch. */
  onEpoch?(epoch: EpochResult): void;
  /** Where the state after each epoch is kept, and found again. */
  readonly checkpoint?: { save(state: unknown): void; load(): unknown };
}

export interface EpochResult {
  /** Counted from 1. */
  readonly epoch: number;
  /** Mean training loss over the epoch, dropout included. */
  readonly loss: number;
  readonly validationLoss?: number;
}

export interface FitResult {
  readonly epochs: readonly EpochResult[];
  /** The epoch whose parameters the model now has. */
  readonly best: number;
}

/** What a checkpoint holds: plain data. */
interface TrainingState {
  readonly epochs: EpochResult[];
  step: number;
  arrays: Record<string, HostTensor>;
  best: { epoch: number; loss: number; parameters: Record<string, HostTensor> } | undefined;
}

export async function fit(model: Module, train: Dataset, options: FitOptions): Promise<FitResult> {
  const { optimizer, random, validation, patience = Number.POSITIVE_INFINITY } = options;
  // Traced once to learn which parameters there are.
  options.loss(placeholders(train.batch(Int32Array.of(0))));
  initialize(model, random.fork('parameters'));
  const state = (options.checkpoint?.load() as TrainingState | undefined) ?? firstState(model, optimizer);
  const steps = options.epochs * Math.ceil(train.size / options.batchSize);
  const stepper = new Stepper(model, options, state);
  const judge = validation && new LossMeter(model, options.loss, options.threads);
  try {
    for (let epoch = state.epochs.length + 1; epoch <= options.epochs; epoch++) {
      if (state.best && epoch - 1 - state.best.epoch >= patience) break;
      let total = 0;
      for (const rows of batchesOf(train, options.batchSize, random.fork(`epoch ${epoch}`))) {
        options.signal?.throwIfAborted();
        total += (await stepper.step(train.batch(rows))) * rows.length;
        options.onStep?.(state.step, steps);
      }
      state.arrays = stepper.arrays;
      const parameters = parametersIn(state.arrays, model);
      const result: EpochResult = {
        epoch,
        loss: total / train.size,
        ...(judge && { validationLoss: await judge.measure(validation, parameters, options.batchSize) }),
      };
      state.epochs.push(result);
      const watched = result.validationLoss ?? Number.NEGATIVE_INFINITY;
      if (!state.best || watched < state.best.loss || !judge) {
        state.best = { epoch, loss: watched, parameters: copied(parameters) };
      }
      options.onEpoch?.(result);
      options.checkpoint?.save(state);
    }
  } finally {
    await Promise.all([stepper.close(), judge?.close()]);
  }
  if (state.best) loadState(model, state.best.parameters);
  return { epochs: state.epochs, best: state.best?.epoch ?? 0 };
}

function firstState(model: Module, optimizer: Optimizer): TrainingState {
  const arrays: Record<string, HostTensor> = {};
  const parameters = parametersOf(model);
  for (const [name, value] of Object.entries(stateOf(model))) {
    arrays[parameterName(name)] = { ...value, data: (value.data as Float32Array).slice() };
    for (const slot of parameters.get(name)!.trainable ? optimizer.state : []) {
      arrays[stateName(slot, name)] = { ...value, data: new Float32Array(value.data.length) };
    }
  }
  return { epochs: [], step: 0, arrays, best: undefined };
}

const copied = (arrays: Record<string, HostTensor>): Record<string, HostTensor> =>
  Object.fromEntries(
    Object.entries(arrays).map(([name, value]) => [
      name,
      { ...value, data: (value.data as Float32Array).slice() },
    ]),
  );

function parametersIn(arrays: Record<string, HostTensor>, model: Module): Record<string, HostTensor> {
  return Object.fromEntries(
    [...parametersOf(model).keys()].map((name) => [name, arrays[parameterName(name)]!]),
  );
}

/** Placeholders for a batch of these types. */
function placeholders(batch: Readonly<Record<string, HostTensor>>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(batch).map(([name, { dtype, dims }]) => [name, input(name, dims, dtype)]),
  );
}

/** One compiled graph for every shape of batch that comes along. */
class GraphsByShape<G extends { graph: Graph }> {
  readonly #made = new Map<string, Promise<G & { compiled: CompiledGraph }>>();
  readonly #make: (batch: Record<string, Tensor>) => G;
  readonly #threads: number;

  constructor(make: (batch: Record<string, Tensor>) => G, threads = 0) {
    this.#make = make;
    this.#threads = threads;
  }

  for(batch: Readonly<Record<string, HostTensor>>): Promise<G & { compiled: CompiledGraph }> {
    const shapes = Object.values(batch)
      .map(({ dims }) => dims.join('×'))
      .join();
    let found = this.#made.get(shapes);
    if (!found) {
      found = this.#compile(batch);
      this.#made.set(shapes, found);
    }
    return found;
  }

  async #compile(batch: Readonly<Record<string, HostTensor>>) {
    const made = this.#make(placeholders(batch));
    return { ...made, compiled: await compile(made.graph, { threads: this.#threads }) };
  }

  async close(): Promise<void> {
    for (const { compiled } of await Promise.all(this.#made.values())) await compiled.close();
  }
}

/** Numbers in the pool of noise: enough that two steps rarely share a stretch of it. */
const SMALLEST_POOL = 1 << 20;

/** Runs training steps. Parameters and state live in two sets of arrays that take turns being read and written. */
class Stepper {
  arrays: Record<string, HostTensor>;
  #spare: Record<string, HostTensor>;
  #pool = new Float32Array(0);
  readonly #state: TrainingState;
  readonly #options: FitOptions;
  readonly #graphs: GraphsByShape<ReturnType<typeof trainingStep>>;

  constructor(model: Module, options: FitOptions, state: TrainingState) {
    this.#options = options;
    this.#state = state;
    this.arrays = copied(state.arrays);
    this.#spare = copied(state.arrays);
    this.#graphs = new GraphsByShape(
      (batch) => trainingStep(options.loss, batch, parametersOf(model), options.optimizer),
      options.threads,
    );
  }

  /** @returns the batch's loss before the step. */
  async step(batch: Readonly<Record<string, HostTensor>>): Promise<number> {
    const { compiled, noise } = await this.#graphs.for(batch);
    this.#state.step += 1;
    const feeds: Record<string, HostTensor> = { ...batch, ...this.arrays };
    for (const [name, value] of Object.entries(this.#options.optimizer.scalars(this.#state.step))) {
      feeds[scalarName(name)] = { dtype: 'float32', dims: [], data: Float32Array.of(value) };
    }
    if (noise > 0) {
      const pool = this.#noisePool(noise);
      const start = this.#options.random.fork(`noise ${this.#state.step}`).below(pool.length - noise + 1);
      feeds[NOISE_POOL] = { dtype: 'float32', dims: [pool.length], data: pool };
      feeds[NOISE_START] = { dtype: 'int64', dims: [1], data: BigInt64Array.of(BigInt(start)) };
    }
    const loss: HostTensor = { dtype: 'float32', dims: [], data: new Float32Array(1) };
    const into: Record<string, HostTensor> = { loss };
    for (const [name, value] of Object.entries(this.#spare)) into[nextName(name)] = value;
    await compiled.run(feeds, into);
    [this.arrays, this.#spare] = [this.#spare, this.arrays];
    return loss.data[0] as number;
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

/** Measures the loss of given parameters on a data set, without dropout. */
class LossMeter {
  readonly #graphs: GraphsByShape<{ graph: Graph }>;

  constructor(model: Module, loss: FitOptions['loss'], threads: number | undefined) {
    this.#graphs = new GraphsByShape((batch) => {
      const { inputs, outputs } = parametersAsInputs([loss(batch)], parametersOf(model));
      return { graph: { name: 'loss', inputs: { ...batch, ...inputs }, outputs: { loss: outputs[0]! } } };
    }, threads);
  }

  async measure(data: Dataset, parameters: Record<string, HostTensor>, batchSize: number): Promise<number> {
    let total = 0;
    for (const rows of batchesOf(data, batchSize)) {
      const batch = data.batch(rows);
      const { compiled } = await this.#graphs.for(batch);
      const feeds = Object.entries(parameters).map(([name, value]) => [parameterName(name), value]);
      const { loss } = await compiled.run({ ...batch, ...Object.fromEntries(feeds) });
      total += (loss!.data[0] as number) * rows.length;
    }
    return total / data.size;
  }

  close(): Promise<void> {
    return this.#graphs.close();
  }
}
