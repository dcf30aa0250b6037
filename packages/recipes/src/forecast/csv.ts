/** forecasts.csv: a row an item and step of the horizon; sums.csv: a row a sum of them and step, which adds up to the last digit. */
import { BYTE_ORDER_MARK, csvLine } from '@gradus/data';
import { QUANTILES, type SalesHistory, stepText } from '@gradus/tasks';
import type { Trained } from './train.ts';

export const FORECASTS_FILE = 'forecasts.csv';
const HEADER = ['item', 'time', 'mean', ...QUANTILES.map((level) => `q${level}`), 'method', 'beats_naive'];
const DIGITS = 8;
const EXACT_DIGITS = 15;

/** Line by line: those of tens of thousands of items are hundreds of megabytes. */
export function* forecastsCsv(
  { grids, items }: SalesHistory,
  { forecasts }: Pick<Trained, 'forecasts'>,
): Generator<string> {
  yield `${BYTE_ORDER_MARK}${csvLine(HEADER)}`;
  for (const { item, place, first, mean, quantiles, method, judged } of forecasts) {
    const grid = grids[items[place]!.grid]!;
    for (const [k, value] of mean.entries()) {
      const own = quantiles.subarray(k * QUANTILES.length, (k + 1) * QUANTILES.length);
      yield csvLine([
        item,
        stepText(grid, first + k),
        shown(value),
        ...Array.from(own, shown),
        method,
        judged ? String(judged.beatsNaive) : 'false',
      ]);
    }
  }
}

export const SUMS_FILE = 'sums.csv';

/** @returns undefined where nothing is summed */
export function sumsCsv({ grids }: SalesHistory, { forecasts, sums }: Trained): string | undefined {
  if (!sums) return undefined;
  const columns = [...new Set(sums.sums.flatMap(({ of }) => Object.keys(of)))];
  const lines = [
    `${BYTE_ORDER_MARK}${csvLine([...columns, 'time', 'mean', ...QUANTILES.map((level) => `q${level}`), 'items'])}`,
  ];
  for (const { of, members, grid, first, mean, quantiles } of sums.sums) {
    for (const k of mean.keys()) {
      // Of the numbers that forecasts.csv shows, so that whoever adds those up finds this one.
      const sum = members.reduce((all, i) => all + rounded(forecasts[i]!.mean[k]!), 0);
      lines.push(
        csvLine([
          ...columns.map((column) => of[column] ?? ''),
          stepText(grids[grid]!, first + k),
          String(Number(sum.toPrecision(EXACT_DIGITS))),
          ...Array.from(quantiles.subarray(k * QUANTILES.length, (k + 1) * QUANTILES.length), shown),
          String(members.length),
        ]),
      );
    }
  }
  return lines.join('');
}

const rounded = (value: number): number => Number(value.toPrecision(DIGITS));
const shown = (value: number): string => String(rounded(value));
