/** forecasts.csv as whoever opens it in a spreadsheet finds it. */
import type { SalesHistory } from '@gradus/tasks';
import { expect, it } from 'vitest';
import { forecastsCsv } from './csv.ts';
import type { Trained } from './train.ts';

it('has a row an item and step, line by line, with names that hold commas quoted', () => {
  const history = {
    grids: [{ kind: 'even', length: 86_400_000, phase: 0 }],
    items: [{ grid: 0 }],
  } as unknown as SalesHistory;
  const forecast = {
    item: 'tea, green',
    place: 0,
    first: 19_723,
    mean: Float64Array.of(1.5, 2),
    quantiles: Float64Array.from({ length: 14 }, (_, at) => at),
    method: 'ets',
    judged: { beatsNaive: true },
  };
  const lines = [...forecastsCsv(history, { forecasts: [forecast] as unknown as Trained['forecasts'] })];
  expect(lines).toHaveLength(3);
  expect(lines[1]!.trim()).toBe('"tea, green",2024-01-01,1.5,0,1,2,3,4,5,6,ets,true');
});
