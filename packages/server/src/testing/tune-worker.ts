/** A worker that trains large models until it is stopped: `node tune-worker.ts RUNS`. */
import { runWorker } from '@gradus/lifecycle';
import { TUNE_JOB, tuneJob } from '../tuning/tune-job.ts';

const runs = process.argv[2]!;
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort(new Error('stopped')));
await runWorker({
  runs,
  recipes: [],
  signal: stop.signal,
  kinds: { [TUNE_JOB]: (payload, context) => tuneJob(runs, payload, context) },
});
