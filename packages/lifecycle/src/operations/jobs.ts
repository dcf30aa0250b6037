/** Jobs: what waits, runs and ran. What can be a job is any operation that takes long. */
import type { Localized } from '@gradus/base';
import { z } from 'zod';
import { cancel, findJob, JOB_STATES, type Job, listJobs, retry } from '../jobs/queue.ts';
import { field } from './field.ts';
import { type Line, type Operation, operation, plainLine } from './operation.ts';
import { startJob } from './start-job.ts';

const JobOutput = z.strictObject({
  id: z.int(),
  kind: z.string(),
  about: z.string().nullable(),
  revision: z.int(),
  payload: z.unknown(),
  state: z.enum(JOB_STATES),
  attempts: z.int(),
  cancelAsked: z.boolean(),
  progress: z.unknown(),
  result: z.unknown(),
  error: z.string().nullable(),
  by: z.string(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
});
type JobOutput = z.infer<typeof JobOutput>;

const STATES: Readonly<Record<Job['state'], Localized>> = {
  queued: { en: 'waits', zh: '等待' },
  running: { en: 'runs', zh: '运行中' },
  done: { en: 'done', zh: '完成' },
  failed: { en: 'failed', zh: '失败' },
  cancelled: { en: 'cancelled', zh: '已取消' },
};

function lineOf({ id, kind, about, state, attempts, by, createdAt, error }: JobOutput): Line {
  const head = [id, createdAt.slice(0, 16).replace('T', ' '), kind, about ?? '', by].join('  ');
  const why = error === null ? '' : `: ${error}`;
  return {
    en: `${head}  ${STATES[state].en}${attempts > 1 ? `, begun ${attempts} times` : ''}${why}`,
    zh: `${head}  ${STATES[state].zh}${attempts > 1 ? `，第 ${attempts} 次` : ''}${why}`,
  };
}

export function jobLines(job: JobOutput): Line[] {
  const { reason, ...result } = (job.result ?? {}) as { reason?: Localized };
  return [
    lineOf(job),
    ...(reason ? [reason] : []),
    ...Object.entries(result).map(([name, value]) =>
      plainLine(`  ${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`),
    ),
  ];
}

export const list = operation({
  name: 'jobs.list',
  title: { en: 'list the latest jobs', zh: '列出最近的任务' },
  scope: 'read',
  input: z.strictObject({}),
  output: z.array(JobOutput),
  http: { method: 'get', path: '/v1/jobs', list: 'jobs' },
  cli: { command: 'jobs', render: (jobs) => jobs.map(lineOf) },
  run: async (_, workspace) => listJobs(await workspace.database()),
});

/** The request for a job: one of the operations that take long, with its input. */
export function jobRequest(operations: readonly Operation[]): z.ZodType<{ kind: string; payload: object }> {
  const kinds = operations.map(({ name, input }) =>
    z.strictObject({
      kind: field(z.literal(name), { en: 'what is to be done', zh: '要做什么' }),
      payload: field(input as z.ZodType<object>, { en: 'what it needs, as JSON', zh: '所需内容（JSON）' }),
    }),
  );
  const [first, ...rest] = kinds;
  return z.discriminatedUnion('kind', [first!, ...rest]);
}

/** @param operations Those that take long. */
export const add = (operations: readonly Operation[]): Operation =>
  operation({
    name: 'jobs.add',
    title: {
      en: `a new job: ${operations.map(({ name }) => name).join(', ')}. A model is improved by one job at a time`,
      zh: `新任务：${operations.map(({ name }) => name).join('、')}。一个模型同一时间只由一个任务改进`,
    },
    scope: 'admin',
    input: jobRequest(operations),
    output: JobOutput,
    http: { method: 'post', path: '/v1/jobs', status: 202 },
    cli: { command: 'jobs add', positionals: ['kind', 'payload'], render: (job) => jobLines(job) },
    run: async ({ kind, payload }, workspace) => {
      const requested = operations.find(({ name }) => name === kind)!;
      return (await startJob(requested, payload, workspace)).job;
    },
  }) as Operation;

const id = field(z.int().min(1).max(999_999_999), { en: "the job's number", zh: '任务编号' });

export const show = operation({
  name: 'jobs.show',
  title: {
    en: 'show a job: its state, how far it is, its result, or why it failed',
    zh: '查看任务：状态、进度、结果或失败原因',
  },
  scope: 'read',
  input: z.strictObject({ id }),
  output: JobOutput,
  http: { method: 'get', path: '/v1/jobs/:id' },
  cli: { command: 'jobs show', positionals: ['id'], render: (job) => jobLines(job) },
  run: async ({ id }, workspace) => findJob(await workspace.database(), id),
});

export const cancels = operation({
  name: 'jobs.cancel',
  title: { en: 'stop a job', zh: '停止任务' },
  scope: 'admin',
  input: z.strictObject({ id }),
  output: JobOutput,
  http: { method: 'post', path: '/v1/jobs/:id/cancel' },
  cli: { command: 'jobs cancel', positionals: ['id'], render: (job) => jobLines(job) },
  run: async ({ id }, workspace) => {
    const database = await workspace.database();
    await cancel(database, id);
    return findJob(database, id);
  },
});

export const retries = operation({
  name: 'jobs.retry',
  title: { en: 'do a job again that failed or was cancelled', zh: '重做失败或已取消的任务' },
  scope: 'admin',
  input: z.strictObject({ id }),
  output: JobOutput,
  http: { method: 'post', path: '/v1/jobs/:id/retry' },
  cli: { command: 'jobs retry', positionals: ['id'], render: (job) => jobLines(job) },
  run: async ({ id }, workspace) => {
    const database = await workspace.database();
    await retry(database, id);
    return findJob(database, id);
  },
});
