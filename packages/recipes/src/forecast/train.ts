/** Step 4: forecasts of every item. What is done is kept chunk by chunk, so that tens of thousands of items can be a job that goes on. */
import { deserialize, serialize } from 'node:v8';
import type { RunContext } from '@gradus/loop';
import { type FittedForecasts, fitForecasts, type LocalForecast, openNetwork } from '@gradus/tasks';
import type { ForecastOptions } from './options.ts';
import { type Prepared, planOf } from './prepare.ts';

export type Trained = FittedForecasts;

export async function train({
  run,
  prepare: { history, calendar },
}: {
  readonly run: RunContext<ForecastOptions>;
  readonly prepare: Prepared;
}): Promise<Trained> {
  const { network: file } = run.sources;
  await using network = file && (await openNetwork(file.path));
  // Awaited here, as the network closes at the end.
  return await fitForecasts(history, {
    network,
    horizon: run.options.horizon,
    plan: await planOf(run, history),
    events: calendar.events,
    random: run.random,
    signal: run.signal,
    kept: {
      load: (chunk) => {
        const artifact = run.artifact(`items-${chunk}`);
        return artifact.exists() ? (deserialize(artifact.read()) as LocalForecast[]) : undefined;
      },
      save: (chunk, done) => run.artifact(`items-${chunk}`).write(serialize(done)),
    },
    progress: (what, done, total) => run.progress(what, done, total),
  });
}
