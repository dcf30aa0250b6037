/** Jobs over HTTP: asked for, watched, cancelled, tried again; their results; and schedules. */
import { createReadStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { UserError } from '@gradus/base';
import type { Database } from '@gradus/lifecycle';
import {
  cancel,
  enqueueOnce,
  findJob,
  hasEnded,
  type Job,
  JobRequest,
  jobDirectory,
  jobEvents,
  jobOf,
  listJobs,
  listSchedules,
  removeSchedule,
  requireScheduleName,
  retry,
  SHORTEST,
  setSchedule,
} from '@gradus/lifecycle';
import type { Context } from 'hono';
import { z } from 'zod';
import { failure, invalid, jsonBody } from '../errors.ts';
import type { Route } from './route.ts';

export interface JobRoutesOptions {
  readonly database: Database;
  readonly runs: string;
  /** The directory that holds what jobs may read; undefined: they may read nothing that a request names. */
  readonly data: string | undefined;
  /** Not while the server is closing. */
  open(): boolean;
}

const ScheduleRequest = z.strictObject({ everySeconds: z.int().min(SHORTEST), job: JobRequest });

/** Watchers at once: each looks at the database a few times a second. */
const MOST_WATCHERS = 100;

export function jobRoutes({ database, runs, data, open }: JobRoutesOptions): Route[] {
  let watchers = 0;
  const asked = (context: Context, request: JobRequest) =>
    jobOf(database, request, { runs, by: context.get('caller').name, outside: { data } });

  return [
    {
      method: 'get',
      path: '/v1/jobs',
      summary: 'The latest jobs',
      scope: 'read',
      handler: async (context) => context.json({ jobs: await listJobs(database) }),
    },
    {
      method: 'post',
      path: '/v1/jobs',
      summary: 'A new job: train, iterate or predict. A model is improved by one job at a time',
      scope: 'admin',
      body: JobRequest,
      handler: explained(async (context) => {
        const request = JobRequest.safeParse(await jsonBody(context));
        if (!request.success) return invalid(context, request.error);
        const { id, added } = await enqueueOnce(database, await asked(context, request.data));
        context.header('location', `/v1/jobs/${id}`);
        return context.json(await findJob(database, id), added ? 202 : 200);
      }),
    },
    {
      method: 'get',
      path: '/v1/jobs/:id',
      summary: 'A job: its state, how far it is, its result',
      scope: 'read',
      handler: withJob(database, async (context, job) => context.json(job)),
    },
    {
      method: 'get',
      path: '/v1/jobs/:id/events',
      summary: 'A job as it goes, as server-sent events; the header Last-Event-ID goes on from there',
      scope: 'read',
      handler: withJob(database, async (context, job) => {
        const seen = Number(context.req.header('last-event-id') ?? -1);
        if (!Number.isInteger(seen)) {
          return failure(context, {
            status: 400,
            code: 'invalid_request',
            message: 'Last-Event-ID is not the id of an event of this job.',
          });
        }
        // 204 tells an EventSource not to come back.
        if (hasEnded(job) && job.revision === seen) return context.body(null, 204);
        if (watchers >= MOST_WATCHERS) {
          return failure(context, {
            status: 503,
            code: 'too_many_watchers',
            message: `${watchers} jobs are being watched already. Ask for GET /v1/jobs/${job.id} now and then instead.`,
            retryAfter: 5,
          });
        }
        context.header('content-type', 'text/event-stream; charset=utf-8');
        context.header('cache-control', 'no-cache');
        const { signal } = context.req.raw;
        async function* bytes() {
          const encoder = new TextEncoder();
          watchers += 1;
          try {
            for await (const text of jobEvents(database, job.id, { seen, open, signal }))
              yield encoder.encode(text);
          } finally {
            watchers -= 1;
          }
        }
        return context.body(ReadableStream.from(bytes()) as ReadableStream);
      }),
    },
    {
      method: 'get',
      path: '/v1/jobs/:id/result',
      summary: 'The predictions of a job, as a file; ?file=set-aside gives the rows that were set aside',
      scope: 'read',
      handler: withJob(database, async (context, job) => {
        const { output, asideFile } = (job.result ?? {}) as { output?: string; asideFile?: string };
        const name = context.req.query('file') === 'set-aside' ? asideFile : output;
        const path = name === undefined ? undefined : join(jobDirectory(runs, job), name);
        if (job.kind !== 'predict' || !path || !statSync(path, { throwIfNoEntry: false })?.isFile()) {
          return failure(context, {
            status: 404,
            code: 'no_result',
            message: `Job ${job.id} (${job.kind}, ${job.state}) has no file. Predictions have one when they are done.`,
          });
        }
        const kind = path.endsWith('.csv') ? 'text/csv' : 'application/jsonl';
        context.header('content-type', `${kind}; charset=utf-8`);
        context.header('content-disposition', `attachment; filename="job-${job.id}-${name}"`);
        context.header('content-length', String(statSync(path).size));
        return context.body(Readable.toWeb(createReadStream(path)) as ReadableStream);
      }),
    },
    ...(['cancel', 'retry'] as const).map(
      (what): Route => ({
        method: 'post',
        path: `/v1/jobs/:id/${what}`,
        summary: { cancel: 'Stops a job', retry: 'Does a job again that failed or was cancelled' }[what],
        scope: 'admin',
        handler: explained(
          withJob(database, async (context, { id }) => {
            await { cancel, retry }[what](database, id);
            return context.json(await findJob(database, id));
          }),
          409,
        ),
      }),
    ),
    {
      method: 'get',
      path: '/v1/schedules',
      summary: 'Jobs that come round',
      scope: 'read',
      handler: async (context) => context.json({ schedules: await listSchedules(database) }),
    },
    {
      method: 'get',
      path: '/v1/schedules/:name',
      summary: 'A job that comes round',
      scope: 'read',
      handler: async (context) => {
        const found = (await listSchedules(database)).find(({ name }) => name === context.req.param('name'));
        return found ? context.json(found) : noSchedule(context);
      },
    },
    {
      method: 'put',
      path: '/v1/schedules/:name',
      summary: 'Lets a job come round, every so many seconds',
      scope: 'admin',
      body: ScheduleRequest,
      handler: explained(async (context) => {
        const name = requireScheduleName(context.req.param('name')!);
        const request = ScheduleRequest.safeParse(await jsonBody(context));
        if (!request.success) return invalid(context, request.error);
        const { everySeconds, job } = request.data;
        await setSchedule(database, { name, everySeconds, ...(await asked(context, job)) });
        const found = (await listSchedules(database)).find((schedule) => schedule.name === name);
        return context.json(found as object);
      }),
    },
    {
      method: 'delete',
      path: '/v1/schedules/:name',
      summary: 'A job comes round no more',
      scope: 'admin',
      handler: async (context) => {
        try {
          await removeSchedule(database, context.req.param('name')!);
        } catch (error) {
          if (error instanceof UserError) return noSchedule(context);
          throw error;
        }
        return context.json({ removed: context.req.param('name') });
      },
    },
  ];
}

type Handle = (context: Context) => Promise<Response>;

/** What the caller did wrong is said to them. */
const explained =
  (handle: Handle, status: 400 | 409 = 400): Handle =>
  async (context) => {
    try {
      return await handle(context);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return failure(context, { status, code: 'refused', message: error.message });
    }
  };

const withJob =
  (database: Database, handle: (context: Context, job: Job) => Promise<Response>): Handle =>
  async (context) => {
    const id = /^\d{1,9}$/.test(context.req.param('id')!) ? Number(context.req.param('id')) : 0;
    let job: Job;
    try {
      job = await findJob(database, id);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return failure(context, { status: 404, code: 'not_found', message: error.message });
    }
    return handle(context, job);
  };

const noSchedule = (context: Context): Response =>
  failure(context, {
    status: 404,
    code: 'not_found',
    message: `There is no schedule "${context.req.param('name')}".`,
  });
