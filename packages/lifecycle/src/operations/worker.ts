/** A process that works until it is stopped: what `gradus worker` is, and the child of a server. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { reasonOf } from '@gradus/base/schema';
import type { Recipe } from '@gradus/loop';
import { openDatabase } from '../database/open.ts';
import type { Database } from '../database/tables.ts';
import { copyInside, isInside } from '../datasets/inside.ts';
import { datasetPath, isDatasetAddress } from '../datasets/store.ts';
import { jobDirectory, makeJobDirectory } from '../jobs/directory.ts';
import type { Job } from '../jobs/queue.ts';
import { forgetJobs } from '../jobs/retention.ts';
import { type Handler, type JobContext, type WorkerOptions, work } from '../jobs/worker.ts';
import type { Operation } from './operation.ts';
import { operationsOf } from './table.ts';
import { addressOfRunFile, jobDestination, type Workspace } from './workspace.ts';

export async function runWorker({
  runs,
  recipes,
  signal,
  kinds = {},
  onJob,
}: {
  readonly runs: string;
  readonly recipes: readonly Recipe[];
  readonly signal: AbortSignal;
  /** Kinds of jobs beside the operations that take long. */
  readonly kinds?: Readonly<Record<string, Handler>>;
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
      kinds: { ...jobHandlers({ database, runs, recipes }), ...kinds },
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

/** A failure here is logged, and the work tried again: the worker goes on. */
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

interface Workplace {
  readonly database: Database;
  readonly runs: string;
  readonly recipes: readonly Recipe[];
}

/** The operations that take long, as a worker takes them: what a job was given is checked again, for it may be another version's. */
function jobHandlers(workplace: Workplace): Readonly<Record<string, Handler>> {
  const long = operationsOf(workplace.recipes).filter(({ job }) => job !== undefined);
  return Object.fromEntries(
    long.map((operation): [string, Handler] => [
      operation.name,
      async (payload, context) => {
        try {
          return await operation.run(requireInput(operation, payload), jobWorkspace(workplace, context));
        } finally {
          rmSync(copiesOf(workplace.runs, context.job), { recursive: true, force: true });
        }
      },
    ]),
  );
}

/** Where a job has its own copies of files that others may exchange. */
const copiesOf = (runs: string, job: Pick<Job, 'id'>): string => join(jobDirectory(runs, job), 'copies');

function requireInput({ input }: Operation, payload: unknown): unknown {
  const parsed = input.safeParse(payload);
  if (parsed.success) return parsed.data;
  const { en, zh } = reasonOf(parsed.error);
  throw new UserError({
    en: `The job cannot be done as it is asked for: ${en}.`,
    zh: `无法按请求执行任务：${zh}。`,
  });
}

function jobWorkspace(
  { database, runs, recipes }: Workplace,
  { job, signal, progress }: JobContext,
): Workspace {
  const directory = makeJobDirectory(runs, job);
  return {
    runs,
    recipes,
    by: job.by,
    isOwner: false,
    isRequest: false,
    language: 'en',
    signal,
    database: async () => database,
    progress,
    // What a request named was resolved by the rights of whoever asked, before the job began to wait. What a file in the
    // directory of --data is by now shows when it is opened.
    source: async (address) => {
      if (isDatasetAddress(address)) return datasetPath(runs, address);
      return isInside(address) ? copyInside(address, copiesOf(runs, job), { runs, signal }) : address;
    },
    keptAddress: async (address) => address,
    destination: (standard) => jobDestination(directory, standard),
    fileOfRun: addressOfRunFile,
    job: { id: job.id, createdAt: job.createdAt, directory },
  };
}
