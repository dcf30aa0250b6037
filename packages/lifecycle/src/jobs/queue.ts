/**
 * Long work that waits its turn: a table from which workers take one job each. A worker holds its job by a lease that it
 * renews; one that died renews nothing, and its job goes to another, where it is resumed. The same statements do for SQLite
 * and for Postgres, where workers on many machines pass over each other's rows (`skip locked`).
 */
import type { Kysely } from 'kysely';
import type { Database, Tables } from '../database/tables.ts';
import { Conflict, NotFound } from '../errors.ts';

export const JOB_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

export interface Job {
  readonly id: number;
  readonly kind: string;
  /** Of one kind only one job about the same thing waits or runs; null: any number. */
  readonly about: string | null;
  /** Counts its changes. */
  readonly revision: number;
  readonly payload: unknown;
  readonly state: JobState;
  /** How often it has been begun. */
  readonly attempts: number;
  readonly cancelAsked: boolean;
  readonly progress: unknown;
  readonly result: unknown;
  readonly error: string | null;
  /** The caller who requested it. */
  readonly by: string;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

/** Seconds that a job stays with a worker of which nothing is heard. */
export const LEASE = 15;
/** A job whose workers keep dying is not begun for ever. */
const MOST_ATTEMPTS = 5;
/** Seconds before the first retry of a failed job; each later one waits twice as long. */
const RETRY_AFTER = 10;

/** Seconds that a job waits at most, with a minute for clocks that differ. */
const LONGEST_WAIT = RETRY_AFTER * 2 ** MOST_ATTEMPTS + 60;

/** The time so many seconds from now. */
export const after = (seconds: number): string => new Date(Date.now() + 1000 * seconds).toISOString();

export interface NewJob {
  readonly kind: string;
  readonly payload: unknown;
  readonly by: string;
  /** Where a job of this kind about the same thing waits or runs already, that one does. */
  readonly about?: string;
}

/** @returns the job's id, and whether it is new */
export async function enqueueOnce(
  database: Kysely<Tables>,
  job: NewJob,
): Promise<{ readonly id: number; readonly added: boolean }> {
  for (;;) {
    const added = await insert(database, job);
    if (added) return { id: added.id, added: true };
    const pending = await database
      .selectFrom('jobs')
      .select('id')
      .where('kind', '=', job.kind)
      .where('about', '=', job.about!)
      .where('state', 'in', ['queued', 'running'])
      .executeTakeFirst();
    // Where it has ended in between there is room for another.
    if (pending) return { id: pending.id, added: false };
  }
}

/** @returns the id of the job, or of the one that does for it */
export const enqueue = async (database: Kysely<Tables>, job: NewJob): Promise<number> =>
  (await enqueueOnce(database, job)).id;

const insert = (database: Kysely<Tables>, job: NewJob): Promise<{ id: number } | undefined> =>
  database
    .insertInto('jobs')
    .values({
      kind: job.kind,
      about: job.about ?? null,
      revision: 0,
      payload: JSON.stringify(job.payload),
      state: 'queued',
      attempts: 0,
      notBefore: after(0),
      worker: null,
      leaseUntil: null,
      cancelAsked: 0,
      progress: null,
      result: null,
      error: null,
      by: job.by,
      createdAt: after(0),
      startedAt: null,
      finishedAt: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();

/** Takes the job that has waited longest, or that its worker let go; undefined where there is none. */
export async function claim(database: Database, worker: string): Promise<Job | undefined> {
  const { PostgresAdapter } = await import('kysely');
  return database.transaction().execute(async (transaction) => {
    const now = after(0);
    let waiting = transaction
      .selectFrom('jobs')
      .selectAll()
      .where((job) =>
        job.or([
          job.and([job('state', '=', 'queued'), job('notBefore', '<=', now)]),
          // No job waits that long: the clock has been set back.
          job.and([job('state', '=', 'queued'), job('notBefore', '>', after(LONGEST_WAIT))]),
          job.and([job('state', '=', 'running'), job('leaseUntil', '<', now)]),
        ]),
      )
      .orderBy('id')
      .limit(1);
    // SQLite's transactions take the one lock there is when they begin.
    if (transaction.getExecutor().adapter instanceof PostgresAdapter) {
      waiting = waiting.forUpdate().skipLocked();
    }
    const row = await waiting.executeTakeFirst();
    if (!row) return undefined;
    if (row.cancelAsked === 1) {
      await settle(transaction, row.id, { state: 'cancelled' });
      return undefined;
    }
    if (row.attempts >= MOST_ATTEMPTS) {
      await settle(transaction, row.id, {
        state: 'failed',
        error: `begun ${row.attempts} times, and each time its worker ended before it did`,
      });
      return undefined;
    }
    await transaction
      .updateTable('jobs')
      .set(({ eb }) => ({
        state: 'running' as const,
        revision: eb('revision', '+', 1),
        worker,
        leaseUntil: after(LEASE),
        attempts: row.attempts + 1,
        startedAt: row.startedAt ?? now,
      }))
      .where('id', '=', row.id)
      .execute();
    return jobOf({ ...row, state: 'running', attempts: row.attempts + 1 });
  });
}

/**
 * Holds on to a job.
 *
 * @param progress Where it has changed
 * @returns what its worker should do: go on, stop it, or let go, since another worker has it
 */
export async function renew(
  database: Database,
  id: number,
  worker: string,
  progress?: unknown,
): Promise<'go on' | 'cancel' | 'lost'> {
  const row = await database
    .updateTable('jobs')
    .set(({ eb }) => ({
      leaseUntil: after(LEASE),
      ...(progress !== undefined && {
        progress: JSON.stringify(progress),
        revision: eb('revision', '+', 1),
      }),
    }))
    .where('id', '=', id)
    .where('worker', '=', worker)
    .where('state', '=', 'running')
    .returning('cancelAsked')
    .executeTakeFirst();
  if (!row) return 'lost';
  return row.cancelAsked === 1 ? 'cancel' : 'go on';
}

export async function finish(
  database: Database,
  id: number,
  worker: string,
  outcome:
    | { readonly state: 'done'; readonly result: unknown }
    | { readonly state: 'failed'; readonly error: string }
    | { readonly state: 'cancelled' },
): Promise<void> {
  const held = await database
    .selectFrom('jobs')
    .select('id')
    .where('id', '=', id)
    .where('worker', '=', worker)
    .executeTakeFirst();
  if (held) await settle(database, id, outcome);
}

/** Gives a job back that its worker cannot end now, because it is itself being stopped, or that failed for a passing reason. */
export async function release(
  database: Database,
  job: Pick<Job, 'id' | 'attempts'>,
  why: 'stopped' | 'failed',
): Promise<void> {
  const wait = why === 'failed' ? RETRY_AFTER * 2 ** (job.attempts - 1) : 0;
  await database
    .updateTable('jobs')
    .set(({ eb }) => ({
      state: 'queued' as const,
      revision: eb('revision', '+', 1),
      worker: null,
      leaseUntil: null,
      notBefore: after(wait),
      ...(why === 'stopped' && { attempts: job.attempts - 1 }),
    }))
    .where('id', '=', job.id)
    .where('state', '=', 'running')
    .execute();
}

async function settle(
  database: Kysely<Tables>,
  id: number,
  outcome: { readonly state: JobState; readonly result?: unknown; readonly error?: string },
): Promise<void> {
  await database
    .updateTable('jobs')
    .set(({ eb }) => ({
      state: outcome.state,
      revision: eb('revision', '+', 1),
      result: outcome.result === undefined ? null : JSON.stringify(outcome.result),
      error: outcome.error ?? null,
      worker: null,
      leaseUntil: null,
      finishedAt: after(0),
    }))
    .where('id', '=', id)
    .execute();
}

/** @throws UserError where there is no such job, or it has ended */
export async function cancel(database: Database, id: number): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    const job = await findJob(transaction, id);
    if (job.state !== 'queued' && job.state !== 'running') {
      throw new Conflict({
        en: `Job ${id} has ended already: ${job.state}.`,
        zh: `任务 ${id} 已结束：${job.state}。`,
      });
    }
    await transaction.updateTable('jobs').set({ cancelAsked: 1 }).where('id', '=', id).execute();
    if (job.state === 'queued') await settle(transaction, id, { state: 'cancelled' });
  });
}

