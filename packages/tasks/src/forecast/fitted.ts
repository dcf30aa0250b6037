/** What fitting forecasts passes on, and what it comes to. Plain data. */
import type { Explained } from './global/explain.ts';
import type { Dates } from './global/features.ts';
import type { NetworkModel } from './global/network.ts';
import type { GlobalModel } from './global/trees.ts';
import type { WhatIf } from './global/what-if.ts';
import type { SalesHistory } from './history.ts';
import type { Spread } from './intervals.ts';
import type { ItemForecast, Sums } from './model.ts';

export interface FittedForecasts {
  readonly forecasts: readonly ItemForecast[];
  readonly coverage: Spread['coverage'];
  /** The model of all items, where there was enough to learn it from. */
  readonly global?: {
    readonly model: GlobalModel;
    /** Levels that it tells apart, with their values by code. */
    readonly levels: readonly { readonly name: string; readonly values: readonly string[] }[];
    readonly dates: Dates;
    /** Columns that it knows ahead. */
    readonly ahead: readonly string[];
    readonly explained: readonly Explained[];
    readonly whatIf: readonly WhatIf[];
  };
  /** The network of all items, where it forecasts any. */
  readonly network?: NetworkModel;
  /** Places of items whose own methods forecast around what is known ahead. */
  readonly effects?: readonly number[];
  /** What items add up to, where the file has columns to sum by. */
  readonly sums?: Sums;
  /** By item, by roll: forecasts of what was chosen, for a later run to be compared with this one. */
  readonly rolled: readonly ItemRolls[];
  /** Of an item that is not known, of size 1: [steps, QUANTILES]. */
  readonly unknownOffsets: Float64Array;
}

export interface ItemRolls {
  readonly origins: readonly number[];
  readonly forecasts: readonly Float64Array[];
}

export interface PreparedItem {
  readonly item: SalesHistory['items'][number];
  readonly grid: SalesHistory['grids'][number];
  readonly season: number;
  readonly seasons: readonly number[];
  readonly values: Float64Array;
  readonly horizon: number;
  /** Zero is its floor: nothing is told below it. */
  readonly isNonNegative: boolean;
}

/** What a candidate tells of all items. */
export interface CandidateForecasts {
  /** By item, by roll; NaN where it tells nothing. */
  readonly rolled: readonly (readonly Float64Array[])[];
  readonly forecasts: readonly Float64Array[];
}

export interface NetworkCandidate extends CandidateForecasts {
  readonly model: NetworkModel;
}

export interface GlobalCandidate extends CandidateForecasts {
  readonly model: GlobalModel;
  readonly levels: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly ahead: readonly string[];
  readonly dates: Dates;
  readonly whatIf: readonly WhatIf[];
  readonly explained: readonly Explained[];
}
