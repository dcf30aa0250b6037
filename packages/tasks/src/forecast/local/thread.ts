/** The program of a thread that forecasts series one by one; it ends when it is told to. */
import { parentPort } from 'node:worker_threads';
import { effectForecast } from './effects.ts';
import type { Series } from './pool.ts';

parentPort!.on('message', ({ id, series }: { readonly id: number; readonly series: readonly Series[] }) => {
  const forecasts = series.map(({ values, seasons, horizon, columns = [], known }) =>
    effectForecast(values, seasons, horizon, columns, known),
  );
  parentPort!.postMessage({ id, forecasts });
});
