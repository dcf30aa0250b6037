/** What forecasting an item comes to, before and after the choice among candidates. Plain data. */
import type { ForecasterName, ReconcileMethod } from '@gradus/classical';

/** Forecasts of the past from origins before it: by them candidates are chosen and intervals are made. */
export interface Rolls {
  /** Values known at each roll, rising. */
  readonly origins: readonly number[];
  readonly steps: number;
}

/** How much of what a roll tells its neighbours do not: they overlap where they are closer than their steps. */
export function apartOf(rolls: Rolls | undefined): number {
  const [first, second] = rolls?.origins ?? [];
  return first === undefined || second === undefined ? 1 : Math.min(1, (second - first) / rolls!.steps);
}

/** What methods that know one item alone make of it. */
export interface LocalForecast {
  readonly rolls: Rolls | undefined;
  /** By roll. */
  readonly rolled: readonly Float64Array[];
  readonly naiveRolled: readonly Float64Array[];
  readonly forecast: Float64Array;
  readonly naive: Float64Array;
  /** Naive or seasonal naive, whichever erred less on the past. */
  readonly naiveName: ForecasterName;
  /** By method, summing to 1. */
  readonly weights: Readonly<Record<string, number>>;
  /** By method: what it has chosen among forms, where it searches. */
  readonly forms: Readonly<Record<string, string>>;
  /** Forecast without the effects of what is known ahead (holidays, price), which are put on again. */
  readonly hasEffects?: boolean;
}

/** Levels at which quantiles are told. */
export const QUANTILES = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975] as const;

export interface ItemForecast {
  readonly item: string;
  /** Place among the items of the history. */
  readonly place: number;
  readonly season: number;
  /** Step of the first forecast. */
  readonly first: number;
  readonly mean: Float64Array;
  /** What had to be beaten: naive or seasonal naive. */
  readonly naiveName: ForecasterName;
  /** Of all steps together, with its 80 % interval. */
  readonly total: { readonly value: number; readonly low: number; readonly high: number };
  /** [steps, QUANTILES] */
  readonly quantiles: Float64Array;
  /** [steps, QUANTILES]: what the quantiles are beside the mean, before they are kept from falling below zero. */
  readonly offsets: Float64Array;
  /** The item's size, by which the offsets grow. */
  readonly scale: number;
  /** Power of the forecast over the size by which the offsets grow. Default: 0. */
  readonly growth?: number;
  readonly isNonNegative: boolean;
  readonly method: string;
  readonly weights: Readonly<Record<string, number>>;
  /** By method: what it has chosen among forms, so that a history that has gone on is not searched anew. */
  readonly forms: Readonly<Record<string, string>>;
  /** Where a network forecasts that is not served: what tells a history that has gone on. */
  readonly ownWeights?: Readonly<Record<string, number>>;
  /** undefined where the past is too short to judge. */
  readonly judged?: ItemJudgement;
  /** Of a new item: what it was told by. */
  readonly analogy?: Analogy;
}

/** Past launches that a new item is told by. */
export interface Analogy {
  readonly launches: number;
  /** Those that count most. */
  readonly like: readonly string[];
  /** Errors over amounts when past launches are told by each other, and by their own first steps. */
  readonly error: number;
  readonly plainError: number;
}

export interface ItemJudgement {
  readonly rolls: number;
  readonly steps: number;
  /** Mean absolute errors in the past's rolls. */
  readonly error: number;
  readonly naiveError: number;
  /** The same over the mean amount of those steps. */
  readonly relative: number;
  readonly naiveRelative: number;
  /** Mean absolute scaled errors (Hyndman and Koehler, 2006). */
  readonly mase: number;
  readonly naiveMase: number;
  readonly beatsNaive: boolean;
}

/** The network that somebody brings, among an item's methods. */
export const NETWORK = 'network';
/** The model and the network of all items among an item's methods, and launches of other items. */
export const TREES = 'trees';
export const N_HITS = 'n-hits';
export const ANALOGY = 'analogy';

export interface SumForecast {
  /** What it is of, by column; {} is everything. */
  readonly of: Readonly<Record<string, string>>;
  /** Places of its items among the forecasts. */
  readonly members: readonly number[];
  /** Place among the grids. */
  readonly grid: number;
  readonly first: number;
  readonly mean: Float64Array;
  /** [steps, QUANTILES] */
  readonly quantiles: Float64Array;
  readonly total: ItemForecast['total'];
  /** Mean absolute error of the past's forecasts over the mean amount; undefined where there was too little past. */
  readonly relative: number | undefined;
}

export interface Sums {
  readonly sums: readonly SumForecast[];
  /** What made everything add up: the items as they are, or all moved. */
  readonly method: Extract<ReconcileMethod, 'bottom-up' | 'mint-shrink'>;
  /** Errors of the past's forecasts by either, over the series' size: the mean of that over the sums and that over the items. */
  readonly errors: { readonly bottomUp: number; readonly reconciled: number } | undefined;
}