/** @throws UserError where there is no such job, or it has not failed or been cancelled */
export async function retry(database: Database, id: number): Promise<void> {
  const waiting = await database.transaction().execute(async (transaction) => {
    const { kind, about, state } = await findJob(transaction, id);
    if (state !== 'failed' && state !== 'cancelled') {
      throw new Conflict({
        en: `Job ${id} is ${state}. Only one that failed or was cancelled can be tried again.`,
        zh: `任务 ${id} 的状态为 ${state}。只有失败或已取消的任务才能重试。`,
      });
    }
    const other = await transaction
      .selectFrom('jobs')
      .select('id')
      .where('kind', '=', kind)
      .where('about', '=', about)
      .where('state', 'in', ['queued', 'running'])
      .executeTakeFirst();
    if (other) return other.id;
    await transaction
      .updateTable('jobs')
      .set(({ eb }) => ({
        state: 'queued' as const,
        revision: eb('revision', '+', 1),
        attempts: 0,
        cancelAsked: 0,
        error: null,
        finishedAt: null,
        notBefore: after(0),
      }))
      .where('id', '=', id)
      .where('state', 'in', ['failed', 'cancelled'])
      .execute();
    return undefined;
  });
  if (waiting !== undefined) {
    throw new Conflict({
      en: `Job ${waiting} does what job ${id} should do again. Wait for it, or cancel it first.`,
      zh: `任务 ${waiting} 正在做任务 ${id} 要重做的事。请等待其结束，或先取消它。`,
    });
  }
}

