/** The program of a thread that forecasts series one by one; it ends when it is told to. */
import { parentPort } from 'node:worker_threads';
import { effectForecast, type Series } from './effects.ts';

parentPort!.on('message', ({ id, series }: { readonly id: number; readonly series: readonly Series[] }) => {
  const forecasts = series.map(effectForecast);
  parentPort!.postMessage({ id, forecasts });
});
