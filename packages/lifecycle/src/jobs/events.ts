/**
 * A job as a stream of server-sent events (html.spec.whatwg.org/multipage/server-sent-events.html), for whoever watches it:
 * `progress` while it changes, and its state at last, after which the stream ends. An event's id is the job's revision: who
 * comes back with the last one that they saw gets only what has changed since.
 */
import type { Database } from '../database/tables.ts';
import { pause } from './pause.ts';
import { findJob, type Job } from './queue.ts';

/** Milliseconds. */
const LOOK_EVERY = 300;
const HEARTBEAT_EVERY = 15_000;

export const hasEnded = ({ state }: Pick<Job, 'state'>): boolean => state !== 'queued' && state !== 'running';

/**
 * The text of the stream, piece by piece.
 *
 * @param seen The revision that the watcher has seen; −1: none
 * @param open False when nobody listens any more, or the server closes
 * @param shown What of the job the watcher gets to see
 */
export async function* jobEvents(
  database: Database,
  id: number,
  {
    seen,
    open,
    signal,
    shown,
  }: { readonly seen: number; open(): boolean; readonly signal: AbortSignal; shown(job: Job): Job },
): AsyncGenerator<string> {
  let last = seen;
  let reportedAt = Date.now();
  yield 'retry: 1000\n\n';
  while (open() && !signal.aborted) {
    const job = await findJob(database, id);
    const ended = hasEnded(job);
    if (job.revision > last || (ended && job.revision !== last)) {
      last = job.revision;
      reportedAt = Date.now();
      yield `id: ${job.revision}\nevent: ${ended ? 'end' : 'progress'}\ndata: ${JSON.stringify(shown(job))}\n\n`;
    }
    if (ended) return;
    if (Date.now() - reportedAt > HEARTBEAT_EVERY) {
      reportedAt = Date.now();
      yield ': still here\n\n';
    }
    await pause(LOOK_EVERY, signal);
  }
}
