/** Many series forecast on all cores: a few at a time to each thread, so that none waits long for another, and Ctrl-C is heard. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { neverStarted, programBeside } from '@gradus/base';
import type { LocalForecast } from '../model.ts';
import { effectForecast, type Series } from './effects.ts';

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
  options: ForecastingOptions = {},
): Promise<LocalForecast[]> {
  await using pool = new ForecastingPool();
  return await pool.forecasts(all, options);
}

/** Threads that are started when they are first worth it, and stay for further series until it is closed. */
export class ForecastingPool implements AsyncDisposable {
  #workers: readonly Worker[] = [];

  /** @returns by series. One call at a time */
  async forecasts(
    all: readonly Series[],
    { signal, onProgress }: ForecastingOptions = {},
  ): Promise<LocalForecast[]> {
    const values = all.reduce((sum, series) => sum + series.values.length, 0);
    const threads =
      values < WORTH_THREADS ? 0 : Math.min(availableParallelism(), Math.ceil(all.length / AT_ONCE));
    if (threads >= 2) {
      if (this.#workers.length === 0)
        this.#workers = Array.from(
          { length: threads },
          () => new Worker(programBeside(import.meta.url, 'thread'), { execArgv: [] }),
        );
      return onThreads(this.#workers, all, { signal, ...(onProgress && { onProgress }) });
    }
    const forecasts: LocalForecast[] = [];
    for (const [i, series] of all.entries()) {
      signal?.throwIfAborted();
      forecasts.push(effectForecast(series));
      onProgress?.(i + 1);
      await new Promise(setImmediate);
    }
    return forecasts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
    this.#workers = [];
  }
}

async function onThreads(
  workers: readonly Worker[],
  all: readonly Series[],
  { signal, onProgress }: ForecastingOptions,
): Promise<LocalForecast[]> {
  const forecasts: LocalForecast[] = new Array(all.length);
  let [next, done] = [0, 0];
  await Promise.all(
    workers.map(
      (worker) =>
        new Promise<void>((resolve, reject) => {
          // One by one: a worker listens to its own listeners, and is deaf when all are removed.
          const settle = (how: () => void) => {
            worker.off('message', take);
            worker.off('error', fail);
            how();
          };
          const give = () => {
            if (signal?.aborted) return settle(() => reject(signal.reason));
            if (next >= all.length) return settle(resolve);
            worker.postMessage({ id: next, series: all.slice(next, next + AT_ONCE) });
            next += AT_ONCE;
          };
          const take = (answer: { readonly id: number; readonly forecasts: readonly LocalForecast[] }) => {
            for (const [i, forecast] of answer.forecasts.entries()) forecasts[answer.id + i] = forecast;
            done += answer.forecasts.length;
            onProgress?.(done);
            give();
          };
          const fail = (error: Error) => settle(() => reject(neverStarted(error) ?? error));
          worker.on('error', fail);
          worker.on('message', take);
          give();
        }),
    ),
  );
  return forecasts;
}
