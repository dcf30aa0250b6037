/** What a model of a table says of rows, and how it is judged: the values that evaluation, reports and reasons work on. Plain data. */
import type { Target } from './columns.ts';

/** Of two classes the probability of the second [rows], of more of each [rows, classes]; of numbers the number [rows]. */
export type Answered = Float64Array;

/** Figures by name: accuracy, auc, logLoss, …; rmse, mae, r2. */
export type Scores = Readonly<Record<string, number>>;

/** What was said of rows that nothing was fitted on, and what is true of them. */
export interface Judged {
  /** Of these rows alone. */
  readonly target: Target;
  readonly answers: Answered;
  /** Of numbers: ends of the intervals that promise to hold 90 % of the true values. */
  readonly low?: Float64Array;
  readonly high?: Float64Array;
  /** By name: `majority` or `mean`, and `linear`. */
  readonly baselines: Readonly<Record<string, Answered>>;
  /** Rows that share a number stand or fall together: intervals and tests draw groups, not rows. */
  readonly groups?: Int32Array;
  readonly weights?: Float64Array;
  /** By column: what slices are made of; null where missing. */
  readonly slices: Readonly<Record<string, readonly (string | null)[]>>;
  readonly times?: Float64Array;
}
