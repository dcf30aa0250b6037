/** What the candidates of a table have in common: each fits a model of its own kind to encoded rows, and answers with scores. */
import type { Random } from '@gradus/base';
import type { Tensor } from '@gradus/engine';
import type { EncodedRows } from '../encoding.ts';

/** What is to be learnt of encoded rows: class indices, or numbers. */
export type TrainingTarget =
  | { readonly kind: 'classes'; readonly classes: number; readonly labels: Int32Array }
  | { readonly kind: 'numbers'; readonly values: Float64Array };

export interface TrainingRows {
  readonly encoded: EncodedRows;
  readonly target: TrainingTarget;
  readonly weights?: Float64Array | undefined;
}

export interface CandidateFitOptions<Config> {
  readonly config: Config;
  /** Rows that are not learnt from, by which training stops. */
  readonly validation?: TrainingRows | undefined;
  /** Rounds of training, where validation rows of other fits have shown how many are best. */
  readonly rounds?: number | undefined;
  /** What numbers are judged by. */
  readonly error: 'squared' | 'absolute';
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
}

/** A fitted candidate: plain data. */
export interface CandidateFit<State> {
  readonly state: State;
  /** The loss on the validation rows after each round, of models that can be asked as they were after any of them. */
  readonly curve?: readonly number[];
}

/** Encoded columns as tensors of the deployed graph. */
export interface EncodedTensors {
  /** [batch, number and calendar columns] float32, NaN where missing; absent where there are none */
  readonly treeNumbers?: Tensor;
  /** [batch, categories] int64 */
  readonly codes?: Tensor;
  /** [batch, width] float32 */
  readonly dense?: Tensor;
}

/**
 * Scores are logits of classes (of two, the logit of the second alone), or the number itself: [rows, outputs], row by row.
 */
export interface Candidate<Config = unknown, State = unknown> {
  fit(rows: TrainingRows, options: CandidateFitOptions<Config>): Promise<CandidateFit<State>>;
  /** @param rounds As it was after so many */
  scores(state: State, encoded: EncodedRows, rounds?: number): Promise<Float64Array>;
  /** The same scores: [batch, outputs] float32. */
  graph(state: State, tensors: EncodedTensors): Tensor;
}

export const CANDIDATES = ['linear', 'trees', 'mlp'] as const;
export type CandidateName = (typeof CANDIDATES)[number];

/** Scores a row has. */
export const outputsOf = (target: TrainingTarget): number =>
  target.kind === 'numbers' || target.classes === 2 ? 1 : target.classes;
