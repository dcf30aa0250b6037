/**
 * Trains a model: epochs of shuffled batches, validation after each, early stopping, the best parameters at the end.
 *
 * All randomness comes from `random`, by epoch and step, and the state after each epoch can be saved: a run that was killed
 * resumes to the same result.
 */

import type { Random } from '@gradus/base';
import type { Graph, HostTensor, Tensor } from '@gradus/engine';
import type { Device } from '@gradus/engine/runtime';
import { rangeChecks } from '../index-ranges.ts';
import { initialize, loadState, type Module, parametersOf } from '../module.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { batchesOf, type Dataset, type PreparedDataset } from './dataset.ts';
import { parameterName } from './graphs/names.ts';
import { parametersAsInputs } from './graphs/parameters-as-inputs.ts';
import { GraphsByShape, type GraphsOptions, placeholders } from './graphs-by-shape.ts';
import { Trainer, type TrainerState } from './trainer.ts';

export interface FitOptions {
  /** Traces the mean loss of a batch with the model's layers; called once for every shape of batch. */
  loss(batch: Readonly<Record<string, Tensor>>): Tensor;
  readonly optimizer: Optimizer;
  readonly epochs: number;
  readonly batchSize: number;
  /** Evaluated after each epoch; the parameters with the best loss on it are the result. Default: the last ones are. */
  readonly validation?: Dataset;
  /** Epochs without a better validation loss before training stops. Default: never. */
  readonly patience?: number;
  readonly random: Random;
  readonly signal?: AbortSignal;
  /** `cpu` (the default; in a page WebAssembly), `webgpu`, or in Node `cuda`. */
  readonly device?: Device | undefined;
  /** Default 0: one a core. Their number changes the order of sums, and so the last digits. */
  readonly threads?: number;
  /** Called after every step. */
  onStep?(step: number, steps: number): void;
  /** Called after every epoch. */
  onEpoch?(epoch: EpochResult): void;
  /** Gradients whose norm over all parameters is larger are scaled down to this norm (Pascanu, Mikolov and Bengio, 2013). */
  readonly clipNorm?: number;
  /** Saves the state after each epoch, and loads it when training resumes. */
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

/** The content of a checkpoint: plain data. */
interface TrainingState {
  readonly epochs: EpochResult[];
  trainer: TrainerState | undefined;
  best: { epoch: number; loss: number; parameters: Record<string, HostTensor> } | undefined;
}

/**
 * @throws UserError where the loss is not finite; it says what to try
 */
export async function fit(
  model: Module,
  train: Dataset | PreparedDataset,
  options: FitOptions,
): Promise<FitResult> {
  const { optimizer, random, validation, patience = Number.POSITIVE_INFINITY } = options;
  // The first trace creates the parameters.
  options.loss(placeholders(await train.batch(Int32Array.of(0))));
  initialize(model, random.fork('parameters'));
  const parameters = parametersOf(model);
  const state: TrainingState = (options.checkpoint?.load() as TrainingState | undefined) ?? {
    epochs: [],
    trainer: undefined,
    best: undefined,
  };
  const steps = options.epochs * Math.ceil(train.size / options.batchSize);
  const { clipNorm, device, threads } = options;
  const phase = { name: 'loss', loss: options.loss, parameters, optimizer, ...(clipNorm && { clipNorm }) };
  const trainer = new Trainer([phase], { random, device, threads, alone: !train.length }, state.trainer);
  const meter = validation && new LossMeter(model, options.loss, { device, threads });
  try {
    for (let epoch = state.epochs.length + 1; epoch <= options.epochs; epoch++) {
      if (state.best && epoch - 1 - state.best.epoch >= patience) break;
      let total = 0;
      const batches = batchesOf(train, options.batchSize, random.fork(`epoch ${epoch}`));
      if ('ahead' in train) train.ahead(batches, epoch);
      for (const rows of batches) {
        options.signal?.throwIfAborted();
        const { loss } = await trainer.step(await train.batch(rows));
        total += loss! * rows.length;
        options.onStep?.(trainer.steps, steps);
      }
      const values = Object.fromEntries([...trainer.parameters()].map(([{ name }, value]) => [name, value]));
      const result: EpochResult = {
        epoch,
        loss: total / train.size,
        ...(meter && { validationLoss: await meter.measure(validation, values, options.batchSize) }),
      };
      state.epochs.push(result);
      const watched = result.validationLoss ?? Number.NEGATIVE_INFINITY;
      if (!state.best || watched < state.best.loss || !meter) {
        state.best = { epoch, loss: watched, parameters: copied(values) };
      }
      options.onEpoch?.(result);
      if (options.checkpoint) {
        state.trainer = trainer.state();
        options.checkpoint.save(state);
      }
    }
  } finally {
    await Promise.all([trainer.close(), meter?.close()]);
  }
  if (state.best) loadState(model, state.best.parameters);
  return { epochs: state.epochs, best: state.best?.epoch ?? 0 };
}

const copied = (arrays: Record<string, HostTensor>): Record<string, HostTensor> =>
  Object.fromEntries(
    Object.entries(arrays).map(([name, value]) => [
      name,
      { ...value, data: (value.data as Float32Array).slice() },
    ]),
  );

/** Measures the loss of parameters on a data set, without dropout. */
class LossMeter {
  readonly #graphs: GraphsByShape<{ graph: Graph }>;
  readonly #checkRanges: (batch: Readonly<Record<string, HostTensor>>) => void;

  constructor(model: Module, loss: FitOptions['loss'], options: GraphsOptions) {
    this.#checkRanges = rangeChecks(loss);
    this.#graphs = new GraphsByShape((batch) => {
      const { inputs, outputs } = parametersAsInputs([loss(batch)], parametersOf(model));
      return { graph: { name: 'loss', inputs: { ...batch, ...inputs }, outputs: { loss: outputs[0]! } } };
    }, options);
  }

  async measure(data: Dataset, parameters: Record<string, HostTensor>, batchSize: number): Promise<number> {
    let total = 0;
    for (const rows of batchesOf(data, batchSize)) {
      const batch = data.batch(rows);
      this.#checkRanges(batch);
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
