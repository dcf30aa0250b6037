/** forecasts.csv: a row an item and step of the horizon. */
import { BYTE_ORDER_MARK, csvLine } from '@gradus/data';
import { QUANTILES, type SalesHistory, stepText } from '@gradus/tasks';
import type { Trained } from './train.ts';

export const FORECASTS_FILE = 'forecasts.csv';
const HEADER = ['item', 'time', 'mean', ...QUANTILES.map((level) => `q${level}`), 'method', 'beats_naive'];
const DIGITS = 8;

export function forecastsCsv({ grids, items }: SalesHistory, { forecasts }: Trained): string {
  const lines = [`${BYTE_ORDER_MARK}${csvLine(HEADER)}`];
  for (const { item, place, first, mean, quantiles, method, judged } of forecasts) {
    const grid = grids[items[place]!.grid]!;
    for (const [k, value] of mean.entries()) {
      const own = quantiles.subarray(k * QUANTILES.length, (k + 1) * QUANTILES.length);
      lines.push(
        csvLine([
          item,
          stepText(grid, first + k),
          shown(value),
          ...Array.from(own, shown),
          method,
          judged ? String(judged.beatsNaive) : 'false',
        ]),
      );
    }
  }
  return lines.join('');
}

const shown = (value: number): string => String(Number(value.toPrecision(DIGITS)));
