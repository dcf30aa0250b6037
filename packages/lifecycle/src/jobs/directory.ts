/** Files of jobs, out of the way of runs; and the run that a job makes. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Job } from './queue.ts';

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
