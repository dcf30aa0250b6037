/** Forgets jobs that ended long ago, with their files. */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import type { Database } from '../database/tables.ts';
import { jobDirectory, jobsDirectory } from './directory.ts';

/** Milliseconds that a job and what it wrote are kept after its end: 30 days. */
const KEPT = 30 * 24 * 3600 * 1000;

/**
 * Several machines may share a database, each with files of its own: those of jobs that another has forgotten go, too. But a
 * directory may also be of another database's job, so that what somebody touched lately stays.
 */
export async function forgetJobs(database: Database, runs: string, now = Date.now()): Promise<void> {
  const before = new Date(now - KEPT).toISOString();
  const directory = jobsDirectory(runs);
  const names = existsSync(directory) ? readdirSync(directory).filter((name) => /^\d+$/.test(name)) : [];
  // Looked up after the directories: a job is there before its directory is.
  const kept = await database
    .selectFrom('jobs')
    .select('id')
    .where((job) => job.or([job('finishedAt', 'is', null), job('finishedAt', '>=', before)]))
    .execute();
  const ids = new Set(kept.map(({ id }) => String(id)));
  for (const id of names) {
    const job = jobDirectory(runs, { id: Number(id) });
    if (!ids.has(id) && statSync(job).mtimeMs < now - KEPT) rmSync(job, { recursive: true, force: true });
  }
  await database.deleteFrom('jobs').where('finishedAt', '<', before).execute();
}
