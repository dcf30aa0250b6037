/**
 * Long work that waits its turn: a table from which workers take one job each. A worker holds its job by a lease that it
 * renews; one that died renews nothing, and its job goes to another, where it is resumed. The same statements do for SQLite
 * and for Postgres, where workers on many machines pass over each other's rows (`skip locked`).
 */
import { UserError } from '@gradus/engine';
import { type Kysely, PostgresAdapter } from 'kysely';
import type { Database, Tables } from '../database/tables.ts';

export const JOB_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

export interface Job {
  readonly id: number;
  readonly kind: string;
  readonly payload: unknown;
  readonly state: JobState;
  /** How often it has been begun. */
  readonly attempts: number;
  readonly cancelAsked: boolean;
  readonly progress: unknown;
  readonly result: unknown;
  readonly error: string | null;
  /** Who asked for it. */
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

const after = (seconds: number): string => new Date(Date.now() + 1000 * seconds).toISOString();

export async function enqueue(
  database: Kysely<Tables>,
  job: { readonly kind: string; readonly payload: unknown; readonly by: string },
): Promise<number> {
  const { id } = await database
    .insertInto('jobs')
    .values({
      kind: job.kind,
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
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Takes the job that has waited longest, or that its worker let go; undefined where there is none. */
export function claim(database: Database, worker: string): Promise<Job | undefined> {
  return database.transaction().execute(async (transaction) => {
    const now = after(0);
    let waiting = transaction
      .selectFrom('jobs')
      .selectAll()
      .where((job) =>
        job.or([
          job.and([job('state', '=', 'queued'), job('notBefore', '<=', now)]),
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
      .set({
        state: 'running',
        worker,
        leaseUntil: after(LEASE),
        attempts: row.attempts + 1,
        startedAt: row.startedAt ?? now,
      })
      .where('id', '=', row.id)
      .execute();
    return jobOf({ ...row, state: 'running', attempts: row.attempts + 1 });
  });
}

/** Holds on to a job. @returns what its worker should do: go on, stop it, or let go, since another worker has it */
export async function renew(
  database: Database,
  id: number,
  worker: string,
  progress: unknown,
): Promise<'go on' | 'cancel' | 'lost'> {
  const row = await database
    .updateTable('jobs')
    .set({ leaseUntil: after(LEASE), progress: JSON.stringify(progress ?? null) })
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
    .set({
      state: 'queued',
      worker: null,
      leaseUntil: null,
      notBefore: after(wait),
      ...(why === 'stopped' && { attempts: job.attempts - 1 }),
    })
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
    .set({
      state: outcome.state,
      result: outcome.result === undefined ? null : JSON.stringify(outcome.result),
      error: outcome.error ?? null,
      worker: null,
      leaseUntil: null,
      finishedAt: after(0),
    })
    .where('id', '=', id)
    .execute();
}

/** @throws UserError where there is no such job, or it has ended */
export async function cancel(database: Database, id: number): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    const job = await findJob(transaction, id);
    if (job.state !== 'queued' && job.state !== 'running') {
      throw new UserError(`Job ${id} has ended already: ${job.state}.`);
    }
    await transaction.updateTable('jobs').set({ cancelAsked: 1 }).where('id', '=', id).execute();
    if (job.state === 'queued') await settle(transaction, id, { state: 'cancelled' });
  });
}

/** @throws UserError where there is no such job, or it has not failed or been cancelled */
export async function retry(database: Database, id: number): Promise<void> {
  const { numUpdatedRows } = await database
    .updateTable('jobs')
    .set({ state: 'queued', attempts: 0, cancelAsked: 0, error: null, finishedAt: null, notBefore: after(0) })
    .where('id', '=', id)
    .where('state', 'in', ['failed', 'cancelled'])
    .executeTakeFirst();
  if (numUpdatedRows > 0n) return;
  const { state } = await findJob(database, id);
  throw new UserError(`Job ${id} is ${state}. Only one that failed or was cancelled can be tried again.`);
}

/** @throws UserError where there is no such job */
export async function findJob(database: Kysely<Tables>, id: number): Promise<Job> {
  const row = await database.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw new UserError(`There is no job ${id}.`);
  return jobOf(row);
}

/** The latest first. */
export async function listJobs(database: Database, limit = 100): Promise<Job[]> {
  const rows = await database.selectFrom('jobs').selectAll().orderBy('id', 'desc').limit(limit).execute();
  return rows.map(jobOf);
}

interface Row {
  readonly id: number;
  readonly kind: string;
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
  const { id, kind, state, attempts, error, by, createdAt, startedAt, finishedAt } = row;
  return {
    id,
    kind,
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

/** Work that comes round: every so many seconds a job of its own. */
export interface Schedule {
  readonly name: string;
  readonly kind: string;
  readonly payload: unknown;
  readonly everySeconds: number;
}

const SHORTEST = 60;

/** Replaces the schedule of this name, if there is one. @throws UserError where it comes round too often */
export async function setSchedule(
  database: Database,
  { name, kind, payload, everySeconds }: Schedule,
): Promise<void> {
  if (!Number.isInteger(everySeconds) || everySeconds < SHORTEST) {
    throw new UserError(
      `The schedule "${name}" comes round every ${everySeconds} s. Expected at least ${SHORTEST}.`,
    );
  }
  const row = { kind, payload: JSON.stringify(payload), everySeconds, nextAt: after(everySeconds) };
  await database
    .insertInto('schedules')
    .values({ name, ...row })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
    .execute();
}

export async function removeSchedule(database: Database, name: string): Promise<void> {
  const { numDeletedRows } = await database
    .deleteFrom('schedules')
    .where('name', '=', name)
    .executeTakeFirst();
  if (numDeletedRows === 0n) throw new UserError(`There is no schedule "${name}".`);
}

export async function listSchedules(database: Database): Promise<(Schedule & { readonly nextAt: string })[]> {
  const rows = await database.selectFrom('schedules').selectAll().orderBy('name').execute();
  return rows.map((row) => ({ ...row, payload: JSON.parse(row.payload) as unknown }));
}

/** Makes jobs of the schedules that are due; of several workers one does. */
export async function enqueueDue(database: Database): Promise<void> {
  const due = await database.selectFrom('schedules').selectAll().where('nextAt', '<=', after(0)).execute();
  for (const { name, kind, payload, everySeconds, nextAt } of due) {
    await database.transaction().execute(async (transaction) => {
      const { numUpdatedRows } = await transaction
        .updateTable('schedules')
        .set({ nextAt: after(everySeconds) })
        .where('name', '=', name)
        .where('nextAt', '=', nextAt)
        .executeTakeFirst();
      if (numUpdatedRows > 0n) {
        await enqueue(transaction, { kind, payload: JSON.parse(payload) as unknown, by: `schedule ${name}` });
      }
    });
  }
}
