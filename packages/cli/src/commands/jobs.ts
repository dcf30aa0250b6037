import { setTimeout as pause } from 'node:timers/promises';
import { type Localized, UserError } from '@gradus/base';
import type { Job } from '@gradus/lifecycle';
import { type Progress, terminalProgress } from '@gradus/loop';
import { z } from 'zod';
import { plain, type Terminal } from '../terminal.ts';
import type { AddCommand } from './command.ts';
import { withDatabase } from './database.ts';
import { DEFAULT_RUNS } from './recipe.ts';

const STATES: Readonly<Record<Job['state'], Localized>> = {
  queued: { en: 'waits', zh: '等待' },
  running: { en: 'runs', zh: '运行中' },
  done: { en: 'done', zh: '完成' },
  failed: { en: 'failed', zh: '失败' },
  cancelled: { en: 'cancelled', zh: '已取消' },
};

/** Milliseconds. */
const LOOK_EVERY = 300;

/** `gradus jobs`: what waits, runs and ran; and its commands for one job. */
export const jobs: AddCommand = (program, terminal) => {
  const list = program
    .command('jobs')
    .description('list the latest jobs')
    .option('--out <directory>', 'directory that holds the runs', DEFAULT_RUNS)
    .option('--json', 'print JSON on stdout')
    .action(({ out, json }: { out: string; json?: boolean }) =>
      withDatabase(out, async (database, { listJobs }) => {
        const found = await listJobs(database);
        if (json) terminal.print(JSON.stringify(found));
        else for (const job of found) terminal.print(lineOf(terminal, job));
      }),
    );
  list
    .command('add <kind> <payload>')
    .description('a new job: train, iterate or predict, and what it needs as JSON')
    .action(
      given(async (out, json, kind: string, text: string) =>
        withDatabase(out, async (database, server) => {
          const request = server.JobRequest.safeParse({ kind, payload: parsed(text) });
          if (!request.success) throw new UserError(`This is no job: ${z.prettifyError(request.error)}`);
          const job = await server.jobOf(database, request.data, { runs: out, by: server.thisUser() });
          const { id } = await server.enqueueOnce(database, job);
          print(terminal, await server.findJob(database, id), json);
        }),
      ),
    );
  list
    .command('show <id>')
    .description('show a job: its state, its result, or why it failed')
    .action(
      given(async (out, json, id: string) =>
        withDatabase(out, async (database, { findJob }) =>
          print(terminal, await findJob(database, jobId(id)), json),
        ),
      ),
    );
  list
    .command('watch <id>')
    .description('show how far a job is until it ends')
    .action(
      given(async (out, json, id: string) =>
        withDatabase(out, async (database, { findJob, hasEnded }) => {
          const progress = terminalProgress(process.stderr, terminal.language);
          try {
            for (;;) {
              const job = await findJob(database, jobId(id));
              if (hasEnded(job)) {
                progress.end();
                return print(terminal, job, json);
              }
              if (job.progress) progress.update(job.progress as Progress);
              await pause(LOOK_EVERY, undefined, { signal: terminal.signal });
            }
          } finally {
            progress.end();
          }
        }),
      ),
    );
  for (const what of ['cancel', 'retry'] as const) {
    list
      .command(`${what} <id>`)
      .description({ cancel: 'stop a job', retry: 'do a job again that failed or was cancelled' }[what])
      .action(
        given(async (out, json, id: string) =>
          withDatabase(out, async (database, server) => {
            await server[what](database, jobId(id));
            print(terminal, await server.findJob(database, jobId(id)), json);
          }),
        ),
      );
  }
};

/** Commander gives options that both commands have to the outer one. */
const given =
  <Args extends string[]>(action: (out: string, json: boolean, ...args: Args) => Promise<void>) =>
  (...all: unknown[]): Promise<void> => {
    const command = all.at(-1) as { optsWithGlobals(): { out: string; json?: boolean } };
    const { out, json } = command.optsWithGlobals();
    return action(out, json === true, ...(all.slice(0, -2) as Args));
  };

function lineOf(terminal: Terminal, { id, kind, about, state, attempts, by, createdAt, error }: Job): string {
  const again =
    attempts > 1 ? terminal.say({ en: `, begun ${attempts} times`, zh: `，第 ${attempts} 次` }) : '';
  const head = [id, createdAt.slice(0, 16).replace('T', ' '), kind, about ?? '', by].join('  ');
  return plain(`${head}  ${terminal.say(STATES[state])}${again}${error === null ? '' : `: ${error}`}`);
}

function print(terminal: Terminal, job: Job, json: boolean): void {
  if (json) {
    terminal.print(JSON.stringify(job));
    return;
  }
  terminal.print(lineOf(terminal, job));
  const { reason, ...result } = (job.result ?? {}) as { reason?: Localized };
  if (reason) terminal.print(plain(terminal.say(reason)));
  for (const [name, value] of Object.entries(result)) {
    terminal.print(plain(`  ${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`));
  }
}

function jobId(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UserError(`"${text}" is no job. Expected its number; gradus jobs lists them.`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`What the job needs is not JSON: ${(error as Error).message}.`);
  }
}
