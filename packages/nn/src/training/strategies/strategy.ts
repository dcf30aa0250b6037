/**
 * A strategy executes training steps: it says where and how loss, gradients and update are computed. It holds the parameters and
 * the optimizer's state while they are trained.
 *
 * Two strategies are here: the whole step as one graph (one-graph.ts), and gradients of batch shards in parallel with the sum and the
 * update after them (data-parallel.ts). A strategy of one's own (MPI, federated) runs the gradient graphs, sums what they give
 * across machines, and runs the update graph; a Trainer takes it as an option.
 */
import type { Random } from '@gradus/base';
import type { HostTensor } from '@gradus/engine';
import type { GraphsOptions } from '../graphs-by-shape.ts';
import type { Phase } from '../phase.ts';
import type { StepLowering } from './lowering.ts';

export type Arrays = Readonly<Record<string, HostTensor>>;

export interface Strategy {
  /**
   * Takes training step number `n`, counted from 1. Where a loss is not finite, the state stays as it was.
   *
   * @returns each phase's loss before the step, by the phase's name
   */
  step(batch: Arrays, n: number): Promise<Record<string, number>>;
  /** Parameters and optimizer state as they are now, by the names that a step's graph has for them. Valid until the next step. */
  readonly state: Arrays;
  /** How steps are lowered, where that was chosen by measuring: a resumed training keeps to it. */
  readonly lowering?: StepLowering | undefined;
  close(): Promise<void>;
}

export interface StrategyOptions extends GraphsOptions {
  /** Where the noise of a step comes from (dropout), by its number. */
  readonly random: Random;
  /** How many steps are expected: with many, how they are lowered is measured on the first batch. Default: few. */
  readonly steps?: number | undefined;
  /** That of the training that is resumed. */
  readonly lowering?: StepLowering | undefined;
}

/** @param state what parameters and optimizer state begin with */
export type MakeStrategy = (phases: readonly Phase[], state: Arrays, options: StrategyOptions) => Strategy;
