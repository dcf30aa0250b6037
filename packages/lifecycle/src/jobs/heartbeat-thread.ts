/** The thread behind heartbeat.ts: it renews the lease of the job that its worker has. */
import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase } from '../database/open.ts';
import type { Place, Tells, Told } from './heartbeat.ts';
import { LEASE, renew } from './queue.ts';

/** Milliseconds: progress is told sooner than a lease is renewed. */
const LOOK_EVERY = 250;
const RENEW_EVERY = 1000;

const { runs, url } = workerData as Place;
const database = await openDatabase(runs, url);
let held: { readonly job: number; readonly worker: string } | undefined;
let progress: unknown;
let heard = 0;

parentPort!.on('message', (told: Told) => {
  if ('hold' in told) {
    held = { job: told.hold, worker: told.worker };
    progress = undefined;
    heard = Date.now();
  } else if ('progress' in told) progress = told.progress;
  else held = undefined;
});

const tell = (tells: Tells) => parentPort!.postMessage(tells);

tell('ready');
for (let renewed = 0; ; ) {
  await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  if (!held || (progress === undefined && Date.now() - renewed < RENEW_EVERY)) continue;
  const { job, worker } = held;
  const told = progress;
  progress = undefined;
  try {
    const verdict = await renew(database, job, worker, told);
    heard = renewed = Date.now();
    if (verdict !== 'go on') tell({ job, verdict });
  } catch {
    progress ??= told;
    // Another worker has it by then.
    if (Date.now() - heard > 1000 * LEASE) tell({ job, verdict: 'lost' });
  }
}
