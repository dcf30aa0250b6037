/** Many series forecast on all cores: a few at a time to each thread, so that none waits long for another, and Ctrl-C is heard. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { neverStarted, programBeside } from '@gradus/base';
import type { LocalForecast } from '../model.ts';
import { effectForecast } from './effects.ts';

export interface Series {
  /** Without holes. */
  readonly values: Float64Array;
  /** The first leads; [1] for none. */
  readonly seasons: readonly number[];
  readonly horizon: number;
  /** What is known of each step of the history and of the horizon, by column. Default: nothing. */
  readonly columns?: readonly Float64Array[];
  /** The values with their holes, where there are any. */
  readonly known?: Float64Array;
}

/** Series that a thread gets at once. */
const AT_ONCE = 8;
/** Fewer values than this are done before a thread has started. */
const WORTH_THREADS = 20_000;

export interface ForecastingOptions {
  readonly signal?: AbortSignal | undefined;
  onProgress?(done: number): void;
}

/** @returns by series */
export async function localForecasts(
  all: readonly Series[],
  { signal, onProgress }: ForecastingOptions = {},
): Promise<LocalForecast[]> {
  const values = all.reduce((sum, series) => sum + series.values.length, 0);
  const threads =
    values < WORTH_THREADS ? 0 : Math.min(availableParallelism(), Math.ceil(all.length / AT_ONCE));
  if (threads < 2) {
    const forecasts: LocalForecast[] = [];
    for (const [i, { values, seasons, horizon, columns = [], known }] of all.entries()) {
      signal?.throwIfAborted();
      forecasts.push(effectForecast(values, seasons, horizon, columns, known));
      onProgress?.(i + 1);
      await new Promise(setImmediate);
    }
    return forecasts;
  }
  return onThreads(all, threads, { signal, ...(onProgress && { onProgress }) });
}

async function onThreads(
  all: readonly Series[],
  threads: number,
  { signal, onProgress }: ForecastingOptions,
): Promise<LocalForecast[]> {
  const forecasts: LocalForecast[] = new Array(all.length);
  let [next, done] = [0, 0];
  const workers = Array.from(
    { length: threads },
    () => new Worker(programBeside(import.meta.url, 'thread'), { execArgv: [] }),
  );
  try {
    await Promise.all(
      workers.map(
        (worker) =>
          new Promise<void>((resolve, reject) => {
            const give = () => {
              if (signal?.aborted) return reject(signal.reason);
              if (next >= all.length) return resolve();
              worker.postMessage({ id: next, series: all.slice(next, next + AT_ONCE) });
              next += AT_ONCE;
            };
            worker.on('error', (error: Error) => reject(neverStarted(error) ?? error));
            worker.on(
              'message',
              (answer: { readonly id: number; readonly forecasts: readonly LocalForecast[] }) => {
                for (const [i, forecast] of answer.forecasts.entries()) forecasts[answer.id + i] = forecast;
                done += answer.forecasts.length;
                onProgress?.(done);
                give();
              },
            );
            give();
          }),
      ),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return forecasts;
}
