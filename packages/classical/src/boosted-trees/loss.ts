/** What a loss of boosted trees is: losses.ts has them. */
export interface TreeTarget {
  /** [rows]. Classes from 0; for survival the time, negative where it was cut off before the event. */
  readonly values: ArrayLike<number>;
  /** [rows], none negative; all 1 where there are none. */
  readonly weights?: ArrayLike<number> | undefined;
  /** For `lambdarank`: the sizes of the groups within which rows are ordered, rows of a group beside each other. */
  readonly groups?: ArrayLike<number> | undefined;
}

export interface TreeLoss {
  readonly name: string;
  /** Scores a row has: one, or one for each class. */
  readonly outputs: number;
  /** @throws UserError naming the row whose target cannot be learnt */
  check(target: TreeTarget): void;
  /** The best constant scores, by output. */
  constant(target: TreeTarget): Float64Array;
  /** @param scores [rows, outputs] @param into by output */
  derivatives(
    target: TreeTarget,
    scores: Float64Array,
    into: readonly [Derivatives, ...(readonly Derivatives[])],
  ): void;
  /** The mean loss, by weight. */
  value(target: TreeTarget, scores: Float64Array): number;
  /** Scores to answers, in place: probabilities, expected counts. [rows, outputs] */
  answer(scores: Float64Array): void;
  /** Where the mean of derivatives is a poor step: the quantile of the residuals that a leaf answers with. */
  readonly leafQuantile?: number;
}

/** [rows] each, times the weights. */
export interface Derivatives {
  readonly gradients: Float32Array;
  readonly hessians: Float32Array;
}
