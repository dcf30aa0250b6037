/**
 * The thread that watches: it reads the log, tests for drift, judges quality, tells webhooks and forgets what is old, with a
 * connection of its own to the database. So none of that holds up a request, however long it takes.
 */

import { setPriority } from 'node:os';
import { setTimeout as after } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase } from '../database/open.ts';
import { checkpoint } from '../database/sqlite.ts';
import { DatabaseUnavailable } from '../database/unavailable.ts';
import { enqueueIterate } from '../jobs/enqueue-iterate.ts';
import { deliverDue } from './alerts/deliver.ts';
import { forget } from './log/retention.ts';
import { overviewOf, qualityWindows } from './overview.ts';
import type { Answers, FromWatch, Questions, ToWatch, WatchThread } from './watch.ts';
import { DriftWatch } from './watches/drift-watch.ts';
import { QualityWatch } from './watches/quality-watch.ts';
import { TrafficWatch } from './watches/traffic-watch.ts';
import { windowsOf } from './watches/windows.ts';
import type { Tally } from './window.ts';

/** Milliseconds. */
const LOOK_EVERY = 500;
const FORGET_EVERY = 60_000;

// Linux sets the priority of the calling thread, other systems that of the whole process.
if (process.platform === 'linux') setPriority(10);

const { runs, url, server, model, options } = workerData as WatchThread;
const database = await openDatabase(runs, url);
const stopped = new AbortController();
const say = (message: FromWatch): void => parentPort!.postMessage(message);

const drift = new DriftWatch({
  database,
  runs,
  model,
  options,
  ...(options.iterateOnDrift && {
    alarmed: async (transaction) => {
      await enqueueIterate(transaction, { model, by: 'drift' });
    },
  }),
});
const quality = new QualityWatch({ database, runs, model, options });
const traffic = new TrafficWatch({ database, server, model, options });

const answers: { readonly [Q in keyof Questions]: (parameters: Questions[Q]) => Promise<Answers[Q]> } = {
  overview: (parameters) => overviewOf(database, model, parameters),
  quality: (parameters) => qualityWindows(database, model, parameters),
  drift: ({ limit }) => windowsOf(database, { kind: 'drift', model, limit }),
};

/** A failure here is logged, and the work tried again: the server goes on serving. */
async function attempt(what: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    // The connections have told of that, once.
    if (error instanceof DatabaseUnavailable) return;
    console.error(`Monitoring: ${what} failed: ${(error as Error).message}`);
  }
}

async function every(ms: number, what: string, work: () => Promise<unknown>): Promise<void> {
  while (!stopped.signal.aborted) {
    await attempt(what, work);
    await after(ms, undefined, { signal: stopped.signal }).catch(() => undefined);
  }
}

/** What is counted while the database is away is written when it is back. */
async function whenBack<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable) || stopped.signal.aborted) throw error;
      await after(LOOK_EVERY, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  }
}

let counting: Promise<void> = Promise.resolve();
function tallied(tally: Tally): void {
  counting = counting.then(() =>
    attempt('counting traffic', async () => {
      const window = await whenBack(() => traffic.take(tally));
      if (window) say({ kind: 'windows', windows: [window] });
    }),
  );
}

/** What was found before this server began. */
async function recall(): Promise<void> {
  for (const kind of ['drift', 'quality'] as const) {
    const versions = Map.groupBy(await windowsOf(database, { kind, model }), ({ version }) => version);
    say({ kind: 'windows', windows: [...versions.values()].map(([latest]) => latest!) });
  }
}

parentPort!.on('message', async (message: ToWatch) => {
  if (message.kind === 'tally') return tallied(message.tally);
  if (message.kind === 'stop') return stopped.abort();
  const { id, question, parameters } = message;
  try {
    say({ kind: 'answer', id, answer: await answers[question](parameters as never) });
  } catch (error) {
    const away = error instanceof DatabaseUnavailable ? error.reason : undefined;
    say({ kind: 'answer', id, error: (error as Error).message, ...(away !== undefined && { away }) });
  }
});

say({ kind: 'ready' });
await attempt('looking back', recall);
await Promise.all([
  every(LOOK_EVERY, 'looking for drift', async () => {
    const windows = [...(await drift.look()), ...(await quality.look())];
    if (windows.length > 0) say({ kind: 'windows', windows });
  }),
  every(LOOK_EVERY, 'writing the log to its file', () => checkpoint(database)),
  every(LOOK_EVERY, 'telling webhooks', () => deliverDue(database)),
  every(FORGET_EVERY, 'forgetting old predictions', () => forget(database, options)),
]);
await counting;
await database.destroy();
parentPort!.close();
