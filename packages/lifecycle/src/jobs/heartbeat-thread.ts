/** The thread behind heartbeat.ts: it renews the lease of the job that its worker has. */
import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase } from '../database/open.ts';
import type { FromThread, Place, ToThread } from './heartbeat.ts';
import { LEASE, renew } from './queue.ts';

/** Milliseconds: progress is reported sooner than a lease is renewed. */
const LOOK_EVERY = 250;
const RENEW_EVERY = 1000;

const { runs, url } = workerData as Place;
const database = await openDatabase(runs, url);
let held: { readonly job: number; readonly worker: string } | undefined;
let progress: unknown;
let heard = 0;

parentPort!.on('message', (message: ToThread) => {
  if ('hold' in message) {
    held = { job: message.hold, worker: message.worker };
    progress = undefined;
    heard = Date.now();
  } else if ('progress' in message) progress = message.progress;
  else held = undefined;
});

const post = (message: FromThread) => parentPort!.postMessage(message);

post('ready');
for (let renewed = 0; ; ) {
  await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  if (!held || (progress === undefined && Date.now() - renewed < RENEW_EVERY)) continue;
  const { job, worker } = held;
  const report = progress;
  progress = undefined;
  try {
    const verdict = await renew(database, job, worker, report);
    heard = renewed = Date.now();
    if (verdict !== 'go on') post({ job, verdict });
  } catch {
    progress ??= report;
    // Another worker has it by then.
    if (Date.now() - heard > 1000 * LEASE) post({ job, verdict: 'lost' });
  }
}
