/** What is measured of a model of a table. Plain data that survives JSON. */

import type { Localized } from '@gradus/base';
import type { Interval, ReliabilityBin } from '@gradus/stats';
import type { Estimate } from '../../shared/estimate.ts';
import type { TaskEvaluation } from '../../shared/evaluation.ts';
import type { PromiseKept } from '../../shared/promise.ts';
import type { Standing } from '../../shared/standing.ts';
import type { Scores } from '../answers.ts';
import type { MetricName } from './metrics.ts';

export interface TableEvaluation extends TaskEvaluation {
  readonly metric: MetricName;
  /** By figure: 95 %. */
  readonly interval: Readonly<Record<string, Interval>>;
  /** By name: `majority` or `mean`, and `linear`. */
  readonly baselines: Readonly<Record<string, Scores>>;
  /** The model against each of them, by the mean of a loss. */
  readonly against: Readonly<Record<string, Comparison>>;
  /** Against guessing where that is not beaten, else against the best baseline. */
  readonly verdict: 'better' | `no better than ${string}`;
  /** How many groups stand or fall together; null where each row stands for itself. */
  readonly groups: number | null;
  /** So few that intervals are wide and may still be too narrow. */
  readonly hasFewGroups: boolean;
  /** The figure of the slices: the chosen one, or one that does not depend on how frequent a class is among their rows. */
  readonly sliceMetric: MetricName;
  readonly slices: readonly TableSlice[];
  /** Of classes and of numbers. */
  readonly detail: ClassDetail | NumberDetail;
}

export interface Comparison {
  /** The loss that was compared, in words, and its means. */
  readonly loss: Localized;
  readonly model: number;
  readonly baseline: number;
  /** Two-sided. */
  readonly pValue: number;
  readonly standing: Standing;
}

export interface TableSlice extends Estimate {
  readonly name: Localized;
  readonly n: number;
  /** Of the difference from all rows, two-sided, corrected for there being many slices (Benjamini and Hochberg, 1995). */
  readonly pValue: number;
  /** The figure is worse here than on all rows, and than the probabilities of these rows promise, both beyond chance. */
  readonly isWorse: boolean;
  readonly isNewest: boolean;
}

export interface ClassDetail {
  readonly kind: 'classes';
  readonly classes: readonly string[];
  /** Held-out rows by actual, then by predicted class. */
  readonly confusion: readonly (readonly number[])[];
  /** Of the probability of the second class; of more than two classes, of the likeliest class. */
  readonly reliability: readonly ReliabilityBin[];
  readonly perClass: readonly ClassReading[];
  /** Of two classes: the tenth of the rows with the highest probability of the second. */
  readonly top: { readonly n: number; readonly precision: Estimate } | null;
  /** What came of the promise; null where there is none. */
  readonly abstention: PromiseKept | null;
}

export interface ClassReading {
  /** Share of the rows. */
  readonly base: number;
  /** Rows that the model says to be of the class. */
  readonly said: number;
  /** Of these, how many are; null where there are none. */
  readonly precision: Estimate | null;
  /** Of the rows of the class, how many it says so of; null where there are none. */
  readonly recall: Estimate | null;
}

export interface NumberDetail {
  readonly kind: 'numbers';
  /** Of the intervals that promise 90 %; null where the model gives none. */
  readonly intervals: {
    readonly promised: number;
    readonly coverage: Estimate;
    readonly meanWidth: number;
  } | null;
  /** Of the true values: the range from the 5th to the 95th percentile. */
  readonly spread: Interval;
  /** [actual, predicted] of an even sample of the rows. */
  readonly points: readonly (readonly [number, number])[];
  /** Rows by predicted value, the lowest tenth first. */
  readonly tenths: readonly { readonly n: number; readonly predicted: number; readonly actual: number }[];
}