/** @throws UserError where there is no such job */
export async function findJob(database: Kysely<Tables>, id: number): Promise<Job> {
  const row = await database.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw new NotFound({ en: `There is no job ${id}.`, zh: `没有任务 ${id}。` });
  return jobOf(row);
}

/** The latest first. @param only of one kind, and older than one of them */
export async function listJobs(
  database: Database,
  limit = 100,
  only: { readonly kind?: string; readonly before?: number | undefined } = {},
): Promise<Job[]> {
  let jobs = database.selectFrom('jobs').selectAll().orderBy('id', 'desc').limit(limit);
  if (only.kind !== undefined) jobs = jobs.where('kind', '=', only.kind);
  if (only.before !== undefined) jobs = jobs.where('id', '<', only.before);
  return (await jobs.execute()).map(jobOf);
}

interface Row {
  readonly id: number;
  readonly kind: string;
  readonly about: string | null;
  readonly revision: number;
  readonly payload: string;
  readonly state: JobState;
  readonly attempts: number;
  readonly cancelAsked: 0 | 1;
  readonly progress: string | null;
  readonly result: string | null;
  readonly error: string | null;
  readonly by: string;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

function jobOf(row: Row): Job {
  const parsed = (text: string | null): unknown => (text === null ? null : JSON.parse(text));
  const { id, kind, about, revision, state, attempts, error, by, createdAt, startedAt, finishedAt } = row;
  return {
    id,
    kind,
    about,
    revision,
    payload: parsed(row.payload),
    state,
    attempts,
    cancelAsked: row.cancelAsked === 1,
    progress: parsed(row.progress),
    result: parsed(row.result),
    error,
    by,
    createdAt,
    startedAt,
    finishedAt,
  };
}
