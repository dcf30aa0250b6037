/** A process that works until it is stopped: what `gradus worker` is, and the child of a server. */
import type { Recipe } from '@gradus/loop';
import { openDatabase } from '../database/open.ts';
import type { Database } from '../database/tables.ts';
import { handlers } from './kinds/index.ts';
import { forgetJobs } from './retention.ts';
import { type WorkerOptions, work } from './worker.ts';

export async function runWorker({
  runs,
  recipes,
  signal,
  onJob,
}: {
  readonly runs: string;
  readonly recipes: readonly Recipe[];
  readonly signal: AbortSignal;
  readonly onJob?: WorkerOptions['onJob'];
}): Promise<void> {
  const database = await openDatabase(runs);
  let forgetting = forget(database, runs);
  const timer = setInterval(() => {
    forgetting = forget(database, runs);
  }, FORGET_EVERY);
  try {
    await work({
      database,
      place: { runs },
      kinds: handlers({ database, runs, recipes }),
      signal: AbortSignal.any([signal, parentGone()]),
      ...(onJob && { onJob }),
    });
  } finally {
    clearInterval(timer);
    await forgetting;
    await database.destroy();
  }
}

/** Milliseconds. */
const FORGET_EVERY = 3_600_000;

/** What goes wrong here is told, and tried again: the worker works on. */
async function forget(database: Database, runs: string): Promise<void> {
  try {
    await forgetJobs(database, runs);
  } catch (error) {
    console.error(`Old jobs cannot be forgotten: ${(error as Error).message}`);
  }
}

/** Aborted when the server that started this process is gone, however it went. */
function parentGone(): AbortSignal {
  const controller = new AbortController();
  if (process.channel) {
    process.once('disconnect', () => controller.abort(new Error('the server is gone')));
    process.channel.unref();
  }
  return controller.signal;
}
