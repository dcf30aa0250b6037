/** A kind of job: what it is given, and how it is done. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Recipe } from '@gradus/loop';
import type { z } from 'zod';
import type { Database } from '../../database/tables.ts';
import type { Job } from '../queue.ts';
import type { JobContext } from '../worker.ts';

/** Where a worker works. */
export interface Workplace {
  readonly database: Database;
  readonly runs: string;
  readonly recipes: readonly Recipe[];
}

export interface JobKind<Payload> {
  readonly payload: z.ZodType<Payload>;
  /** Begun again after a crash, it goes on where it was. @returns what is kept as its result */
  run(payload: Payload, context: JobContext, workplace: Workplace): Promise<unknown>;
}

/** Files of jobs, out of the way of runs. */
export const jobsDirectory = (runs: string): string => join(runs, '.jobs');

/** The directory of a job's own files. */
export const jobDirectory = (runs: string, { id }: Pick<Job, 'id'>): string =>
  join(jobsDirectory(runs), String(id));

export function makeJobDirectory(runs: string, job: Pick<Job, 'id'>): string {
  const directory = jobDirectory(runs, job);
  mkdirSync(directory, { recursive: true });
  return directory;
}

/** The id of the run that a job makes: the same however often it is begun. */
export function runIdOf(recipe: string, { id, createdAt }: Pick<Job, 'id' | 'createdAt'>): string {
  const time = createdAt.replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${recipe}-${time}-j${id}`;
}
