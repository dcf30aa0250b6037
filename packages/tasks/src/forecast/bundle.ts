/** What a run's forecasts need to answer later: each item's forecast as it was made, and what makes another. Survives JSON. */
import { type StoredTrees, storedTrees } from '@gradus/classical';
import type { FittedForecasts } from './fitted.ts';
import type { Dates } from './global/features.ts';
import { type StoredNetwork, storedNetwork } from './global/network.ts';
import type { Grid } from './grid.ts';
import type { SalesHistory } from './history.ts';

export interface ServedItem {
  readonly item: string;
  readonly levels: Readonly<Record<string, string>>;
  readonly grid: number;
  readonly season: number;
  /** Step of the first forecast. */
  readonly first: number;
  readonly mean: readonly number[];
  /** [steps, QUANTILES] */
  readonly offsets: readonly number[];
  readonly scale: number;
  /** As of `ItemForecast`. */
  readonly growth?: number;
  readonly isNonNegative: boolean;
  /** What forecasts it, with weights. */
  readonly methods: Readonly<Record<string, number>>;
  /** What tells a history that has gone on, where that is not the same: an imported network is not served. */
  readonly anew?: Readonly<Record<string, number>>;
  /** By method: what it has chosen among forms. Older runs have none. */
  readonly forms?: Readonly<Record<string, string>>;
  /** The mean of its last season. */
  readonly level: number;
}

export interface ForecastBundle {
  readonly format: 'gradus-forecast-1';
  readonly columns: { readonly time?: string; readonly keys: readonly string[] };
  readonly grids: readonly Grid[];
  readonly items: readonly ServedItem[];
  /** Of an item that is not known, of size 1. */
  readonly unknownOffsets: readonly number[];
  /** Older runs have none. */
  readonly network?: StoredNetwork;
  readonly global?: {
    readonly trees: StoredTrees;
    readonly isLog: boolean;
    readonly levels: readonly { readonly name: string; readonly values: readonly string[] }[];
    readonly ahead: readonly string[];
    readonly dates: Omit<Dates, 'grids'>;
  };
}

const DIGITS = 6;
export const round = (value: number): number => Number(value.toPrecision(DIGITS));

export function forecastBundle(
  { columns, grids, items }: SalesHistory,
  { forecasts, global, network, unknownOffsets }: FittedForecasts,
): ForecastBundle {
  return {
    format: 'gradus-forecast-1',
    columns: { ...(columns.time !== undefined && { time: columns.time }), keys: columns.keys },
    grids,
    items: forecasts.map(
      ({
        place,
        item,
        season,
        first,
        mean,
        offsets,
        scale,
        growth,
        isNonNegative,
        weights,
        ownWeights,
        forms,
      }): ServedItem => {
        const { levels, grid, values } = items[place]!;
        return {
          item,
          levels,
          grid,
          season,
          first,
          mean: Array.from(mean, round),
          offsets: Array.from(offsets, round),
          scale: round(scale),
          ...(growth !== undefined && { growth: round(growth) }),
          isNonNegative,
          methods: weights,
          ...(ownWeights && { anew: ownWeights }),
          forms,
          level: round(levelOf(values, season)),
        };
      },
    ),
    unknownOffsets: Array.from(unknownOffsets, round),
    ...(network && { network: storedNetwork(network) }),
    ...(global && {
      global: {
        trees: storedTrees(global.model.trees),
        isLog: global.model.isLog,
        levels: global.levels,
        ahead: global.ahead,
        dates: { ranges: global.dates.ranges, events: global.dates.events },
      },
    }),
  };
}

/** The mean of the last season, of what is known of it. */
export function levelOf(values: ArrayLike<number>, season: number): number {
  const last = Array.from(values)
    .slice(-Math.max(season, 4))
    .filter((value) => !Number.isNaN(value));
  return last.length === 0 ? 0 : last.reduce((a, b) => a + b, 0) / last.length;
}
