/**
 * Takes jobs from the queue, one at a time, until stopped. Many may work on one database, on many machines. A job that fails
 * because of what it was given (`UserError`) has failed; one that fails for another reason is tried again, later each time.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { UserError } from '@gradus/base';
import { Busy } from '@gradus/loop';
import type { Database } from '../database/tables.ts';
import { DatabaseUnavailable } from '../database/unavailable.ts';
import { Heartbeat, type Place } from './heartbeat.ts';
import { pause } from './pause.ts';
import { claim, finish, type Job, release } from './queue.ts';
import { enqueueDue } from './schedules.ts';

export interface JobContext {
  readonly job: Pick<Job, 'id' | 'createdAt' | 'by'>;
  readonly signal: AbortSignal;
  /** Kept with the job, for whoever looks. */
  progress(progress: unknown): void;
}

/** Does one kind of job. Begun again after a crash, it goes on where it was. @returns what is kept as its result */
export type Handler = (payload: unknown, context: JobContext) => Promise<unknown>;

export interface WorkerOptions {
  readonly database: Database;
  /** Where the same database is, for the thread that holds on to the job. */
  readonly place: Place;
  readonly kinds: Readonly<Record<string, Handler>>;
  readonly signal: AbortSignal;
  /** Called when a job begins and when it ends, with the reason where it failed. */
  onJob?(job: Job, turn: Turn, why?: string): void;
}

export type Turn = 'begins' | 'done' | 'cancelled' | 'failed' | 'again' | 'given back' | 'lost';

/** Milliseconds. */
const LOOK_AGAIN = 500;
const TRIES = 3;

const CANCELLED = Symbol('cancelled');
const LOST = Symbol('lost');

export async function work(options: WorkerOptions): Promise<void> {
  const heartbeat = new Heartbeat(options.place);
  try {
    await heartbeat.ready;
    await workWith(heartbeat, options);
  } finally {
    await heartbeat.close();
  }
}

async function workWith(
  heartbeat: Heartbeat,
  { database, kinds, signal, onJob }: WorkerOptions,
): Promise<void> {
  const worker = `${hostname()} ${process.pid} ${randomUUID()}`;
  while (!signal.aborted) {
    let job: Job | undefined;
    try {
      await enqueueDue(database);
      job = await claim(database, worker);
    } catch (error) {
      // A database that is away comes back; until then there is nothing to do.
      if (!(error instanceof DatabaseUnavailable))
        console.error(`The queue cannot be read: ${(error as Error).message}`);
    }
    if (!job) {
      await pause(LOOK_AGAIN, signal);
      continue;
    }
    onJob?.(job, 'begins');
    const [turn, why] = await perform(job, worker, { database, kinds, signal, heartbeat });
    onJob?.(job, turn, why);
  }
}

async function perform(
  job: Job,
  worker: string,
  {
    database,
    kinds,
    signal,
    heartbeat,
  }: Pick<WorkerOptions, 'database' | 'kinds' | 'signal'> & { readonly heartbeat: Heartbeat },
): Promise<[turn: Turn, why?: string]> {
  const own = new AbortController();
  const stop = () => own.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  heartbeat.hold(job.id, worker, (verdict) => own.abort(verdict === 'cancel' ? CANCELLED : LOST));
  try {
    const handler = kinds[job.kind];
    if (!handler) {
      throw new UserError({
        en: `There is no kind of job "${job.kind}".`,
        zh: `没有名为“${job.kind}”的任务类型。`,
      });
    }
    const result = await handler(job.payload, {
      job,
      signal: own.signal,
      progress: (now) => heartbeat.progress(now),
    });
    await persist(() => finish(database, job.id, worker, { state: 'done', result: result ?? null }));
    return ['done'];
  } catch (error) {
    const { reason } = own.signal;
    if (reason === LOST) return ['lost'];
    if (reason === CANCELLED) {
      await persist(() => finish(database, job.id, worker, { state: 'cancelled' }));
      return ['cancelled'];
    }
    if (signal.aborted) {
      await persist(() => release(database, job, 'stopped'));
      return ['given back'];
    }
    const message = (error as Error)?.message ?? String(error);
    // What somebody else is at will be free: `claim` gives up some time.
    const passes =
      error instanceof Busy ||
      ((!(error instanceof UserError) || error instanceof DatabaseUnavailable) && job.attempts < TRIES);
    if (passes) {
      await persist(() => release(database, job, 'failed'));
      return ['again', message];
    }
    await persist(() => finish(database, job.id, worker, { state: 'failed', error: message }));
    return ['failed', message];
  } finally {
    heartbeat.letGo();
    signal.removeEventListener('abort', stop);
  }
}

/** The outcome of hours of work must not be lost to a database that is away for a moment. */
async function persist(write: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await write();
    } catch (error) {
      if (tries >= 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
