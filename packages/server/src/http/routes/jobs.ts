/** What of jobs is no JSON: a job as it goes, and the files that it wrote. */
import { createReadStream, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import {
  findJob,
  findOperation,
  hasEnded,
  type Job,
  jobDirectory,
  jobEvents,
  NotFound,
  type Operation,
} from '@gradus/lifecycle';
import type { Context } from 'hono';
import { explained, failure } from '../errors.ts';
import {
  answerWithJob,
  describedRoute,
  inputReader,
  type OperationRoutesOptions,
  operationRoute,
} from './operations.ts';
import type { Route } from './route.ts';

export interface JobRoutesOptions extends OperationRoutesOptions {
  readonly operations: readonly Operation[];
  /** Not while the server is closing. */
  open(): boolean;
}

/** Watchers at once: each looks at the database a few times a second. */
const MOST_WATCHERS = 100;

const TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/jsonl; charset=utf-8',
  json: 'application/json',
  md: 'text/markdown; charset=utf-8',
  // Whatever a file says, no browser runs it from here.
  html: 'text/plain; charset=utf-8',
};

export function jobRoutes(options: JobRoutesOptions): Route[] {
  const { database, runs, operations } = options;
  const watchers = new Watchers(options);
  const find = (context: Context): Promise<Job> => {
    const id = /^\d{1,9}$/.test(context.req.param('id')!) ? Number(context.req.param('id')) : 0;
    return findJob(database, id);
  };
  const add = findOperation(operations, 'jobs.add');
  const read = inputReader(add);
  return [
    ...['jobs.list', 'jobs.show', 'jobs.cancel', 'jobs.retry'].map((name) => {
      const operation = findOperation(operations, name);
      // What a job was given, and why it failed, may say where things lie.
      return operationRoute(operation, options, (context, output) => context.get('places').shownIn(output));
    }),
    {
      ...describedRoute(add),
      handler: explained(async (context) => {
        const { kind, payload } = (await read(context)) as { kind: string; payload: unknown };
        return answerWithJob(context, findOperation(operations, kind), payload, options);
      }),
    },
    {
      method: 'get',
      path: '/v1/jobs/:id/events',
      title: {
        en: 'A job as it goes, as server-sent events; the header Last-Event-ID goes on from there',
        zh: '以服务器发送事件（SSE）跟踪任务；标头 Last-Event-ID 表示从该处继续',
      },
      scope: 'read',
      handler: explained(async (context) => watchers.watch(context, await find(context))),
    },
    {
      method: 'get',
      path: '/v1/jobs/:id/result',
      title: {
        en: 'A file that a job wrote: its main one, or ?file=NAME; ?file=set-aside gives the rows that were set aside',
        zh: '任务写出的文件：默认为主文件，或 ?file=NAME；?file=set-aside 返回被搁置的行',
      },
      scope: 'read',
      handler: explained(async (context) => {
        const job = await find(context);
        const path = fileOf(runs, job, operations, context.req.query('file'));
        const kind = path.slice(path.lastIndexOf('.') + 1);
        context.header('content-type', TYPES[kind] ?? 'application/octet-stream');
        const name = encodeURIComponent(`job-${job.id}-${basename(path)}`);
        context.header('content-disposition', `attachment; filename*=UTF-8''${name}`);
        context.header('content-length', String(statSync(path).size));
        return context.body(Readable.toWeb(createReadStream(path)) as ReadableStream);
      }),
    },
  ];
}

/** @throws NotFound where the job has no such file */
function fileOf(
  runs: string,
  job: Job,
  operations: readonly Operation[],
  requested: string | undefined,
): string {
  const operation = operations.find(({ name }) => name === job.kind);
  const files = job.state === 'done' ? (operation?.job?.files?.(job.result) ?? []) : [];
  const aside = requested === 'set-aside' ? files.find((name) => name.endsWith('.set-aside.csv')) : undefined;
  const name = requested === undefined ? files[0] : (aside ?? files.find((file) => file === requested));
  const path = name === undefined ? undefined : join(jobDirectory(runs, job), name);
  if (path && statSync(path, { throwIfNoEntry: false })?.isFile()) return path;
  const names = files.slice(0, 20).join(', ');
  throw new NotFound({
    en: `Job ${job.id} (${job.kind}, ${job.state}) has no such file.${names ? ` It has: ${names}.` : ' Predictions have one when they are done.'}`,
    zh: `任务 ${job.id}（${job.kind}，${job.state}）没有此文件。${names ? `现有：${names}。` : '预测任务完成后才有文件。'}`,
  });
}

class Watchers {
  readonly #options: JobRoutesOptions;
  #count = 0;

  constructor(options: JobRoutesOptions) {
    this.#options = options;
  }

  watch(context: Context, job: Job): Response {
    const seen = Number(context.req.header('last-event-id') ?? -1);
    if (!Number.isInteger(seen)) {
      return failure(context, {
        status: 400,
        code: 'invalid_request',
        message: {
          en: 'Last-Event-ID is not the id of an event of this job.',
          zh: 'Last-Event-ID 不是此任务的事件 id。',
        },
      });
    }
    // 204 tells an EventSource not to come back.
    if (hasEnded(job) && job.revision === seen) return context.body(null, 204);
    if (this.#count >= MOST_WATCHERS) {
      return failure(context, {
        status: 503,
        code: 'too_many_watchers',
        message: {
          en: `${this.#count} jobs are being watched already. Ask for GET /v1/jobs/${job.id} now and then instead.`,
          zh: `已有 ${this.#count} 个任务在被跟踪。请改为不时查询 GET /v1/jobs/${job.id}。`,
        },
        retryAfter: 5,
      });
    }
    context.header('content-type', 'text/event-stream; charset=utf-8');
    context.header('cache-control', 'no-cache');
    // nginx would else keep events until it has a buffer full.
    context.header('x-accel-buffering', 'no');
    return context.body(ReadableStream.from(this.#events(job, seen, context)) as ReadableStream);
  }

  async *#events(job: Job, seen: number, context: Context): AsyncGenerator<Uint8Array> {
    const { database, open } = this.#options;
    const encoder = new TextEncoder();
    this.#count += 1;
    try {
      const places = context.get('places');
      const { signal } = context.req.raw;
      const shown = (now: Job) => places.shownIn(now);
      for await (const text of jobEvents(database, job.id, { seen, open, signal, shown }))
        yield encoder.encode(text);
    } finally {
      this.#count -= 1;
    }
  }
}
