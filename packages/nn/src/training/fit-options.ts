/** The options of `fit`. */
import type { Random } from '@gradus/base';
import type { Tensor } from '@gradus/engine';
import type { Device } from '@gradus/engine/runtime';
import type { Optimizer } from '../optimizers/optimizer.ts';
import type { Dataset } from './dataset.ts';

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
  /** Asked after every step: where it says true the epoch ends there, is measured as others are, and is the last. A clock may say so. */
  isOver?(): boolean;
  /** Called after every epoch. */
  onEpoch?(epoch: EpochResult): void;
  /** Gradients whose norm over all parameters is larger are scaled down to this norm (Pascanu, Mikolov and Bengio, 2013). */
  readonly clipNorm?: number;
  /**
   * Saves the state after each epoch, and loads it when training resumes; `load` gives undefined where there is none. Both may
   * return promises. A state is plain data: JSON, structuredClone and v8.serialize keep it whole.
   */
  readonly checkpoint?: { save(state: unknown): unknown; load(): unknown };
}

export interface EpochResult {
  /** Counted from 1. */
  readonly epoch: number;
  /** Mean training loss over the epoch, dropout included. */
  readonly loss: number;
  readonly validationLoss?: number;
}
